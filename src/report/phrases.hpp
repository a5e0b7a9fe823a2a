#pragma once

#include "rehearse/report/report.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

// What the terminal and the Markdown form say in the same words. Plain text, not escaped.
namespace rehearse::report {

// A lock that lasts longer is felt by users.
inline constexpr double kNoticedMs = 100;
// A lock that lasts longer is worth a word beside a green verdict.
inline constexpr double kHazardMs = 1'000;

std::string duration(double ms);
std::string limit(double ms);
std::string bytes(std::int64_t count);
// "1 migration", "3 migrations"
std::string counted(std::size_t count, const std::string& what);

// "not run" for not_run
std::string label_text(const std::string& label);
// "0041 add_sso_required"
std::string title_of(const MigrationPart& migration);

// Relations that one statement kept locked alike and for as long: a table and its partitions.
struct BlockedTogether {
    const BlockingPart* first = nullptr;
    std::size_t others = 0;
};
// Longest first, as the report has them.
std::vector<BlockedTogether> blocked_together(const MigrationPart& migration);

// "12.1 s"; "for a moment" where one poll saw it and how long it was is not known.
std::string held_phrase(const BlockingPart& blocking);
// "blocks orders 7.10 s", "blocks writes to audit_log and 7 more 12.1 s"
std::string blocks_phrase(const BlockedTogether& blocked);
// "AccessExclusiveLock on orders for at least 7.10 s, taken at line 4 (sampled)"
std::string lock_phrase(const BlockedTogether& blocked, const MigrationPart& migration);
bool is_felt(const BlockingPart& blocking);

// Where a constraint failed: "violated by 40,211 rows of users (18,349 duplicate keys)", or that
// the rows were not counted, and why. In two parts with the relation's name between them.
struct ViolationsPhrase {
    std::string before, after;
};
ViolationsPhrase violations_phrase(const ViolationsPart& violations);

// The statement with the greatest elapsed time; nullptr when there is none.
const StatementPart* slowest_statement(const MigrationPart& migration);
// "inserted 12 rows, updated 2,100,000 rows of orders"
std::string rows_changed_phrase(const RowsChangedPart& rows);
// What a statement did to rows and what it waited for, a line each: "updated 2,100,000 rows of
// orders", "read 300,000 rows or more of customers", "waited 1.20 s for AccessExclusiveLock on
// orders, held by autovacuum worker". The largest first; at most three of a kind.
std::vector<std::string> effect_phrases(const StatementPart& statement);
// "AccessExclusiveLock on orders", "AccessExclusiveLock" where it is not known on what,
// "transactionid"
std::string waited_for(const WaitPart& wait);
// Of the migration's elapsed time: "98 %".
std::string share_of(const StatementPart& statement, const MigrationPart& migration);
const StatementPart* find_statement(const MigrationPart& migration, std::size_t ordinal);

bool is_quiet(const FindingPart& finding);  // information only, or silenced
bool is_silenced(const FindingPart& finding);

// Nothing to read about: ok, no finding above info, nobody kept out for long.
bool is_calm(const MigrationPart& migration);

// "2 ok, 1 noisy, 1 failed"
std::string label_counts(const std::vector<const MigrationPart*>& migrations);
// The run in one sentence, without the label: "0044 split_names: 8 min 20 s, over 5 min". Among
// migrations of the run's label it tells of one of the change, if there is one.
std::string verdict_sentence(const Report& report, bool mask_literals = false);
// Why the migration has its label. With `mask_literals` without the server's words where they may
// quote a literal of the statement.
std::string because_text(const MigrationPart& migration, bool mask_literals);
// "noisy over 30 s, rethink over 5 min (the defaults)"
std::string thresholds_phrase(const Report& report);
// "shop.dump, 2.4 GB, taken 2 days ago"
std::string snapshot_phrase(const Report& report);
// "docker postgres:15, PostgreSQL 15.18, restored in 41.2 s"
std::string scratch_phrase(const Report& report);
// "locks polled 12 k times, longest gap 55 ms"; that nobody looked, where nobody did.
std::string sampler_phrase(const Report& report);
// Something ran and no lock was read: what was blocked is not known.
bool is_blind(const Report& report);

// An `instead` is one line of prose, then lines of SQL.
struct Advice {
    std::string prose;
    std::vector<std::string> sql;
};
Advice advice_of(const FindingPart& finding);

// Findings of one rule in many migrations, told once.
struct FindingPlace {
    const MigrationPart* migration = nullptr;
    std::optional<int> line;
};
struct RepeatedFinding {
    const FindingPart* first = nullptr;
    bool are_alike = true;              // the first one's message is the message of all
    std::vector<FindingPlace> places;   // of every one, in the report's order
    std::vector<std::string> versions;  // of their migrations, each once
};
std::map<std::string, RepeatedFinding> quiet_findings(
    const std::vector<const MigrationPart*>& migrations);

}  // namespace rehearse::report
