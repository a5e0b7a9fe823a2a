"""What a folder holds before the snapshot and after it, in no tool's words. How that ends, the real tool says."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Step:
    number: int
    name: str
    up: str
    down: str = ""
    transaction: bool = True  # False: asks for none, where the tool has words for that
    was: str = ""  # what `up` was when the migration was made, if it was edited since


@dataclasses.dataclass(frozen=True)
class Scenario:
    name: str
    applied: tuple = ()  # by the real tool, before the snapshot
    then: tuple = ()  # the whole folder afterwards, when it is no longer what was applied


CUSTOMERS = Step(1, "customers", "CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL);\n", "DROP TABLE customers;\n")
ORDERS = Step(
    2, "orders",
    "CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers (id), cents bigint);\n"
    "CREATE INDEX orders_customer ON orders (customer);\n",
    "DROP TABLE orders;\n",
)
NOTE = Step(3, "note", "ALTER TABLE orders ADD COLUMN note text;\n", "ALTER TABLE orders DROP COLUMN note;\n")
BACKFILL = Step(
    4, "backfill",
    "UPDATE orders SET cents = 1 WHERE cents = 0;\nALTER TABLE orders ALTER COLUMN cents SET NOT NULL;\n",
    "ALTER TABLE orders ALTER COLUMN cents DROP NOT NULL;\n",
)
PAID = Step(5, "paid", "ALTER TABLE orders ADD COLUMN paid boolean;\n", "ALTER TABLE orders DROP COLUMN paid;\n")

# Rows of production, put there once the tables are. Every email is there twice.
ROWS = """
INSERT INTO customers SELECT n, 'user' || n / 2 || '@example.org' FROM generate_series(2, 201) n;
INSERT INTO orders SELECT n, 2 + n % 200, n % 7 FROM generate_series(1, 1000) n;
"""

DOUBTFUL = Step(
    4, "doubtful",
    "ALTER TABLE customers ADD COLUMN phone text;\n"
    "ALTER TABLE customers ADD CONSTRAINT customers_email UNIQUE (email);\n"
    "CREATE TABLE never (id int);\n",
    "ALTER TABLE customers DROP CONSTRAINT customers_email;\nALTER TABLE customers DROP COLUMN phone;\n",
)
INDEX = Step(
    3, "index", "CREATE INDEX CONCURRENTLY orders_cents ON orders (cents);\n", "DROP INDEX orders_cents;\n", transaction=False
)
TWO_INDEXES = dataclasses.replace(
    INDEX,
    up="CREATE INDEX CONCURRENTLY orders_cents ON orders (cents);\n"
    "CREATE INDEX CONCURRENTLY customers_by_email ON customers (email);\n",
    down="DROP INDEX orders_cents;\nDROP INDEX customers_by_email;\n",
)
INVALID_INDEX = dataclasses.replace(
    INDEX,
    up="CREATE UNIQUE INDEX CONCURRENTLY customers_by_email ON customers (email);\n",
    down="DROP INDEX customers_by_email;\n",
)
# Semicolons and markers where no statement ends. Only tools that read line by line stumble.
BODIES = Step(
    3, "bodies",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$\n"
    "BEGIN\n"
    "  NEW.cents := 1; -- a comment; with a semicolon\n"
    "  RETURN NEW;\n"
    "END;\n"
    "$body$;\n"
    "COMMENT ON TABLE orders IS 'one; two''s; -- three';\n"
    "/* a comment; /* nested; */ */ CREATE TRIGGER touched BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();\n",
    "DROP TRIGGER touched ON orders;\nDROP FUNCTION touch();\n",
)
OWN_TRANSACTION = Step(
    3, "own_transaction",
    "BEGIN;\nALTER TABLE orders ADD COLUMN first int;\nCOMMIT;\nALTER TABLE orders ADD COLUMN second int;\n",
    "ALTER TABLE orders DROP COLUMN first;\nALTER TABLE orders DROP COLUMN second;\n",
)
SEARCH_PATH = Step(
    3, "search_path",
    "CREATE SCHEMA billing;\nSET search_path TO billing, public;\nCREATE TABLE invoices (id int);\n",
    "DROP SCHEMA billing CASCADE;\n",
)
UNQUALIFIED = Step(4, "unqualified", "CREATE TABLE receipts (id int);\n", "DROP TABLE receipts;\n")
TYPO = Step(
    4, "typo", "ALTER TABLE orders ADD COLUMN paid boolean;\nALTER TABLE orders ADD COLUM sent boolean;\n", "SELECT 1;\n"
)
COMMENT_ONLY = Step(3, "comment_only", "-- Nothing to do here any more.\n", "SELECT 1;\n")

BEFORE = (CUSTOMERS, ORDERS)
EDITED = dataclasses.replace(ORDERS, was=ORDERS.up, up=ORDERS.up + "CREATE INDEX orders_by_cents ON orders (cents);\n")

SCENARIOS = (
    Scenario("first_run", (), (CUSTOMERS, ORDERS, NOTE)),
    Scenario("nothing_pending", BEFORE, BEFORE),
    Scenario("some_applied", BEFORE, (*BEFORE, NOTE, BACKFILL)),
    Scenario("out_of_order", (*BEFORE, BACKFILL), (*BEFORE, NOTE, BACKFILL, PAID)),
    Scenario("fails_in_the_middle", BEFORE, (*BEFORE, NOTE, DOUBTFUL, PAID)),
    Scenario("syntax_error", BEFORE, (*BEFORE, NOTE, TYPO)),
    Scenario("index_concurrently", BEFORE, (*BEFORE, INDEX, BACKFILL)),
    Scenario("two_indexes_concurrently", BEFORE, (*BEFORE, TWO_INDEXES, BACKFILL)),
    Scenario("invalid_index", BEFORE, (*BEFORE, INVALID_INDEX, BACKFILL)),
    Scenario("index_concurrently_unmarked", BEFORE, (*BEFORE, dataclasses.replace(INDEX, transaction=True), BACKFILL)),
    Scenario(
        "two_indexes_concurrently_unmarked", BEFORE, (*BEFORE, dataclasses.replace(TWO_INDEXES, transaction=True), BACKFILL)
    ),
    Scenario("edited_after_it_ran", BEFORE, (CUSTOMERS, EDITED, NOTE)),
    Scenario("removed_after_it_ran", (*BEFORE, NOTE), (CUSTOMERS, ORDERS, BACKFILL)),
    Scenario("bodies", BEFORE, (*BEFORE, BODIES, BACKFILL)),
    Scenario("own_transaction", BEFORE, (*BEFORE, OWN_TRANSACTION, DOUBTFUL)),
    Scenario("search_path_that_stays", BEFORE, (*BEFORE, SEARCH_PATH, UNQUALIFIED)),
    Scenario("comment_only", BEFORE, (*BEFORE, COMMENT_ONLY, BACKFILL)),
)
