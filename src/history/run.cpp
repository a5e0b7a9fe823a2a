#include "rehearse/history/run.hpp"

#include "rehearse/verdict/verdict.hpp"

#include <boost/uuid/name_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>

namespace rehearse::history {

namespace {

std::string strongest_lock(const report::MigrationPart& migration) {
    std::optional<pg::LockMode> strongest;
    for (const auto& statement : migration.statements) {
        for (const auto& lock : statement.locks) {
            const auto mode = pg::lock_mode_from(lock.mode);
            if (!lock.new_relation && mode && (!strongest || *mode > *strongest)) strongest = mode;
        }
    }
    return strongest ? std::string{to_string(*strongest)} : std::string{};
}

struct Size {
    std::int64_t before = 0, after = 0;
    std::int64_t bytes() const { return before > 0 ? before : after; }
};

// By table: before the first statement that changed its size, and after the last.
std::map<std::string, Size> sizes_of(const report::MigrationPart& migration) {
    std::map<std::string, Size> sizes;
    const auto add = [&](const auto& part) {
        sizes.try_emplace(part.relation, Size{part.bytes_before, 0}).first->second.after =
            part.bytes_after;
    };
    for (const auto& statement : migration.statements) {
        for (const auto& size : statement.sizes) add(size);
    }
    if (!sizes.empty()) return sizes;
    // A table that is written anew may be as large as before.
    for (const auto& statement : migration.statements) {
        for (const auto& rewrite : statement.rewrites) add(rewrite);
    }
    return sizes;
}

// An older report tells no size of a table that did not change.
void add_largest_changed_table(MigrationFigures& figures, const report::MigrationPart& migration) {
    for (const auto& [table, size] : sizes_of(migration)) {
        if (size.bytes() <= figures.largest_table_bytes) continue;
        figures.largest_table = table;
        figures.largest_table_bytes = size.bytes();
    }
}

// What was given up on has a label by the time until then, and an error.
bool ran_to_end(const report::MigrationPart& migration) {
    return migration.label != "not_run" && !migration.error;
}

// Of the text of its statements, as the report has them: behind the first few thousand it folds the
// quick ones together, which ones these are goes with their time, and only their count is the same.
std::string sql_id_of(const report::MigrationPart& migration) {
    constexpr std::size_t kTellingStatements = 1'000;
    std::string text;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < migration.statements.size(); ++i) {
        const auto& statement = migration.statements[i];
        count += statement.repeated;
        if (i < kTellingStatements) text += statement.sql + '\0';
    }
    if (count == 0) return {};
    const boost::uuids::name_generator_sha1 generate{boost::uuids::ns::oid()};
    return to_string(generate(text + std::to_string(count)));
}

MigrationFigures figures_of(const report::MigrationPart& migration) {
    MigrationFigures figures;
    figures.key = key_of(migration);
    figures.in_change = migration.in_change;
    figures.label = migration.label;
    figures.elapsed_ms = migration.elapsed_ms;
    figures.because = migration.because;
    figures.strongest_lock = strongest_lock(migration);
    for (const auto& blocking : migration.blocking) {
        figures.longest_blocked_ms = std::max(figures.longest_blocked_ms, blocking.held_ms);
    }
    for (const auto& statement : migration.statements) {
        figures.wal_bytes += statement.wal_bytes.value_or(0);
        for (const auto& rewrite : statement.rewrites)
            figures.rewritten_bytes += rewrite.bytes_after;
    }
    if (migration.largest_table) {
        figures.largest_table = migration.largest_table->relation;
        figures.largest_table_bytes = migration.largest_table->bytes;
    } else {
        add_largest_changed_table(figures, migration);
    }
    figures.ran_to_end = ran_to_end(migration);
    figures.sql_id = sql_id_of(migration);
    return figures;
}

}  // namespace

std::string MigrationKey::title() const {
    return name.empty() ? version : version + " " + name;
}

MigrationKey key_of(const report::MigrationPart& migration) {
    return {migration.version, migration.name,
            fs::absolute(migration.path).lexically_normal().string()};
}

Run run_of(const report::Report& report, const fs::path& folder) {
    Run run;
    run.facts = {report.run_id,          report.started_at,     report.finished_at,
                 report.label,           report.snapshot.name,  report.snapshot.taken_at,
                 report.snapshot.sha256, report.scratch.engine, report.scratch.server_version,
                 report.noisy_ms,        report.rethink_ms,     folder};
    for (const auto& migration : report.migrations) run.migrations.push_back(figures_of(migration));
    return run;
}

double elapsed_ms(const Run& run) {
    double sum = 0;
    for (const auto& migration : run.migrations) sum += migration.elapsed_ms;
    return sum;
}

std::map<std::string, std::size_t> count_by_label(const Run& run) {
    std::map<std::string, std::size_t> counts;
    for (const auto& migration : run.migrations) ++counts[migration.label];
    return counts;
}

}  // namespace rehearse::history
