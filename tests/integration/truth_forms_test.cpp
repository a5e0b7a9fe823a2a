#include "integration/truth_forms.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/pg/performer_session.hpp"

#include "integration/truth_server.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <mutex>
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
            joined(entries(done.built)), joined(entries(done.scanned))};
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
    Names scanned;
    for (const auto& hold : seen.holds) locks.add(hold.relation.name, hold.mode);
    for (const auto& statement : seen.statements) {
        for (const auto& rewrite : statement.rewrites)
            if (rewrite.relation.schema == "public") rewritten.insert(rewrite.relation.name);
        for (const auto& build : statement.index_builds)
            if (build.index.schema == "public") built.insert(build.index.name);
        for (const auto& scan : statement.scans) scanned.insert(scan.relation.name);
    }
    return {locks.text(), joined(rewritten), joined(built), joined(scanned)};
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
  FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
  UNION ALL
  SELECT concat_ws(' ', 'scan', relid, seq_tup_read)
  FROM pg_stat_xact_user_tables WHERE schemaname = 'public' AND seq_tup_read > 0) AS own (line));
END $$)";

struct OwnState {
    Relations relations;
    std::vector<std::pair<std::string, pg::LockMode>> locks;
    Names scanned;  // oids
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
        } else if (what == "scan") {
            state.scanned.insert(oid);
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
        if (const auto old = before.relations.find(oid); old != before.relations.end())
            locks.add(old->second.name, mode);
        else if (const auto own = after.relations.find(oid); own != after.relations.end())
            locks.add(own->second.name, mode);
    }
    Names rewritten;
    Names built;
    const bool empties = form.statement.starts_with("TRUNCATE");
    Names files_before;
    for (const auto& [oid, relation] : before.relations) files_before.insert(relation.file);
    for (const auto& [oid, relation] : after.relations) {
        // Also of another relation: an index that is made anew may keep its file.
        if (files_before.contains(relation.file) || empties) continue;
        if (relation.kind == 'i') built.insert(relation.name);
        if (before.relations.contains(oid) && (relation.kind == 'r' || relation.kind == 'm'))
            rewritten.insert(relation.name);
    }
    Names scanned;
    for (const std::string& oid : after.scanned) {
        if (before.relations.contains(oid)) scanned.insert(before.relations.at(oid).name);
    }
    return {locks.text(), joined(rewritten), joined(built), joined(scanned)};
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

class TruthOfForms : public TruthTest, public testing::WithParamInterface<std::tuple<int, Form>> {
  protected:
    void SetUp() override { use_server(major()); }
    static int major() { return std::get<0>(GetParam()); }
    static const Form& form() { return std::get<1>(GetParam()); }

    // Polling may miss a short phase, and with it the strongest lock of a relation. t is held
    // through all of them.
    static void expect_sampled(const std::string& seen, const std::string& expected) {
        const auto at_most = modes(expected);
        const auto held = modes(seen);
        for (const auto& [relation, mode] : held) {
            ASSERT_TRUE(at_most.contains(relation)) << seen << "\nexpected at most: " << expected;
            EXPECT_LE(mode, at_most.at(relation)) << relation;
        }
        if (at_most.contains("t")) {
            EXPECT_TRUE(held.contains("t") && held.at("t") == at_most.at("t")) << seen;
        }
    }

  private:
    static std::map<std::string, pg::LockMode> modes(const std::string& locks) {
        std::map<std::string, pg::LockMode> result;
        for (const std::string& entry : entries(locks)) {
            const auto space = entry.find(' ');
            result[entry.substr(0, space)] =
                pg::lock_mode_from(entry.substr(space + 1) + "Lock").value();
        }
        return result;
    }
};

TEST_P(TruthOfForms, AreSeen) {
    const std::string database = make_database(kFormsSchema);
    if (!form().prepare.empty()) run_sql(database, form().prepare);
    const Done expected = in_order(form().done_on(major()));
    const pg::ConnInfo where = truth().address(database);
    const bool begins = form().where == Where::in_files_transaction;
    const bool is_exact = begins || form().where == Where::in_transaction;
    const auto planned = truth().plan_of(begins ? "BEGIN;\n" + form().statement + ";\nCOMMIT;\n"
                                                : form().statement + ";\n");

    if (is_exact) {
        const Done own = by_hand(where, form());
        EXPECT_EQ(own.locks, expected.locks) << "as pg_locks has it";
        EXPECT_EQ(own.rewritten, expected.rewritten) << "as pg_class has it";
        EXPECT_EQ(own.built, expected.built) << "as pg_class has it";
        EXPECT_EQ(own.scanned, expected.scanned) << "as pg_stat_xact_user_tables has it";
    }

    std::optional<OpenReader> reader;
    if (form().where == Where::alone_and_waiting) reader.emplace(where);
    const auto observed = truth().replay(database, planned, [&] {
        if (reader) reader->end();
    });
    ASSERT_FALSE(observed.failure) << observed.failure->error.message;
    ASSERT_EQ(observed.statements.size(), begins ? 3U : 1U);
    EXPECT_EQ(observed.statements[begins ? 1 : 0].evidence,
              is_exact ? Evidence::exact : Evidence::sampled);
    const Done seen = replayed(observed);
    if (is_exact) {
        EXPECT_EQ(seen.locks, expected.locks);
        EXPECT_EQ(seen.scanned, expected.scanned);
    } else {
        expect_sampled(seen.locks, expected.locks);
    }
    EXPECT_EQ(seen.rewritten, expected.rewritten);
    // A rewrite builds all indexes again: replay does not say so of each.
    EXPECT_EQ(seen.built, expected.rewritten.empty() ? expected.built : "");
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
