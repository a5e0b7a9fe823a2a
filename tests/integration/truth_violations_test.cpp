#include "integration/truth_server.hpp"

#include <tuple>

// How many rows violate a constraint, as the replay counts them on every version.
namespace rehearse::test {
namespace {

// 10 rows: n is 3 to 10, twice NULL; team is 1 to 5 twice, and 3 teams exist; a price is 4 to 10,
// three times NULL.
constexpr const char* kSchema = R"(
CREATE TABLE teams (id integer PRIMARY KEY);
INSERT INTO teams SELECT generate_series(1, 3);
CREATE DOMAIN price AS integer;
CREATE TABLE t (n integer, team integer, "a price" price);
INSERT INTO t SELECT CASE WHEN g > 2 THEN g END, 1 + g % 5, CASE WHEN g > 3 THEN g END
  FROM generate_series(1, 10) AS g;
CREATE TABLE p (n integer, part integer) PARTITION BY LIST (part);
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
INSERT INTO p SELECT n, 1 + team % 2 FROM t;
)";

struct Violated {
    std::string name;
    std::string text;
    std::int64_t rows = 0;
    int first_major = 13;
    std::string relation = "t";
};

const std::vector<Violated> kViolated = {
    {"unique", "CREATE UNIQUE INDEX i ON t (team);", 10},
    {"check", "ALTER TABLE t ADD CHECK (n > 4);", 2},
    {"validated_check",
     "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 4) NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT "
     "c;",
     2},
    {"foreign_key", "ALTER TABLE t ADD FOREIGN KEY (team) REFERENCES teams;", 4},
    {"set_not_null", "ALTER TABLE t ALTER n SET NOT NULL;", 2},
    {"primary_key_using_index",
     "CREATE UNIQUE INDEX i ON t (n);\nALTER TABLE t ADD PRIMARY KEY USING INDEX i;", 2},
    {"domain_check", "ALTER DOMAIN price ADD CHECK (VALUE > 8);", 5},
    {"validated_domain_check",
     "ALTER DOMAIN price ADD CONSTRAINT c CHECK (VALUE > 8) NOT VALID;\nALTER DOMAIN price "
     "VALIDATE "
     "CONSTRAINT c;",
     5},
    {"domain_not_null", "ALTER DOMAIN price SET NOT NULL;", 3},
    {"attached_partition",
     "CREATE TABLE p3 AS SELECT * FROM p1;\nALTER TABLE p ATTACH PARTITION p3 FOR VALUES IN (3);",
     4, 13, "p3"},
    {"partition_beside_the_default",
     "CREATE TABLE rest PARTITION OF p DEFAULT;\nINSERT INTO p VALUES (1, 4), (2, 4), (3, 5);\n"
     "CREATE TABLE p4 PARTITION OF p FOR VALUES IN (4);",
     2, 13, "rest"},
    {"unique_nulls_not_distinct", "CREATE UNIQUE INDEX i ON t (n) NULLS NOT DISTINCT;", 2, 15},
    {"named_not_null", "ALTER TABLE t ADD CONSTRAINT c NOT NULL n;", 2, 18},
    {"named_not_null_of_partitions", "ALTER TABLE p ADD CONSTRAINT c NOT NULL n;", 2, 18, "p"},
    {"set_not_null_of_partitions", "ALTER TABLE p ALTER n SET NOT NULL;", 2, 13, "p"},
    {"validated_not_null",
     "ALTER TABLE t ADD CONSTRAINT c NOT NULL n NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT c;",
     2, 18},
};

class TruthOfViolations : public TruthTest,
                          public testing::WithParamInterface<std::tuple<int, Violated>> {
  protected:
    void SetUp() override { use_server(std::get<0>(GetParam())); }
};

TEST_P(TruthOfViolations, AreCounted) {
    const Violated& violated = std::get<1>(GetParam());
    const std::string database = make_database(kSchema);
    const auto seen = truth().replay(database, truth().plan_of(violated.text));
    ASSERT_TRUE(seen.failure);
    ASSERT_TRUE(seen.failure->violations) << seen.failure->error.message;
    EXPECT_EQ(seen.failure->violations->rows, violated.rows)
        << seen.failure->violations->why_not << seen.failure->error.message;
    EXPECT_EQ(seen.failure->violations->relation.name, violated.relation);
}

std::vector<std::tuple<int, Violated>> all_violated() {
    std::vector<std::tuple<int, Violated>> all;
    for (const int major : kTruthMajors)
        for (const Violated& violated : kViolated)
            if (major >= violated.first_major) all.emplace_back(major, violated);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfViolations, testing::ValuesIn(all_violated()),
                         [](const auto& what) {
                             return std::to_string(std::get<0>(what.param)) + "_" +
                                    std::get<1>(what.param).name;
                         });

}  // namespace
}  // namespace rehearse::test
