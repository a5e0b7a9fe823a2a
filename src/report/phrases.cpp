#include "report/phrases.hpp"

#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <cmath>

namespace rehearse::report {

namespace {

constexpr verdict::Thresholds kDefaults{};

bool is_exact(const std::string& evidence) {
    return evidence == to_string(observe::Evidence::exact);
}

std::string age_phrase(double days) {
    if (days < 1.0 / 24) return "taken just now";
    if (days < 1) return "taken " + counted(static_cast<std::size_t>(days * 24), "hour") + " ago";
    return "taken " + counted(static_cast<std::size_t>(days), "day") + " ago";
}

// Holds of one statement begin one after the other and end together.
bool is_alike(const BlockingPart& a, const BlockingPart& b) {
    constexpr double kAlike = 0.95;
    return a.acquired_by == b.acquired_by && a.transactions == b.transactions &&
           a.index.empty() == b.index.empty() && a.mode == b.mode && a.blocks == b.blocks &&
           a.evidence == b.evidence && b.held_ms >= kAlike * a.held_ms;
}

std::string and_more(std::size_t others) {
    return others == 0 ? "" : " and " + std::to_string(others) + " more";
}

// Those count for themselves what they read, and in an open transaction nobody sees it. A plan that
// writes has none (PostgreSQL manual, 15.2 "When Can Parallel Query Be Used?"); a query within a
// function of it may.
bool may_have_unseen_workers(const StatementPart& statement, const ScanPart& scan) {
    if (!is_exact(statement.evidence)) return false;
    return std::none_of(
        statement.rows_changed.begin(), statement.rows_changed.end(),
        [&scan](const RowsChangedPart& changed) { return changed.relation == scan.relation; });
}

// "40,211 rows": what somebody has to mend is told to the last row.
std::string grouped(std::int64_t count, const std::string& what) {
    std::string digits = std::to_string(count);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string duration(double ms) {
    return format_duration(Millis{ms});
}

std::string limit(double ms) {
    return format_limit(Millis{ms});
}

std::string bytes(std::int64_t count) {
    return format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, count)));
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string label_text(const std::string& label) {
    return label == to_string(verdict::Label::not_run) ? "not run" : label;
}

std::string title_of(const MigrationPart& migration) {
    if (migration.name.empty()) return migration.version;
    if (migration.version.empty()) return migration.name;
    return migration.version + " " + migration.name;
}

std::vector<BlockedTogether> blocked_together(const MigrationPart& migration) {
    std::vector<BlockedTogether> groups;
    for (const auto& blocking : migration.blocking) {
        const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) {
            return is_alike(*g.first, blocking);
        });
        if (group == groups.end()) {
            groups.push_back({&blocking, 0});
        } else {
            ++group->others;
        }
    }
    return groups;
}

std::string held_phrase(const BlockingPart& blocking) {
    const bool saw_one_poll = !is_exact(blocking.evidence) && blocking.held_ms <= 0;
    return saw_one_poll ? "for a moment" : duration(blocking.held_ms);
}

std::string blocks_phrase(const BlockedTogether& blocked) {
    const auto& blocking = *blocked.first;
    const bool writes_only = blocking.blocks == "writes";
    return std::string{"blocks "} + (writes_only ? "writes to " : "") + blocking.relation +
           and_more(blocked.others) + " " + held_phrase(blocking);
}

std::string lock_phrase(const BlockedTogether& blocked, const MigrationPart& migration) {
    const auto& blocking = *blocked.first;
    const bool is_one = blocking.transactions == 1;
    auto text = blocking.mode + " on " +
                (blocking.index.empty() ? "" : "index " + blocking.index + " of ") +
                blocking.relation + and_more(blocked.others) + " for " +
                (is_exact(blocking.evidence) ? "" : "at least ") + duration(blocking.held_ms);
    if (!is_one) text += " in " + std::to_string(blocking.transactions) + " transactions";
    if (const auto* statement = find_statement(migration, blocking.acquired_by)) {
        text += std::string{is_one ? ", taken" : ", the longest taken"} + " at line " +
                std::to_string(statement->line);
    }
    return text + " (" + blocking.evidence + ")";
}

bool is_felt(const BlockingPart& blocking) {
    return blocking.held_ms > kNoticedMs;
}

std::string rows_changed_phrase(const RowsChangedPart& part) {
    std::vector<std::string> done;
    const auto add = [&](const std::string& verb, std::int64_t rows) {
        if (rows > 0) done.push_back(verb + " " + grouped(rows, "row"));
    };
    add("inserted", part.inserted_rows);
    add("updated", part.updated_rows);
    add("deleted", part.deleted_rows);
    return join(done, ", ") + " of " + part.relation;
}

std::vector<std::string> effect_phrases(const StatementPart& statement) {
    constexpr std::size_t kListed = 3;
    std::vector<std::string> phrases;
    const auto add_largest = [&](auto parts, const auto& size_of, const auto& phrase_of) {
        std::stable_sort(parts.begin(), parts.end(),
                         [&](const auto& a, const auto& b) { return size_of(a) > size_of(b); });
        for (std::size_t i = 0; i < std::min(parts.size(), kListed); ++i)
            phrases.push_back(phrase_of(parts[i]));
        if (parts.size() > kListed)
            phrases.back() += ", and so " + counted(parts.size() - kListed, "more table");
    };
    add_largest(
        statement.rows_changed,
        [](const auto& p) { return p.inserted_rows + p.updated_rows + p.deleted_rows; },
        rows_changed_phrase);
    add_largest(
        statement.scans, [](const auto& part) { return part.scanned_rows; },
        [&statement](const auto& part) {
            return "read " + grouped(part.scanned_rows, "row") +
                   (may_have_unseen_workers(statement, part) ? " or more" : "") + " of " +
                   part.relation;
        });
    if (statement.kind == to_string(sql::StatementKind::truncate)) {
        auto emptied = statement.sizes;
        std::erase_if(emptied,
                      [](const auto& part) { return part.bytes_after >= part.bytes_before; });
        add_largest(
            emptied, [](const auto& part) { return part.bytes_before - part.bytes_after; },
            [](const auto& part) {
                return "emptied " + part.relation + ", " + bytes(part.bytes_before);
            });
    }
    for (const WaitPart& wait : statement.waits) {
        phrases.push_back("waited " + duration(wait.waited_ms) + " for " + waited_for(wait) +
                          (wait.on.empty() ? "" : ", held by " + join(wait.on, ", ")));
    }
    return phrases;
}

std::string waited_for(const WaitPart& wait) {
    if (wait.locktype != "relation") return wait.locktype;
    return wait.mode + (wait.relation.empty() ? "" : " on " + wait.relation);
}

ViolationsPhrase violations_phrase(const ViolationsPart& violations) {
    if (!violations.rows) {
        return {"rows of ",
                "that violate it: " + (violations.complete
                                           ? "not counted, " + violations.why_not
                                           : "not counted within " + limit(violations.limit_ms) +
                                                 " (--count-limit)")};
    }
    ViolationsPhrase phrase{"violated by " + grouped(*violations.rows, "row") + " of", ""};
    if (violations.duplicate_keys) {
        phrase.after = "(" + grouped(*violations.duplicate_keys, "duplicate key") + ")";
    }
    return phrase;
}

const StatementPart* slowest_statement(const MigrationPart& migration) {
    const auto slowest =
        std::max_element(migration.statements.begin(), migration.statements.end(),
                         [](const auto& a, const auto& b) { return a.elapsed_ms < b.elapsed_ms; });
    return slowest == migration.statements.end() ? nullptr : &*slowest;
}

std::string share_of(const StatementPart& statement, const MigrationPart& migration) {
    if (migration.elapsed_ms <= 0) return "all";
    const auto percent = std::floor(100 * statement.elapsed_ms / migration.elapsed_ms);
    return std::to_string(static_cast<int>(std::min(percent, 100.0))) + " %";
}

const StatementPart* find_statement(const MigrationPart& migration, std::size_t ordinal) {
    const auto found = std::find_if(migration.statements.begin(), migration.statements.end(),
                                    [&](const auto& s) { return s.ordinal == ordinal; });
    return found == migration.statements.end() ? nullptr : &*found;
}

bool is_silenced(const FindingPart& finding) {
    return !finding.allowed_because.empty();
}

bool is_quiet(const FindingPart& finding) {
    return is_silenced(finding) || finding.severity == to_string(rules::Severity::info);
}

bool is_calm(const MigrationPart& migration) {
    return migration.label == to_string(verdict::Label::ok) &&
           std::none_of(migration.blocking.begin(), migration.blocking.end(), is_felt) &&
           std::all_of(migration.findings.begin(), migration.findings.end(), is_quiet);
}

std::string label_counts(const std::vector<const MigrationPart*>& migrations) {
    std::vector<std::string> parts;
    for (const auto label : {"ok", "noisy", "rethink", "failed", "not_run"}) {
        const auto count = std::count_if(migrations.begin(), migrations.end(),
                                         [&](const auto* m) { return m->label == label; });
        if (count > 0) parts.push_back(std::to_string(count) + " " + label_text(label));
    }
    return join(parts, ", ");
}

std::string thresholds_phrase(const Report& report) {
    const bool are_defaults = report.noisy_ms == kDefaults.noisy.count() &&
                              report.rethink_ms == Millis{kDefaults.rethink}.count();
    return "noisy over " + limit(report.noisy_ms) + ", rethink over " + limit(report.rethink_ms) +
           (are_defaults ? " (the defaults)"
                         : " (set for this run; the defaults are " + format_limit(kDefaults.noisy) +
                               " and " + format_limit(kDefaults.rethink) + ")");
}

std::string snapshot_phrase(const Report& report) {
    const auto& snapshot = report.snapshot;
    std::vector<std::string> parts{snapshot.name,
                                   bytes(static_cast<std::int64_t>(snapshot.size_bytes)),
                                   age_phrase(snapshot.age_days)};
    if (!snapshot.server_version.empty()) {
        parts.back() += " from PostgreSQL " + snapshot.server_version;
    }
    return join(parts, ", ");
}

std::string scratch_phrase(const Report& report) {
    const auto& scratch = report.scratch;
    const auto& base = scratch.base;
    auto text = scratch.engine;
    if (!scratch.image.empty()) text += " " + scratch.image;
    text += ", PostgreSQL " + scratch.server_version;
    text += base.reused ? ", cloned in " + duration(base.clone_ms)
                        : ", restored in " + duration(base.restore_ms);
    if (!base.reused && base.vacuum_ms > 0) text += ", vacuumed in " + duration(base.vacuum_ms);
    return text;
}

bool is_blind(const Report& report) {
    const auto looked = [](const StatementPart& statement) {
        return statement.evidence != to_string(observe::Evidence::none);
    };
    bool ran = false;
    for (const auto& migration : report.migrations) {
        const auto& statements = migration.statements;
        if (std::any_of(statements.begin(), statements.end(), looked)) return false;
        ran = ran || !statements.empty();
    }
    return ran;
}

std::size_t only_sampled(const Report& report) {
    std::size_t count = 0;
    for (const auto& migration : report.migrations) {
        count += static_cast<std::size_t>(std::count_if(
            migration.statements.begin(), migration.statements.end(), [](const auto& statement) {
                return statement.evidence == to_string(observe::Evidence::sampled);
            }));
    }
    return count;
}

std::string sampler_phrase(const Report& report) {
    if (is_blind(report)) return "locks were not read: what would be blocked is not known";
    const auto& sampler = report.sampler;
    if (sampler.readings == 0) return {};
    std::string text = "locks polled " +
                       (sampler.readings == 1 ? "once" : format_count(sampler.readings) + " times");
    if (sampler.longest_gap_ms > 0) text += ", longest gap " + duration(sampler.longest_gap_ms);
    if (const std::size_t sampled = only_sampled(report)) {
        text += "; " + counted(sampled, "statement") +
                " could only be polled: a lock held for less than a gap may be missing";
    }
    return text;
}

Advice advice_of(const FindingPart& finding) {
    auto lines = split_lines(finding.instead);
    Advice advice;
    if (lines.empty()) return advice;
    advice.prose = lines.front();
    advice.sql.assign(lines.begin() + 1, lines.end());
    return advice;
}

std::map<std::string, RepeatedFinding> quiet_findings(
    const std::vector<const MigrationPart*>& migrations) {
    std::map<std::string, RepeatedFinding> by_rule;
    for (const auto* migration : migrations) {
        for (const auto& finding : migration->findings) {
            if (!is_quiet(finding) || is_silenced(finding)) continue;
            auto& repeated = by_rule[finding.rule];
            if (repeated.first == nullptr) repeated.first = &finding;
            repeated.are_alike = repeated.are_alike && finding.message == repeated.first->message;
            repeated.places.push_back({migration, finding.line});
            if (repeated.versions.empty() || repeated.versions.back() != migration->version) {
                repeated.versions.push_back(migration->version);
            }
        }
    }
    return by_rule;
}

}  // namespace rehearse::report
