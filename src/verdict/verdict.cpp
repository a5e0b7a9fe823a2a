#include "rehearse/verdict/verdict.hpp"

#include "rehearse/pg/public_message.hpp"

#include <algorithm>

namespace rehearse::verdict {

namespace {

std::string place_of(const observe::FailurePoint& failure) {
    return "line " + std::to_string(failure.position.line);
}

// Null where the error came before a statement began.
const observe::StatementObservation* failed_statement(
    const observe::MigrationObservation& observed) {
    const auto& statements = observed.statements;
    const auto found = std::find_if(statements.begin(), statements.end(), [&](const auto& one) {
        return one.ordinal == observed.failure->ordinal;
    });
    return found == statements.end() ? nullptr : &*found;
}

std::string because_of(const observe::MigrationObservation& observed, Label label,
                       const Thresholds& thresholds) {
    if (label == Label::not_run) return "a migration before it did not finish";
    if (!observed.failure) return because_of_time(observed.elapsed, label, thresholds);
    const auto* statement = failed_statement(observed);
    if (observed.failure->gave_up) {
        return "the statement at " + place_of(*observed.failure) + " still ran after " +
               format_duration(statement ? statement->elapsed : observed.elapsed) +
               " and was given up on";
    }
    const auto& error = observed.failure->error;
    const auto message = pg::public_message(error, statement ? statement->sql : "");
    const auto what = error.sqlstate.code.empty() ? "failed" : error.sqlstate.code;
    return what + " at " + place_of(*observed.failure) + (message.empty() ? "" : ": " + message);
}

}  // namespace

std::string because_of_time(Millis elapsed, Label label, const Thresholds& thresholds) {
    if (label == Label::ok) return format_duration(elapsed);
    const auto limit = label == Label::rethink ? thresholds.rethink : thresholds.noisy;
    return format_duration(elapsed) + ", over " + format_limit(limit);
}

MigrationVerdict judge(const rules::RuleInput& input, const Thresholds& thresholds) {
    MigrationVerdict verdict;
    verdict.label = label_for(input.observed, thresholds);
    verdict.because = because_of(input.observed, verdict.label, thresholds);
    verdict.blocking = blocking_of(input.observed);
    verdict.findings = rules::findings_of(input);
    return verdict;
}

}  // namespace rehearse::verdict
