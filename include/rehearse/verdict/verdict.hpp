#pragma once

#include "rehearse/observe/observation.hpp"
#include "rehearse/rules/rule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::verdict {

// In the order of their weight: a run's label is the worst of its migrations. not_run stands before
// rethink and failed, one of which is always the cause of it and what the reader wants to hear of.
enum class Label { ok, noisy, not_run, rethink, failed };
std::string_view to_string(Label label);
std::optional<Label> label_from(std::string_view text);

struct Thresholds {
    Millis noisy = std::chrono::seconds(30);   // over it: noisy
    Millis rethink = std::chrono::minutes(5);  // over it: rethink
};

enum class FailOn { noisy, rethink, failed, never };
std::optional<FailOn> fail_on_from(std::string_view text);

// What conflicting holds did to one relation's readers and writers.
struct Blocking {
    pg::RelationName relation;
    pg::RelationName index;     // whose lock it is, where the table's own blocks less; else empty
    pg::LockMode mode{};        // the strongest of them
    bool blocks_reads = false;  // else writes only
    Millis held{};              // union of the holds that conflict
    std::size_t transactions = 1;  // that they were taken in
    // Of the longest of them.
    std::size_t acquired_by = 0;  // statement ordinal
    std::vector<std::size_t> stretched_by;
    observe::Evidence evidence = observe::Evidence::exact;
};

struct MigrationVerdict {
    Label label = Label::not_run;
    std::string because;             // "41.2 s, over 30 s", "23502 in statement 3"
    std::vector<Blocking> blocking;  // see blocking_of()
    std::vector<rules::Finding> findings;
};

// Throws Error(usage) when noisy is more than rethink: nothing could be noisy.
void check_thresholds(const Thresholds& thresholds);

// The label of a migration that ran to its end, by its time alone, and the words for it.
Label label_for(Millis elapsed, const Thresholds& thresholds);
std::string because_of_time(Millis elapsed, Label label, const Thresholds& thresholds);

// The label is the migration's time and nothing else; a failure is `failed`, a statement given up
// on `rethink`.
Label label_for(const observe::MigrationObservation& observation, const Thresholds& thresholds);
// Longest first. New relations and TOAST are left out; an index under a lock that nobody can plan
// beside stands for its table.
std::vector<Blocking> blocking_of(const observe::MigrationObservation& observation);
MigrationVerdict judge(const rules::RuleInput& input, const Thresholds& thresholds);

// 0 or 1 of the exit table.
bool reaches(FailOn fail_on, const std::vector<Label>& labels);
Label worst(const std::vector<Label>& labels);  // ok for none
// Of a run, by its migrations' labels: the worst of them; not_run for none, because nothing was
// run, so nothing is green.
Label label_of_run(const std::vector<Label>& labels);

}  // namespace rehearse::verdict
