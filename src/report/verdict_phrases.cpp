#include "rehearse/base/text.hpp"
#include "rehearse/pg/public_message.hpp"
#include "rehearse/sql/script.hpp"

#include "report/phrases.hpp"

// The run, and why a migration has its label, in one line each: what stands first wherever a report
// is told.
namespace rehearse::report {

namespace {

// The one that shut users out for longest in the whole run; null where nobody was.
const MigrationPart* longest_blocking(const Report& report) {
    const MigrationPart* by = nullptr;
    for (const auto& migration : report.migrations) {
        if (migration.blocking.empty()) continue;
        const auto held = migration.blocking.front().held_ms;
        if (by == nullptr || held > by->blocking.front().held_ms) by = &migration;
    }
    return by;
}

// A reader of the change is not to take for its doing what it only catches up with.
constexpr const char* kBeforeChange = "before this change";

std::string ok_sentence(const Report& report) {
    const auto& migrations = report.migrations;
    double sum = 0;
    for (const auto& migration : migrations) sum += migration.elapsed_ms;
    auto sentence = counted(migrations.size(), "migration") + " in " + duration(sum);
    const auto* by = longest_blocking(report);
    if (by != nullptr && by->blocking.front().held_ms > kHazardMs) {
        sentence += ", but " + title_of(*by) + " " + blocks_phrase(blocked_together(*by).front());
        if (!by->in_change) sentence += " (" + std::string{kBeforeChange} + ")";
    }
    return sentence;
}

// The server quotes what it could not read or find of a statement. Names of constraints (class 23)
// are the schema's.
bool may_quote_a_literal(const MigrationPart& migration) {
    const auto& error = *migration.error;
    if (error.sqlstate == "42601") return true;
    if (error.sqlstate.starts_with("23")) return false;
    const auto* statement = find_statement(migration, error.statement);
    const auto sql = statement == nullptr ? "" : sql::with_masked_literals(statement->sql);
    return !pg::quotes_only_words_of(sql, migration.because);
}

}  // namespace

std::string because_text(const MigrationPart& migration, bool mask_literals) {
    if (!mask_literals || !migration.error || !may_quote_a_literal(migration)) {
        return migration.because;
    }
    const auto& error = *migration.error;
    return (error.sqlstate.empty() ? "failed" : error.sqlstate) + " at line " +
           std::to_string(error.line);
}

std::string verdict_sentence(const Report& report, bool mask_literals) {
    if (report.migrations.empty()) return "nothing is pending";
    if (report.label == to_string(verdict::Label::ok)) return ok_sentence(report);
    const MigrationPart* told = nullptr;
    std::size_t count = 0;
    for (const auto& migration : report.migrations) {
        if (migration.label != report.label) continue;
        ++count;
        if (told == nullptr || (migration.in_change && !told->in_change)) told = &migration;
    }
    if (told == nullptr) return counted(report.migrations.size(), "migration");
    std::vector<std::string> remarks;
    if (!told->in_change) remarks.emplace_back(kBeforeChange);
    if (count > 1) remarks.push_back("and " + std::to_string(count - 1) + " more");
    return title_of(*told) + ": " + because_text(*told, mask_literals) +
           (remarks.empty() ? "" : " (" + join(remarks, ", ") + ")");
}

std::string public_verdict(const Report& report, bool mask_literals) {
    return label_text(report.label) + ": " + verdict_sentence(report, mask_literals);
}

std::string public_reason(const MigrationPart& migration, bool mask_literals) {
    return because_text(migration, mask_literals);
}

}  // namespace rehearse::report
