#include "rules/reading.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <string_view>

namespace rehearse::rules {

namespace {

using observe::LockHold;
using observe::MigrationObservation;
using observe::StatementObservation;
using sql::StatementKind;

bool is_held_during(const LockHold& hold, const StatementObservation& statement) {
    const auto& stretched = hold.stretched_by;
    return hold.acquired_by == statement.ordinal ||
           std::find(stretched.begin(), stretched.end(), statement.ordinal) != stretched.end();
}

const LockHold* stronger(const LockHold* a, const LockHold* b) {
    return a == nullptr || b->mode > a->mode ? b : a;
}

}  // namespace

Severity severity_of_blocking(pg::LockMode mode, Millis held) {
    const auto limit = pg::blocks_reads(mode) ? kReadsBlockedTooLong : kWritesBlockedTooLong;
    if (!pg::blocks_writes(mode) || held <= kNoticed) return Severity::info;
    return held > limit ? Severity::danger : Severity::warning;
}

std::string_view kept_out_by(pg::LockMode mode) {
    return pg::blocks_reads(mode) ? "reads and writes" : "writes";
}

bool is_same(const pg::RelationName& a, const pg::RelationName& b) {
    return a.name == b.name && (a.schema == b.schema || a.schema.empty() || b.schema.empty());
}

const StatementObservation* find_statement(const MigrationObservation& observed,
                                           std::size_t ordinal) {
    const auto found =
        std::lower_bound(observed.statements.begin(), observed.statements.end(), ordinal,
                         [](const auto& s, std::size_t wanted) { return s.ordinal < wanted; });
    const bool is_there = found != observed.statements.end() && found->ordinal == ordinal;
    return is_there ? &*found : nullptr;
}

bool keeps_users_out(const LockHold& hold) {
    constexpr std::string_view kMetByNobody = "tc";
    constexpr std::string_view kIndexes = "iI";
    if (hold.new_relation || !pg::blocks_writes(hold.mode)) return false;
    if (kIndexes.find(hold.relkind) != std::string_view::npos)
        return pg::blocks_reads(hold.mode) && !hold.table.name.empty();
    return kMetByNobody.find(hold.relkind) == std::string_view::npos;
}

const pg::RelationName& kept_from(const LockHold& hold) {
    return hold.table.name.empty() ? hold.relation : hold.table;
}

const LockHold* blocking_hold(const MigrationObservation& observed,
                              const StatementObservation& statement,
                              const pg::RelationName& relation) {
    const LockHold* strongest = nullptr;
    for (const auto& hold : observed.holds) {
        if (is_same(kept_from(hold), relation) && keeps_users_out(hold) &&
            is_held_during(hold, statement)) {
            strongest = stronger(strongest, &hold);
        }
    }
    return strongest;
}

const LockHold* blocking_hold(const MigrationObservation& observed,
                              const StatementObservation& statement) {
    const LockHold* strongest = nullptr;
    for (const auto& hold : observed.holds) {
        if (keeps_users_out(hold) && hold.acquired_by == statement.ordinal) {
            strongest = stronger(strongest, &hold);
        }
    }
    return strongest;
}

bool is_made_here(const MigrationObservation& observed, const StatementObservation& before,
                  const pg::RelationName& relation) {
    return std::any_of(observed.statements.begin(), observed.statements.end(), [&](const auto& s) {
        return s.ordinal < before.ordinal && s.classification.kind == StatementKind::create_table &&
               !s.classification.relations.empty() &&
               is_same(s.classification.relations.front(), relation);
    });
}

bool failed_here(const MigrationObservation& observed, const StatementObservation& statement) {
    return observed.failure && observed.failure->ordinal == statement.ordinal;
}

std::string command_of(const StatementObservation& statement) {
    const auto& tag = statement.command_tag;
    if (!tag.empty()) {
        // "INSERT 0 3", "UPDATE 812": without the counts.
        const auto end = tag.find_first_of("0123456789");
        return std::string{trimmed(tag.substr(0, end))};
    }
    std::string text{to_string(statement.classification.kind)};
    for (auto& c : text) c = c == '_' ? ' ' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return text;
}

std::string filled(std::string_view advice, const Values& values) {
    std::string text;
    for (std::size_t at = 0; at < advice.size();) {
        const auto named = std::find_if(values.begin(), values.end(), [&](const auto& value) {
            const auto rest = advice.substr(at);
            return rest.size() > value.first.size() + 1 && rest[0] == '{' &&
                   rest.substr(1).starts_with(value.first) && rest[value.first.size() + 1] == '}';
        });
        if (named == values.end()) {
            text += advice[at++];
        } else {
            text += named->second;
            at += named->first.size() + 2;
        }
    }
    return text;
}

Finding finding_at(const StatementObservation& statement, Severity severity) {
    Finding finding;
    finding.severity = severity;
    finding.statement = statement.ordinal;
    // A line of an included file is none of the migration's.
    if (statement.included_file.empty()) finding.line = statement.position.line;
    return finding;
}

const StatementObservation* first_without(const RuleInput& input,
                                          Millis observe::SessionSettings::*timeout,
                                          bool (*concerns)(const MigrationObservation&,
                                                           const StatementObservation&)) {
    for (const auto& statement : input.observed.statements) {
        const bool is_off = statement.settings.*timeout <= Millis{};
        if (is_off && concerns(input.observed, statement)) return &statement;
    }
    return nullptr;
}

}  // namespace rehearse::rules
