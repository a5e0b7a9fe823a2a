#include "replay_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::test {
namespace {

using namespace std::chrono_literals;
using observe::MigrationObservation;
using observe::Violations;
using sql::ConstraintKind;
using testing::HasSubstr;

// "40211 in 18349 of s.users", "5 of users", or why there is no count.
std::string count_in(const MigrationObservation& seen) {
    if (!seen.failure) return "no failure";
    if (!seen.failure->violations) return "absent";
    const Violations& violations = *seen.failure->violations;
    if (!violations.is_complete) return "over the limit";
    if (!violations.rows) return violations.why_not;
    std::string text = std::to_string(*violations.rows);
    if (violations.duplicate_keys) text += " in " + std::to_string(*violations.duplicate_keys);
    return text + " of " + violations.relation.text();
}

class ReplayCountsViolations : public ReplayTest {
  protected:
    void SetUp() override {
        ReplayTest::SetUp();
        if (IsSkipped()) return;
        // Of email, ignoring case: 1 twice, 2 three times, NULL four times.
        run_sql(
            "CREATE TABLE users (id int, email text, age int, team int);"
            "INSERT INTO users VALUES (1, 'a@x', 10, 1), (2, 'A@x', 11, 1), (3, 'b@x', -1, 7),"
            " (4, 'b@x', -2, 8), (5, 'B@x', NULL, NULL), (6, NULL, 12, 1), (7, NULL, 12, 1),"
            " (8, NULL, 12, 2), (9, NULL, 12, 2);"
            "CREATE TABLE teams (id int PRIMARY KEY, part int UNIQUE, UNIQUE (id, part));"
            "INSERT INTO teams VALUES (1, 1), (2, 2);");
    }

    std::string count_of(const std::string& text, Mode mode = Mode::autocommit) {
        return count_in(replay_file(text, mode));
    }
};

TEST_F(ReplayCountsViolations, OfUnique) {
    const std::pair<std::string, std::string> cases[] = {
        {"CREATE UNIQUE INDEX ON users (lower(email));", "5 in 2 of users"},
        {"CREATE UNIQUE INDEX ON users (email);", "2 in 1 of users"},
        {"CREATE UNIQUE INDEX ON users (lower(email)) WHERE age > 0 -- adults\n;",
         "2 in 1 of users"},
        {"CREATE UNIQUE INDEX ON users (email, age) NULLS NOT DISTINCT;", "4 in 1 of users"},
        {"CREATE UNIQUE INDEX ON users (lower(email) COLLATE \"C\" DESC, (id / 5));",
         "4 in 2 of users"},
        {"ALTER TABLE users ADD UNIQUE (age), ADD COLUMN note text;", "4 in 1 of users"},
        {"ALTER TABLE users ADD CONSTRAINT u1 UNIQUE (id), ADD CONSTRAINT u2 UNIQUE (email);",
         "2 in 1 of users"},
        {"ALTER TABLE users ADD COLUMN code text DEFAULT '' UNIQUE;", "9 in 1 of users"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected) << text;
}

TEST_F(ReplayCountsViolations, OfAConcurrentIndexThatIsLeftInvalid) {
    const MigrationObservation seen =
        replay_file("CREATE UNIQUE INDEX CONCURRENTLY i ON users (lower(email));");
    EXPECT_EQ(count_in(seen), "5 in 2 of users");
    EXPECT_EQ(seen.failure->left_behind, std::vector<std::string>{"INVALID index i"});
}

TEST_F(ReplayCountsViolations, OfNotNull) {
    const std::pair<std::string, std::string> cases[] = {
        {"ALTER TABLE users ALTER email SET NOT NULL;", "4 of users"},
        {"ALTER TABLE users ALTER email SET NOT NULL, ALTER age SET NOT NULL;", "5 of users"},
        {"ALTER TABLE users ADD COLUMN note text NOT NULL;", "9 of users"},
        {"ALTER TABLE users ADD PRIMARY KEY (id, age);", "1 of users"},
        {"ALTER TABLE users ADD COLUMN key int PRIMARY KEY;", "9 of users"},
        {"CREATE UNIQUE INDEX i ON users (age, id);\nALTER TABLE users ADD PRIMARY KEY USING INDEX "
         "i;",
         "1 of users"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected) << text;
}

TEST_F(ReplayCountsViolations, OfARowThatTheStatementItselfInsertsElsewhereThereAreNone) {
    run_sql(
        "CREATE TABLE log (age int NOT NULL);"
        "CREATE FUNCTION logged() RETURNS int LANGUAGE sql AS "
        "'INSERT INTO log VALUES (NULL) RETURNING 1';");
    EXPECT_EQ(count_of("ALTER TABLE users ADD COLUMN note int DEFAULT logged();"), "absent");
    EXPECT_EQ(count_of("ALTER TABLE users ADD COLUMN note int NOT NULL DEFAULT logged();"),
              "absent");
}

TEST_F(ReplayCountsViolations, OfCheck) {
    EXPECT_EQ(count_of("ALTER TABLE users ADD CHECK (age > 0 and email <> ')');"), "2 of users");
    EXPECT_EQ(count_of("ALTER TABLE users ADD CONSTRAINT grown CHECK (users.age >= 12) NOT VALID;\n"
                       "ALTER TABLE users VALIDATE CONSTRAINT grown;"),
              "4 of users");
    EXPECT_EQ(count_of("ALTER TABLE users ADD CONSTRAINT c1 CHECK (id > 0), ADD CONSTRAINT c2 "
                       "CHECK (age > 0);"),
              "2 of users");
}

TEST_F(ReplayCountsViolations, OfForeignKeys) {
    run_sql("INSERT INTO users VALUES (10, 'c@x', NULL, 7)");
    const std::pair<std::string, std::string> cases[] = {
        {"ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams;", "3 of users"},
        {"ALTER TABLE users ADD FOREIGN KEY (team) REFERENCES teams (part);", "3 of users"},
        {"ALTER TABLE users ADD FOREIGN KEY (team, age) REFERENCES teams (id, part);",
         "8 of users"},
        {"ALTER TABLE users ADD FOREIGN KEY (team, age) REFERENCES teams (id, part) MATCH FULL;",
         "9 of users"},
        {"ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (team, age) REFERENCES teams (id, part) "
         "MATCH FULL NOT VALID;\nALTER TABLE users VALIDATE CONSTRAINT f;",
         "9 of users"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected) << text;
}

TEST_F(ReplayCountsViolations, WithEveryName) {
    run_sql(
        "CREATE SCHEMA \"My Shop\"; SET search_path = \"My Shop\";"
        "CREATE TABLE \"order\" (\"Group\" int, \"a\"\"b\" int);"
        "CREATE TABLE \"T,1\" (\"Key\" int PRIMARY KEY);"
        "INSERT INTO \"order\" VALUES (1, NULL), (1, 2), (2, 2)");
    const std::string name = "\"My Shop\".\"order\"";
    const std::pair<std::string, std::string> cases[] = {
        {"CREATE UNIQUE INDEX ON " + name + " (\"Group\");", "2 in 1 of "},
        {"ALTER TABLE " + name + " ALTER \"a\"\"b\" SET NOT NULL;", "1 of "},
        {"SET search_path = \"My Shop\";\nALTER TABLE \"order\" ADD FOREIGN KEY (\"a\"\"b\") "
         "REFERENCES \"T,1\";",
         "2 of "},
        // The rollback takes the search_path with it.
        {"BEGIN;\nSET LOCAL search_path = \"My Shop\";\nALTER TABLE \"order\" ADD CHECK (\"Group\" "
         "> 1);\nCOMMIT;",
         "2 of "},
        {"BEGIN;\nSELECT pg_catalog.set_config('search_path', '\"My Shop\"', false);\nALTER TABLE "
         "\"order\" ADD CHECK (\"Group\" > 1);\nCOMMIT;",
         "2 of "},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected + name) << text;
}

TEST_F(ReplayCountsViolations, OfPartitionsAndNotOfHeirs) {
    run_sql(
        "CREATE TABLE parts (i int) PARTITION BY LIST (i);"
        "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);"
        "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2);"
        "INSERT INTO parts VALUES (1), (1), (2), (2), (2);"
        "CREATE TABLE heirs () INHERITS (users); INSERT INTO heirs SELECT * FROM users");
    EXPECT_EQ(count_of("CREATE UNIQUE INDEX ON parts (i);"), "5 in 2 of parts");
    EXPECT_EQ(count_of("CREATE UNIQUE INDEX ON users (email);"), "2 in 1 of users");
    EXPECT_EQ(count_of("ALTER TABLE users ADD CHECK (age > 0);"), "4 of users");
}

TEST_F(ReplayCountsViolations, OfABoundInThePartition) {
    run_sql(
        "CREATE SCHEMA \"S 1\";"
        "CREATE TABLE \"S 1\".\"P\" (\"I\" int, s text) PARTITION BY RANGE (\"I\", lower(s));"
        "CREATE TABLE ranged (\"I\" int, s text); INSERT INTO ranged SELECT i, 'A' FROM "
        "generate_series(1, 9) i; INSERT INTO ranged VALUES (NULL, 'A');"
        "CREATE TABLE hashed (i int) PARTITION BY HASH (i);"
        "CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 3, REMAINDER 1);"
        "CREATE TABLE hashed_0 (i int); INSERT INTO hashed_0 SELECT generate_series(1, 100);"
        "CREATE TABLE listed (i int) PARTITION BY LIST (i);"
        "CREATE TABLE listed_1 PARTITION OF listed FOR VALUES IN (1);"
        "CREATE TABLE listed_2 PARTITION OF listed FOR VALUES IN (2, NULL);"
        "CREATE TABLE others (i int) PARTITION BY LIST (i);"
        "CREATE TABLE others_1 PARTITION OF others DEFAULT;"
        "INSERT INTO others VALUES (1), (2), (2), (3), (NULL);"
        "CREATE TABLE top (i int, j int) PARTITION BY LIST (i);"
        "CREATE TABLE sub PARTITION OF top FOR VALUES IN (1) PARTITION BY RANGE (j);"
        "CREATE TABLE leaf (j int, i int); INSERT INTO leaf VALUES (5, 1), (5, 2), (15, 1);");
    const std::string of_hash = value_of(
        "SELECT count(*) FROM hashed_0 WHERE NOT satisfies_hash_partition('hashed'::regclass, 3, 0,"
        " i)");
    const std::pair<std::string, std::string> cases[] = {
        {"ALTER TABLE \"S 1\".\"P\" ATTACH PARTITION ranged FOR VALUES FROM (3, 'a') TO (7, 'a');",
         "6 of ranged"},
        {"ALTER TABLE hashed ATTACH PARTITION hashed_0 FOR VALUES WITH (MODULUS 3, REMAINDER 0);",
         of_hash + " of hashed_0"},
        {"ALTER TABLE listed ATTACH PARTITION others DEFAULT;", "4 of others"},
        {"ALTER TABLE sub ATTACH PARTITION leaf FOR VALUES FROM (1) TO (10);", "2 of leaf"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected) << text;
    EXPECT_EQ(value_of("SELECT count(*) FROM pg_class WHERE relname LIKE 'rehearse%'"), "0");
}

// The bounds of ancestors and siblings say where a row belongs; the rollback brings them back.
TEST_F(ReplayCountsViolations, OfABoundNotWhereTheRollbackChangedTheTree) {
    run_sql(
        "CREATE TABLE listed (i int) PARTITION BY LIST (i);"
        "CREATE TABLE listed_1 PARTITION OF listed FOR VALUES IN (1);"
        "CREATE TABLE listed_2 PARTITION OF listed FOR VALUES IN (2);"
        "CREATE TABLE others (i int); INSERT INTO others VALUES (1), (1), (2);"
        "CREATE TABLE top (i int, j int) PARTITION BY LIST (i);"
        "CREATE TABLE mid PARTITION OF top FOR VALUES IN (1) PARTITION BY LIST (i);"
        "CREATE TABLE sub PARTITION OF mid FOR VALUES IN (1) PARTITION BY RANGE (j);"
        "CREATE TABLE leaf (i int, j int); INSERT INTO leaf VALUES (2, 1), (2, 2), (1, 15);"
        "CREATE ROLE poor; GRANT poor TO CURRENT_USER; ALTER TABLE sub OWNER TO poor; "
        "ALTER TABLE leaf OWNER TO poor; REVOKE TEMP ON DATABASE " +
        database() + " FROM public");
    const std::string attach = "ALTER TABLE sub ATTACH PARTITION leaf FOR VALUES FROM (1) TO (10);";
    EXPECT_THAT(count_of("BEGIN;\nDROP TABLE listed_1;\nALTER TABLE listed ATTACH PARTITION others "
                         "DEFAULT;\nCOMMIT;"),
                HasSubstr("changed the table"));
    EXPECT_THAT(count_of("BEGIN;\nALTER TABLE top DETACH PARTITION mid;\n" + attach + "\nCOMMIT;"),
                HasSubstr("changed the table"));
    EXPECT_EQ(count_of("SET ROLE poor;\n" + attach),
              "the bound could not be tried, SQLSTATE 42501");
    run_sql("REASSIGN OWNED BY poor TO CURRENT_USER; DROP ROLE poor");
}

TEST_F(ReplayCountsViolations, OfABoundInTheDefaultPartition) {
    run_sql(
        "CREATE TABLE listed (i int) PARTITION BY LIST (i);"
        "CREATE TABLE rest PARTITION OF listed DEFAULT;"
        "INSERT INTO listed VALUES (1), (1), (2), (NULL);"
        "CREATE TABLE empty (i int);");
    const std::pair<std::string, std::string> cases[] = {
        {"CREATE TABLE listed_1 PARTITION OF listed FOR VALUES IN (1);", "2 of rest"},
        {"CREATE TABLE listed_1 PARTITION OF listed (i NOT NULL) FOR VALUES IN (2, NULL);",
         "2 of rest"},
        {"ALTER TABLE listed ATTACH PARTITION empty FOR VALUES IN (1, 2, 3);", "3 of rest"},
    };
    for (const auto& [text, expected] : cases) EXPECT_EQ(count_of(text), expected) << text;
}

TEST_F(ReplayCountsViolations, OfATemporaryTable) {
    EXPECT_THAT(count_of("CREATE TEMP TABLE t AS SELECT 1 AS i FROM generate_series(1, 3);\n"
                         "CREATE UNIQUE INDEX ON t (i);"),
                HasSubstr("3 in 1 of pg_temp_"));
}

TEST_F(ReplayCountsViolations, NotWhatTheRollbackChanged) {
    const std::string not_null = "ALTER TABLE users ALTER email SET NOT NULL;\n";
    const std::pair<std::string, std::string> cases[] = {
        {"UPDATE users SET email = 'z' WHERE id = 6;\n" + not_null, "changed rows"},
        {"DO $$ BEGIN UPDATE users SET age = 0; END $$;\n" + not_null, "changed rows"},
        {"ALTER TABLE users ALTER email TYPE varchar;\n" + not_null, "changed the table"},
        {"ALTER TABLE users ADD COLUMN n int;\nALTER TABLE public.users ALTER n SET NOT NULL;\n",
         "changed the table"},
        {"CREATE TABLE p (id int PRIMARY KEY);\nALTER TABLE users ADD FOREIGN KEY (team) "
         "REFERENCES p;\n",
         "changed the table"},
        // In one statement it is the server that tells.
        {"ALTER TABLE users ADD COLUMN n int DEFAULT 3, ADD CHECK (n < 3);\n",
         "not there after the rollback"},
    };
    for (const auto& [text, expected] : cases) {
        EXPECT_THAT(count_of(text, Mode::one_transaction), HasSubstr(expected)) << text;
        EXPECT_THAT(count_of(text, Mode::whole_file_query), HasSubstr(expected)) << text;
    }
    // What was committed before, and what is about other tables, changes nothing of it.
    EXPECT_EQ(count_of("BEGIN;\nUPDATE users SET age = 0;\nCOMMIT;\nBEGIN;\nALTER TABLE teams ADD "
                       "COLUMN n int;\n" +
                       not_null),
              "4 of users");
}

TEST_F(ReplayCountsViolations, NothingWhereNoStatementAddsAConstraint) {
    run_sql("ALTER TABLE teams ADD CHECK (id < 100)");
    for (const char* text :
         {"INSERT INTO teams VALUES (1, 5);", "UPDATE teams SET id = 1;",
          "INSERT INTO teams VALUES (100, 5);", "INSERT INTO teams VALUES (NULL, 5);",
          "DO $$ BEGIN CREATE UNIQUE INDEX ON users (email); END $$;", "SELECT 1/0;"}) {
        EXPECT_EQ(count_of(text), "absent") << text;
    }
}

TEST_F(ReplayCountsViolations, NoLongerThanTheLimit) {
    run_sql("INSERT INTO users SELECT i, 'x' || i % 1000 FROM generate_series(1, 300000) i");
    replay::ReplayOptions options;
    options.count_limit = 1ms;
    const MigrationObservation seen =
        replay_file("CREATE UNIQUE INDEX ON users (email);", Mode::autocommit, options);
    EXPECT_EQ(count_in(seen), "over the limit");
    EXPECT_EQ(seen.failure->violations->limit, 1ms);
    EXPECT_EQ(seen.failure->violations->why_not, "");
    // Also where the file has another limit.
    EXPECT_EQ(count_of("SET statement_timeout = '1min';\nCREATE UNIQUE INDEX ON users (email);"),
              "300002 in 1001 of users");
}

TEST_F(ReplayCountsViolations, WithoutObserversAndOffTheClock) {
    replay::ReplayOptions options;
    options.observe = false;
    const MigrationObservation seen = replay_file(
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS "
        "$$ BEGIN IF current_setting('transaction_read_only') = 'on' THEN PERFORM pg_sleep(0.05); "
        "END IF; RETURN 1; END $$;\nCREATE UNIQUE INDEX ON users (slow(id));",
        Mode::autocommit, options);
    EXPECT_EQ(count_in(seen), "9 in 1 of users");
    EXPECT_LT(seen.elapsed, 450ms);
}

TEST_F(ReplayCountsViolations, AndSaysNoValueWhereTheCountFails) {
    run_sql("INSERT INTO users VALUES (11, 'secret', -5, 1)");
    const MigrationObservation seen = replay_file(
        "CREATE FUNCTION strict(int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN IF "
        "current_setting('transaction_read_only') = 'on' THEN RETURN 'secret'::int = $1; END IF; "
        "RETURN $1 > 0; END $$;\nALTER TABLE users ADD CHECK (strict(age));");
    EXPECT_EQ(count_in(seen), "the count failed with SQLSTATE 22P02");
}

}  // namespace
}  // namespace rehearse::test
