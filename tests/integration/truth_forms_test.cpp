#include "rehearse/base/text.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "integration/truth_forms.hpp"
#include "integration/truth_server.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <set>
#include <sstream>
#include <tuple>

// What PostgreSQL does with each form of statement, what it says of it itself, and what a replay
// says of it: all three must agree.
namespace rehearse::test {
namespace {

using observe::Evidence;
using Names = std::set<std::string>;

std::string joined(const Names& names) {
    return join({names.begin(), names.end()}, ", ");
}

// "t AccessExclusive, t_* AccessShare" as its entries.
Names entries(const std::string& text) {
    Names result;
    for (const std::string& entry : split(text, ',')) {
        const std::string one{trimmed(entry)};
        if (one.empty()) continue;
        if (!one.starts_with("t_*")) {
            result.insert(one);
            continue;
        }
        for (const std::string index : {"t_ivc", "t_pkey", "t_ts"})
            result.insert(index + one.substr(3));
    }
    return result;
}

Done in_order(const Done& done) {
    return {joined(entries(done.locks)), joined(entries(done.rewritten)),
            joined(entries(done.built))};
}

// Keeps the strongest mode of each relation.
class StrongestLocks {
  public:
    void add(const std::string& relation, pg::LockMode mode) {
        const auto [at, is_new] = modes_.try_emplace(relation, mode);
        if (!is_new) at->second = std::max(at->second, mode);
    }
    std::string text() const {
        Names names;
        for (const auto& [relation, mode] : modes_) {
            const std::string name{pg::to_string(mode)};
            names.insert(relation + " " + name.substr(0, name.size() - std::string{"Lock"}.size()));
        }
        return joined(names);
    }

  private:
    std::map<std::string, pg::LockMode> modes_;
};

Done replayed(const observe::MigrationObservation& seen) {
    StrongestLocks locks;
    Names rewritten;
    Names built;
    for (const auto& hold : seen.holds) locks.add(hold.relation.name, hold.mode);
    for (const auto& statement : seen.statements) {
        for (const auto& rewrite : statement.rewrites)
            if (rewrite.relation.schema == "public") rewritten.insert(rewrite.relation.name);
        for (const auto& build : statement.index_builds)
            if (build.index.schema == "public") built.insert(build.index.name);
    }
    return {locks.text(), joined(rewritten), joined(built)};
}

struct Relation {
    std::string name;
    char kind = ' ';
    std::string file;
};
using Relations = std::map<std::string, Relation>;  // by oid

// Read in the session that asks, so that its open transaction's own changes are in it.
constexpr const char* kOwnState = R"(DO $$ BEGIN RAISE NOTICE '%', (
SELECT string_agg(line, E'\n') FROM (
  SELECT concat_ws(' ', 'relation', oid, relname, relkind, pg_relation_filenode(oid))
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT concat_ws(' ', 'lock', relation, mode)
  FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted) AS own (line));
END $$)";

struct OwnState {
    Relations relations;
    std::vector<std::pair<std::string, pg::LockMode>> locks;
};

OwnState own_state(pg::PerformerSession& session) {
    const auto result = session.execute(kOwnState);
    OwnState state;
    if (result.error || result.notices.empty()) {
        ADD_FAILURE() << "no notice: " << (result.error ? result.error->message : "");
        return state;
    }
    for (const std::string& line : split_lines(result.notices.back().message)) {
        std::istringstream words{line};
        std::string what;
        std::string oid;
        words >> what >> oid;
        if (what == "relation") {
            Relation& relation = state.relations[oid];
            words >> relation.name >> relation.kind >> relation.file;
        } else {
            std::string mode;
            words >> mode;
            state.locks.emplace_back(oid, pg::lock_mode_from(mode).value());
        }
    }
    return state;
}

// What PostgreSQL itself says of the form: pg_locks and pg_class in its still open transaction,
// which is rolled back.
Done by_hand(const pg::ConnInfo& where, const Form& form) {
    pg::PerformerSession session{where};
    const OwnState before = own_state(session);
    session.execute("BEGIN");
    const auto result = session.execute(form.statement);
    EXPECT_FALSE(result.error) << result.error->message;
    if (result.error) return {};
    const OwnState after = own_state(session);
    session.execute("ROLLBACK");

    StrongestLocks locks;
    for (const auto& [oid, mode] : after.locks) {
        if (const auto own = after.relations.find(oid); own != after.relations.end())
            locks.add(own->second.name, mode);
        else if (const auto old = before.relations.find(oid); old != before.relations.end())
            locks.add(old->second.name, mode);
    }
    Names rewritten;
    Names built;
    const bool empties = form.statement.starts_with("TRUNCATE");
    for (const auto& [oid, relation] : after.relations) {
        const auto old = before.relations.find(oid);
        const bool same = old != before.relations.end() && old->second.file == relation.file;
        if (same || empties) continue;
        if (relation.kind == 'i') built.insert(relation.name);
        if (old != before.relations.end() && (relation.kind == 'r' || relation.kind == 'm'))
            rewritten.insert(relation.name);
    }
    return {locks.text(), joined(rewritten), joined(built)};
}

// A transaction that has read a table and stays open until the statement that waits for it was
// seen running.
class OpenReader {
  public:
    explicit OpenReader(const pg::ConnInfo& where)
        : session_{std::async(std::launch::async, [this, where] { run(where); })} {
        begun_.get_future().wait();
    }
    OpenReader(const OpenReader&) = delete;
    OpenReader& operator=(const OpenReader&) = delete;
    ~OpenReader() { end(); }

    void end() {
        std::call_once(once_, [this] { ended_.set_value(); });
    }

  private:
    void run(const pg::ConnInfo& where) {
        pg::PerformerSession session{where};
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
        session.execute("SELECT count(*) FROM t, pt WHERE t.id = pt.id");
        begun_.set_value();
        ended_.get_future().wait();
        session.execute("COMMIT");
    }

    std::promise<void> begun_;
    std::promise<void> ended_;
    std::once_flag once_;
    std::future<void> session_;  // last: waits for its end when it goes
};

class TruthOfForms : public TruthTest,
                     public testing::WithParamInterface<std::tuple<int, Form>> {
  protected:
    void SetUp() override { use_server(major()); }
    static int major() { return std::get<0>(GetParam()); }
    static const Form& form() { return std::get<1>(GetParam()); }

    // The holds of indexes that only polling could see may have been missed: they are short.
    void expect_sampled(const Done& seen, const Done& expected) {
        const Names seen_locks = entries(seen.locks);
        const Names expected_locks = entries(expected.locks);
        EXPECT_TRUE(std::includes(expected_locks.begin(), expected_locks.end(), seen_locks.begin(),
                                  seen_locks.end()))
            << seen.locks << "\nexpected at most: " << expected.locks;
        EXPECT_EQ(seen.rewritten, expected.rewritten);
        EXPECT_EQ(seen.built, expected.built);
    }
};

TEST_P(TruthOfForms, AreSeen) {
    const std::string database = make_database(kFormsSchema);
    if (!form().prepare.empty()) run_sql(database, form().prepare);
    const Done expected = in_order(form().done_on(major()));
    const pg::ConnInfo where = truth().address(database);
    const auto planned = truth().plan_of(form().statement + ";\n");

    if (form().where == Where::in_transaction) {
        const Done own = by_hand(where, form());
        EXPECT_EQ(own.locks, expected.locks) << "as pg_locks has it";
        EXPECT_EQ(own.rewritten, expected.rewritten) << "as pg_class has it";
        EXPECT_EQ(own.built, expected.built) << "as pg_class has it";
    }

    std::optional<OpenReader> reader;
    if (form().where == Where::alone_and_waiting) reader.emplace(where);
    const auto observed = truth().replay(database, planned, [&] {
        if (reader) reader->end();
    });
    ASSERT_FALSE(observed.failure) << observed.failure->error.message;
    ASSERT_EQ(observed.statements.size(), 1U);
    const Done seen = replayed(observed);
    if (form().where == Where::in_transaction) {
        EXPECT_EQ(observed.statements[0].evidence, Evidence::exact);
        EXPECT_EQ(seen.locks, expected.locks);
        EXPECT_EQ(seen.rewritten, expected.rewritten);
        EXPECT_EQ(seen.built, expected.built);
    } else {
        EXPECT_EQ(observed.statements[0].evidence, Evidence::sampled);
        expect_sampled(seen, expected);
    }
}

std::vector<std::tuple<int, Form>> all_forms() {
    std::vector<std::tuple<int, Form>> all;
    for (const int major : kTruthMajors)
        for (const Form& form : forms())
            if (major >= form.first_major) all.emplace_back(major, form);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Postgres, TruthOfForms, testing::ValuesIn(all_forms()),
                         [](const auto& what) {
                             return std::to_string(std::get<0>(what.param)) + "_" +
                                    std::get<1>(what.param).name;
                         });

}  // namespace
}  // namespace rehearse::test
