#include "report/html_facts.hpp"

#include "rehearse/base/text.hpp"

#include "report/phrases.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace rehearse::report {

namespace {

using Facts = std::vector<std::string>;

// To the microsecond: nothing is measured finer.
std::string in_ms(double ms) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.3f", ms);
    std::string text{buffer.data()};
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + " ms";
}

std::string from_to(double from_ms, double to_ms) {
    return "from " + duration(from_ms) + " to " + duration(to_ms);
}

std::string grown(const std::string& relation, std::int64_t before, std::int64_t after) {
    return relation + ", " + bytes(before) + " before, " + bytes(after) + " after";
}

std::string evidence_phrase(const StatementPart& statement) {
    if (statement.evidence == "none") return "locks were not read";
    const auto text = "evidence of its locks: " + statement.evidence;
    return statement.wrapped ? text + ", read in a BEGIN and COMMIT put around it" : text;
}

std::string timeout_phrase(double ms) {
    return ms > 0 ? limit(ms) : "none";
}

void add_costs(Facts& facts, const StatementPart& statement) {
    if (!statement.command_tag.empty()) facts.push_back(statement.command_tag);
    if (statement.wal_bytes) facts.push_back(bytes(*statement.wal_bytes) + " of WAL");
    if (statement.temp_bytes > 0) {
        facts.push_back(bytes(statement.temp_bytes) + " of temporary files");
    }
}

void add_effects(Facts& facts, const StatementPart& statement) {
    for (const auto& effect : effect_phrases(statement)) facts.push_back(effect);
    for (const auto& rewrite : statement.rewrites) {
        facts.push_back("rewrote " +
                        grown(rewrite.relation, rewrite.bytes_before, rewrite.bytes_after));
    }
    for (const auto& build : statement.index_builds) {
        facts.push_back("built index " + build.index + " of " + build.relation +
                        (build.valid ? "" : ", which is INVALID"));
    }
    for (const auto& size : statement.sizes) {
        facts.push_back("size of " + grown(size.relation, size.bytes_before, size.bytes_after));
    }
    for (const auto& phase : statement.phases) {
        facts.push_back(phase.command + ", " + phase.phase + ": " + duration(phase.elapsed_ms));
    }
}

void add_settings(Facts& facts, const SettingsPart& settings) {
    auto text = "in force: lock_timeout " + timeout_phrase(settings.lock_timeout_ms) +
                ", statement_timeout " + timeout_phrase(settings.statement_timeout_ms);
    if (!settings.search_path.empty()) text += ", search_path " + settings.search_path;
    if (!settings.role.empty()) text += ", role " + settings.role;
    facts.push_back(text);
}

}  // namespace

std::string exact_duration(double ms) {
    const auto words = duration(ms);
    const auto exact = in_ms(ms);
    return exact == words || exact == limit(ms) ? words : words + " (" + exact + ")";
}

std::string keeps_out_phrase(KeepsOut keeps_out) {
    switch (keeps_out) {
        case KeepsOut::everybody:
            return "blocks reads and writes";
        case KeepsOut::writers:
            return "blocks writes";
        case KeepsOut::nobody:
            break;
    }
    return "blocks neither reads nor writes";
}

std::string held_number(double held_ms, bool is_exact) {
    if (is_exact) return duration(held_ms);
    return held_ms > 0 ? "≥ " + duration(held_ms) : "for a moment";
}

std::vector<std::string> hold_facts(const Hold& hold) {
    const auto& lock = *hold.lock;
    const bool is_exact = lock.evidence == "exact";
    Facts facts{lock.mode + " on " + lock.relation, keeps_out_phrase(hold.keeps_out)};
    if (lock.new_relation) facts.back() += ": the relation is new";
    if (!is_exact && lock.held_ms <= 0) {
        facts.emplace_back("held for a moment: one poll saw it");
    } else {
        facts.push_back("held " + std::string{is_exact ? "" : "at least "} +
                        exact_duration(lock.held_ms));
    }
    facts.push_back(from_to(lock.acquired_ms, lock.released_ms));
    if (lock.waited_ms > 0) facts.push_back("waited for it " + exact_duration(lock.waited_ms));
    facts.push_back("evidence: " + lock.evidence);
    if (!is_exact && lock.not_after_ms > lock.not_before_ms) {
        facts.push_back("taken after " + duration(lock.not_before_ms) + ", let go of before " +
                        duration(lock.not_after_ms));
    }
    facts.push_back("taken at line " + std::to_string(hold.taken_by->line));
    if (!lock.child_of.empty()) facts.push_back("child of " + lock.child_of);
    return facts;
}

std::vector<std::string> statement_facts(const TimedStatement& timed, bool mask_literals) {
    const auto& statement = *timed.statement;
    Facts facts{"took " + exact_duration(statement.elapsed_ms)};
    if (timed.is_placed) facts.push_back(from_to(timed.began_ms, timed.ended_ms));
    if (statement.commit_ms) facts.push_back("its COMMIT " + exact_duration(*statement.commit_ms));
    if (statement.repeated > 1) {
        facts.push_back(counted(statement.repeated, "like statement") + " up to line " +
                        std::to_string(statement.last_line));
    }
    if (statement.gave_up) facts.emplace_back("cancelled by --give-up-after");
    if (statement.would_be_cancelled_after_ms) {
        facts.push_back("statement_timeout would have cancelled it after " +
                        limit(*statement.would_be_cancelled_after_ms));
    }
    add_costs(facts, statement);
    add_effects(facts, statement);
    facts.push_back(evidence_phrase(statement));
    if (timed.settings != nullptr) add_settings(facts, *timed.settings);
    // The server quotes in a message what it was given.
    if (mask_literals) return facts;
    for (const auto& notice : statement.notices) {
        facts.push_back(notice.severity + " " + notice.sqlstate + ": " + notice.message);
    }
    return facts;
}

}  // namespace rehearse::report
