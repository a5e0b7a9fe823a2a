#include "rehearse/history/store.hpp"

#include "rehearse/base/error.hpp"

#include "history/database.hpp"
#include "history/rows.hpp"
#include "history/schema.hpp"
#include "queries.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace rehearse::history {

namespace {

constexpr std::size_t kAll = std::numeric_limits<std::int64_t>::max();

// SQLite would make it readable for others. A file of this name that is there stays. No descriptor
// of it is opened, because closing one lets go of the locks that another connection of this process
// has (sqlite.org/howtocorrupt.html, 2.2).
void make_private_file(const fs::path& file) {
    if (fs::exists(file)) return;
    if (file.has_parent_path()) make_private_folder(file.parent_path());
    if (mknod(file.c_str(), S_IFREG | 0600, 0) == 0 || errno == EEXIST) return;
    throw Error(
        ErrorKind::usage, "cannot make the history " + file.string() + ": " + std::strerror(errno),
        {"Give a folder that you may write to with --state, or rehearse with --no-history."});
}

fs::path opened_file(const fs::path& file, HistoryStore::Access access) {
    if (access == HistoryStore::Access::read_or_write) {
        make_private_file(file);
    } else if (!fs::exists(file)) {
        throw Error(ErrorKind::usage, "there is no history " + file.string(),
                    {"Rehearse first, or give the folder of the runs with --state."});
    }
    return file;
}

std::optional<Occurrence> first_of(std::vector<Occurrence> occurrences) {
    if (occurrences.empty()) return std::nullopt;
    return std::move(occurrences.front());
}

}  // namespace

fs::path history_file(const fs::path& state_folder) {
    return state_folder / "history.sqlite";
}

class HistoryStore::Impl {
  public:
    Impl(const fs::path& file, Millis patience) : database_(file, patience) {
        bring_up_to_date(database_, schema_steps());
    }

    Database& database() { return database_; }

    void insert(const Run& run) {
        const auto& id = run.facts.run_id;
        Transaction transaction(database_, Transaction::Kind::write);
        database_.prepare(queries::kDeleteRun.text).bind(":run_id", id).step();
        auto insert_run = database_.prepare(queries::kInsertRun.text);
        bind_run(insert_run, run.facts);
        insert_run.step();
        auto insert_migration = database_.prepare(queries::kInsertMigration.text);
        for (std::size_t i = 0; i < run.migrations.size(); ++i) {
            insert_migration.bind(":run_id", id).bind(":position", i);
            bind_migration(insert_migration, run.migrations[i]);
            insert_migration.step();
            insert_migration.reset();
        }
        transaction.commit();
    }

    std::vector<Run> runs(std::size_t limit) {
        const Transaction transaction(database_, Transaction::Kind::read);
        std::vector<Run> found;
        auto row = database_.prepare(queries::kRuns.text);
        row.bind(":limit", std::min(limit, kAll));
        while (row.step()) found.push_back({next_run(row), {}});
        for (auto& run : found) {
            auto migration = database_.prepare(queries::kMigrationsOfRun.text);
            migration.bind(":run_id", run.facts.run_id);
            while (migration.step()) run.migrations.push_back(next_migration(migration));
        }
        return found;
    }

    struct Wanted {
        std::optional<std::string> before = std::nullopt;  // a run
        bool told_weekly = false;
        std::size_t limit = kAll;
    };
    std::vector<Occurrence> occurrences(const MigrationKey& key, const Wanted& wanted) {
        std::vector<Occurrence> found;
        auto row = database_.prepare(queries::kOccurrences.text);
        bind_key(row, key);
        row.bind_or_null(":before", wanted.before)
            .bind(":told_weekly", wanted.told_weekly)
            .bind(":limit", wanted.limit);
        while (row.step()) {
            auto run = next_run(row);
            found.push_back({std::move(run), next_migration(row)});
        }
        return found;
    }

  private:
    Database database_;
};

HistoryStore::HistoryStore(const fs::path& file, Access access, Millis patience)
    : impl_(std::make_unique<Impl>(opened_file(file, access), patience)) {}
HistoryStore::HistoryStore(HistoryStore&&) noexcept = default;
HistoryStore::~HistoryStore() = default;

void HistoryStore::record(const report::Report& report, const fs::path& run_folder) {
    impl_->insert(run_of(report, run_folder));
}

std::vector<Run> HistoryStore::runs(std::size_t limit) const {
    return impl_->runs(limit);
}

std::vector<MigrationKey> HistoryStore::migrations() const {
    std::vector<MigrationKey> keys;
    auto row = impl_->database().prepare(queries::kMigrations.text);
    while (row.step()) keys.push_back(next_key(row));
    return keys;
}

std::vector<Occurrence> HistoryStore::of_migration(const MigrationKey& key) const {
    return impl_->occurrences(key, {});
}

std::optional<Occurrence> HistoryStore::previous_run_of(const MigrationKey& key,
                                                        const std::string& before_run_id) const {
    return first_of(impl_->occurrences(key, {.before = before_run_id, .limit = 1}));
}

std::vector<Occurrence> HistoryStore::told_before(const MigrationKey& key,
                                                  const std::string& before_run_id) const {
    return impl_->occurrences(key, {.before = before_run_id, .told_weekly = true});
}

void HistoryStore::mark_told_weekly(const std::string& run_id) {
    impl_->database().prepare(queries::kMarkToldWeekly.text).bind(":run_id", run_id).step();
}

}  // namespace rehearse::history
