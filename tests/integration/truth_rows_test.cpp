#include "rehearse/base/text.hpp"

#include "truth_server.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace rehearse::test {
namespace {

// `noted` gets a row for each row that is inserted into it, at COMMIT.
const std::string kSchema = R"(
CREATE TABLE t (id integer PRIMARY KEY, n integer);
INSERT INTO t SELECT g, g FROM generate_series(1, 20000) AS g;
CREATE TABLE log (id integer);
CREATE TABLE other (id integer);
CREATE TABLE noted (id integer);
CREATE TABLE notes (id integer);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO notes VALUES (NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER note AFTER INSERT ON noted DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION note();
CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
DECLARE i integer;
BEGIN
  FOR i IN 1..4 LOOP
    UPDATE t SET n = 0 WHERE id <= i * 10;
    INSERT INTO log VALUES (i);
    COMMIT;
  END LOOP;
END $$;
)";

// Rows as "table inserted updated deleted", of statements by their ordinal, and of the migration.
struct Counted {
    std::string name;
    std::string text;
    std::vector<std::pair<std::size_t, std::string>> statements;
    std::string migration;
    // What only a server that can be asked for a report tells, for the same on an older one.
    std::string migration_before_15 = {};
};

std::string inserts(int rows) {
    return "INSERT INTO log SELECT g FROM generate_series(1, " + std::to_string(rows) + ") AS g;\n";
}

const std::vector<Counted> kCounted = {
    {"each_in_a_transaction_of_its_own",
     inserts(100) + inserts(250) + "UPDATE t SET n = 1 WHERE id <= 7;\n" + inserts(300),
     {{1, "log 100 0 0"}, {2, "log 250 0 0"}, {3, "t 0 7 0"}, {4, "log 300 0 0"}},
     "log 650 0 0, t 0 7 0"},
    {"in_one_transaction",
     "BEGIN;\nINSERT INTO log VALUES (1);\nINSERT INTO log VALUES (2);\nDELETE FROM log WHERE id = "
     "1;\nCOMMIT;\nBEGIN;\nINSERT INTO log VALUES (3);\nROLLBACK;\n",
     {},
     "log 2 0 1"},
    {"behind_begin_and_set",
     "BEGIN;\nSET LOCAL work_mem = '8MB';\n" + inserts(100000) + "COMMIT;\n",
     {{3, "log 100000 0 0"}},
     "log 100000 0 0"},
    {"long_behind_short",
     "BEGIN;\nINSERT INTO log VALUES (0);\nUPDATE t SET n = 1 WHERE id = 1;\n" + inserts(100000) +
         "COMMIT;\n",
     {{4, "log 100000 0 0"}},
     "log 100001 0 0, t 0 1 0"},
    {"truncate",
     inserts(50) + "BEGIN;\n" + inserts(100000) + "TRUNCATE log;\n" + inserts(100000) +
         "COMMIT;\n" + inserts(100000),
     {{3, "log 100000 0 0"}, {4, ""}, {5, "log 100000 0 0"}, {7, "log 100000 0 0"}},
     "log 300050 0 0"},
    {"truncate_rolled_back",
     inserts(50) + "BEGIN;\n" + inserts(100000) + "TRUNCATE log;\nROLLBACK;\n" + inserts(100000),
     {{4, ""}, {6, "log 100000 0 0"}},
     "log 100050 0 0"},
    {"truncate_behind_a_savepoint",
     "BEGIN;\n" + inserts(100000) + "SAVEPOINT s;\nTRUNCATE log;\nROLLBACK TO s;\n" +
         inserts(100000) + "COMMIT;\n",
     {{4, ""}, {6, "log 100000 0 0"}},
     "log 200000 0 0"},
    {"truncate_and_insert_behind_a_savepoint",
     "BEGIN;\nSAVEPOINT s;\n" + inserts(100000) + "TRUNCATE log;\nROLLBACK TO s;\n" +
         inserts(100000) + "SAVEPOINT s;\nTRUNCATE log;\nRELEASE s;\n" + inserts(100000) +
         "COMMIT;\n",
     {{4, ""}, {6, "log 100000 0 0"}, {8, ""}, {10, "log 100000 0 0"}},
     "log 200000 0 0"},
    {"rolled_back_to_a_savepoint",
     "BEGIN;\nINSERT INTO log VALUES (1);\nSAVEPOINT s;\n" + inserts(100000) +
         "SAVEPOINT \"S\";\nUPDATE t SET n = 1;\nROLLBACK TO SAVEPOINT s;\nINSERT INTO other "
         "VALUES "
         "(1);\nROLLBACK TO s;\nINSERT INTO other VALUES (2);\nRELEASE s;\nSAVEPOINT s;\nINSERT "
         "INTO "
         "other VALUES (3);\nRELEASE SAVEPOINT s;\nCOMMIT;\n",
     {{4, "log 100000 0 0"}, {6, "t 0 20000 0"}},
     "log 1 0 0, other 2 0 0"},
    {"at_commit",
     "BEGIN;\nINSERT INTO noted SELECT generate_series(1, 300);\nCOMMIT;\nINSERT INTO notes VALUES "
     "(0);\n",
     {{4, "notes 1 0 0"}},
     "noted 300 0 0, notes 301 0 0"},
    {"code_that_commits",
     inserts(1) +
         "DO $$ DECLARE i integer; BEGIN FOR i IN 1..4 LOOP UPDATE t SET n = 0 WHERE id "
         "<= i * 10; INSERT INTO log VALUES (i); COMMIT; END LOOP; END $$;\nCALL fill();\n" +
         inserts(2),
     {{1, "log 1 0 0"}, {4, "log 2 0 0"}},
     "log 11 0 0, t 0 200 0",
     "log 3 0 0"},
    // Between reports the server's counters go on from one transaction to the next.
    {"behind_code_that_commits",
     inserts(100) + "CALL fill();\nALTER TABLE other ADD a integer;\n" + inserts(150),
     {{1, "log 100 0 0"}, {3, ""}, {4, "log 150 0 0"}},
     "log 254 0 0, t 0 100 0",
     "log 250 0 0"},
    {"code_that_rolls_back",
     "DO $$ DECLARE i integer; BEGIN FOR i IN 1..3 LOOP INSERT INTO log VALUES (i); ROLLBACK; END "
     "LOOP; INSERT INTO log VALUES (0); COMMIT; END $$;\n" +
         inserts(5),
     {{1, ""}, {2, "log 5 0 0"}},
     "log 5 0 0"},
    {"code_that_fails",
     inserts(100) + "DO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO log VALUES (2); "
                    "PERFORM 1 / 0; END $$;\n",
     {{1, "log 100 0 0"}, {2, ""}},
     "log 100 0 0"},
};

std::string line_of(const std::vector<observe::RowsChanged>& rows) {
    std::vector<std::string> texts;
    for (const auto& row : rows) {
        texts.push_back(row.relation.name + " " + std::to_string(row.inserted) + " " +
                        std::to_string(row.updated) + " " + std::to_string(row.deleted));
    }
    std::sort(texts.begin(), texts.end());
    return join(texts, ", ");
}

class TruthOfRows : public TruthTest, public testing::WithParamInterface<std::tuple<int, Counted>> {
  protected:
    void SetUp() override { use_server(std::get<0>(GetParam())); }
};

TEST_P(TruthOfRows, AreCounted) {
    const auto& [major, counted] = GetParam();
    const std::string database = make_database(kSchema);
    const auto seen = truth().replay(database, truth().plan_of(counted.text));
    for (const auto& [ordinal, rows] : counted.statements) {
        EXPECT_EQ(line_of(seen.statements.at(ordinal - 1).rows_changed), rows)
            << "statement " << ordinal;
    }
    const bool can_report = major >= 15 || counted.migration_before_15.empty();
    EXPECT_EQ(line_of(seen.rows_changed),
              can_report ? counted.migration : counted.migration_before_15);
}

std::vector<std::tuple<int, Counted>> all_counted() {
    std::vector<std::tuple<int, Counted>> all;
    for (const int major : kTruthMajors)
        for (const Counted& counted : kCounted) all.emplace_back(major, counted);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfRows, testing::ValuesIn(all_counted()),
                         [](const auto& what) {
                             return std::to_string(std::get<0>(what.param)) + "_" +
                                    std::get<1>(what.param).name;
                         });

}  // namespace
}  // namespace rehearse::test
