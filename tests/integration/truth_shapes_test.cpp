#include "rehearse/verdict/verdict.hpp"

#include "integration/truth_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <tuple>

// Seven shapes of migration that hurt a shop, each with the danger that a rehearsal must see and a
// number that it measured.
namespace rehearse::test {
namespace {

using rules::Severity;

// Customers; there are seven orders for each. REHEARSE_TRUTH_ROWS=300000 is the shop of
// the issue, with 2.1M orders.
std::int64_t customers() {
    const char* chosen = std::getenv("REHEARSE_TRUTH_ROWS");
    return chosen == nullptr ? 30000 : std::atoll(chosen);
}

std::string shop() {
    const std::string count = std::to_string(customers());
    return R"(
CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL, name text NOT NULL);
INSERT INTO customers
SELECT g, 'user' || g % ()" +
           count + R"( - 1) || '@example.org', 'Customer ' || g FROM generate_series(1, )" + count +
           R"() AS g;
CREATE TABLE orders (
    id integer PRIMARY KEY, customer_id integer NOT NULL, amount integer NOT NULL, note text);
INSERT INTO orders
SELECT g, 1 + g % )" +
           count + R"(, g % 1000, CASE WHEN g % 1000 > 0 THEN 'note ' || g END
FROM generate_series(1, 7 * )" +
           count + R"() AS g)";
}

struct Shape {
    std::string name;
    std::string migration;
    std::string failure;  // its sqlstate; empty: it runs
    std::string rule;     // empty: no rule but what it blocks says it
    // What the report says is blocked for longest.
    std::string blocked;
    bool blocks_reads = true;
    std::string rewritten = "";
    std::string also_blocked = "";
};

void PrintTo(const Shape& shape, std::ostream* out) {
    *out << shape.name;
}

class TruthOfShapes : public TruthTest, public testing::WithParamInterface<std::tuple<int, Shape>> {
  protected:
    void SetUp() override { use_server(std::get<0>(GetParam())); }
};

// The severity that a block of this length must have: the limits of src/rules/reading.hpp.
Severity severity_of(Millis held, bool blocks_reads) {
    const Millis danger{blocks_reads ? 1000 : 5000};
    if (held > danger) return Severity::danger;
    return held > Millis{100} ? Severity::warning : Severity::info;
}

TEST_P(TruthOfShapes, AreMeasured) {
    const Shape& shape = std::get<1>(GetParam());
    const std::string database = make_database(shop());
    const auto planned = truth().plan_of(
        "SET lock_timeout = '5s';\nSET statement_timeout = '60s';\n" + shape.migration);
    const auto observed = truth().replay(database, planned);
    const auto verdict = verdict::judge({planned, observed}, {});

    EXPECT_EQ(observed.failure ? observed.failure->error.sqlstate.code : "", shape.failure);
    const auto label =
        shape.failure.empty() ? verdict::label_for(observed.elapsed, {}) : verdict::Label::failed;
    EXPECT_EQ(verdict.label, label) << verdict.because;
    EXPECT_GT(observed.elapsed, Millis{0});

    std::vector<std::string> rewritten;
    for (const auto& statement : observed.statements)
        for (const auto& rewrite : statement.rewrites) {
            if (rewrite.relation.schema == "public") rewritten.push_back(rewrite.relation.name);
            EXPECT_GT(rewrite.bytes_after, 0);
        }
    const std::vector<std::string> to_rewrite(shape.rewritten.empty() ? 0 : 1, shape.rewritten);
    EXPECT_EQ(rewritten, to_rewrite);

    const auto blocking_of = [&](const std::string& relation) {
        return std::find_if(verdict.blocking.begin(), verdict.blocking.end(),
                            [&](const auto& one) { return one.relation.name == relation; });
    };
    Millis held{};
    if (!shape.blocked.empty()) {
        ASSERT_FALSE(verdict.blocking.empty());
        const auto& longest = verdict.blocking.front();
        EXPECT_TRUE(longest.relation.name == shape.blocked ||
                    longest.relation.name == shape.also_blocked)
            << longest.relation.name;
        EXPECT_EQ(longest.blocks_reads, shape.blocks_reads);
        held = longest.held;
        EXPECT_GT(held, Millis{0});
        EXPECT_LE(held, observed.elapsed);
        if (!shape.also_blocked.empty()) {
            EXPECT_NE(blocking_of(shape.blocked), verdict.blocking.end());
            EXPECT_NE(blocking_of(shape.also_blocked), verdict.blocking.end());
        }
    }

    std::ostringstream numbers;
    numbers << to_string(verdict.label) << ", " << verdict.because << ", elapsed "
            << format_duration(observed.elapsed) << ", blocked " << format_duration(held);
    for (const auto& finding : verdict.findings)
        numbers << "\n  " << to_string(finding.severity) << " " << finding.rule << ": "
                << finding.message;
    for (const auto& blocking : verdict.blocking)
        numbers << "\n  " << blocking.relation.name << " " << pg::to_string(blocking.mode) << " "
                << format_duration(blocking.held);
    // Under ctest -V: what was measured.
    std::cout << numbers.str() << "\n";
    if (shape.rule.empty()) return;
    const auto finding = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                      [&](const auto& one) { return one.rule == shape.rule; });
    ASSERT_NE(finding, verdict.findings.end()) << shape.rule;
    if (shape.failure.empty()) {
        EXPECT_GE(finding->severity, severity_of(held, shape.blocks_reads)) << finding->message;
        EXPECT_NE(finding->message.find_first_of("0123456789"), std::string::npos)
            << finding->message;
    } else {
        EXPECT_EQ(finding->severity, Severity::danger) << finding->message;
    }
}

const Shape kShapes[] = {
    {"unique_index_over_duplicates",
     "CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email);\n", "23505",
     "index-left-invalid", ""},
    {"not_null_over_nulls",
     "ALTER TABLE orders ADD CONSTRAINT note_known CHECK (note IS NOT NULL) NOT VALID;\n"
     "ALTER TABLE orders VALIDATE CONSTRAINT note_known;\n"
     "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;\n",
     "23514", "", "orders"},
    {"int_to_bigint", "ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;\n", "",
     "table-rewrite", "orders", true, "orders"},
    {"int_to_bigint_in_do",
     "DO $$ BEGIN ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint; END $$;\n", "",
     "table-rewrite", "orders", true, "orders"},
    {"column_and_full_update",
     "BEGIN;\nALTER TABLE orders ADD COLUMN currency text;\n"
     "UPDATE orders SET currency = 'EUR';\nCOMMIT;\n",
     "", "held-until-commit", "orders"},
    {"foreign_key", "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);\n",
     "", "validated-under-lock", "orders", false, "", "customers"},
    {"plain_index", "CREATE INDEX orders_customer ON orders (customer_id);\n", "",
     "index-not-concurrent", "orders", false},
};

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfShapes,
                         testing::Combine(testing::ValuesIn(kTruthMajors),
                                          testing::ValuesIn(kShapes)),
                         [](const auto& what) {
                             return std::to_string(std::get<0>(what.param)) + "_" +
                                    std::get<1>(what.param).name;
                         });

}  // namespace
}  // namespace rehearse::test
