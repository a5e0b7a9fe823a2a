#include "support/observed.hpp"

#include "rehearse/base/time.hpp"
#include "rehearse/sql/script.hpp"

#include <functional>
#include <utility>

namespace rehearse::test {

observe::LockHold hold(const std::string& relation, pg::LockMode mode, double from_ms, double to_ms,
                       std::size_t acquired_by, std::vector<std::size_t> stretched_by) {
    observe::LockHold lock;
    lock.relation_oid = 16384 + static_cast<pg::Oid>(std::hash<std::string>{}(relation) % 100'000);
    lock.relation = {"public", relation};
    lock.relkind = 'r';
    lock.mode = mode;
    lock.acquired = Millis{from_ms};
    lock.released = Millis{to_ms};
    lock.acquired_by = acquired_by;
    lock.stretched_by = std::move(stretched_by);
    lock.virtualtransaction = "3/" + std::to_string(acquired_by);
    return lock;
}

plan::PlannedMigration planned(const std::string& version, const std::string& name,
                               const std::string& tool) {
    plan::PlannedMigration planned;
    planned.migration.version = version;
    planned.migration.name = name;
    planned.migration.path = "migrations/" + version + "_" + name + ".sql";
    planned.migration.tool = tool;
    return planned;
}

namespace {

// A timeout without a unit counts milliseconds (PostgreSQL manual, 20.1.1).
Millis timeout_of(const std::string& value) {
    const bool is_bare = value.find_first_not_of("0123456789") == std::string::npos;
    return parse_duration(is_bare ? value + "ms" : value).value_or(Millis{});
}

void set(observe::SessionSettings& settings, const sql::SettingChange& change) {
    const auto is = [&](const char* name) { return change.name == name || change.name == "all"; };
    if (is("lock_timeout")) settings.lock_timeout = timeout_of(change.value);
    if (is("statement_timeout")) settings.statement_timeout = timeout_of(change.value);
}

}  // namespace

observe::MigrationObservation ran(const std::string& script) {
    observe::MigrationObservation observed;
    observed.ran = true;
    observe::SessionSettings session;
    observe::SessionSettings now;
    auto reader = sql::ScriptReader::of_text(script);
    while (const auto piece = reader.next()) {
        if (piece->text.empty()) continue;
        observe::StatementObservation statement;
        statement.ordinal = observed.statements.size() + 1;
        statement.position = piece->position;
        statement.last_line = piece->position.line;
        statement.sql = piece->text;
        statement.classification = sql::classify(piece->text);
        statement.settings = now;
        if (const auto& change = statement.classification.setting) {
            set(now, *change);
            if (!change->is_local) set(session, *change);
        }
        if (statement.classification.kind == sql::StatementKind::commit) now = session;
        statement.started = observed.elapsed;
        statement.elapsed = Millis{1};
        observed.elapsed += statement.elapsed;
        observed.statements.push_back(std::move(statement));
    }
    return observed;
}

}  // namespace rehearse::test
