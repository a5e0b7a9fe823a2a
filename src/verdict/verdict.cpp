#include "rehearse/verdict/verdict.hpp"

#include "verdict/public_message.hpp"

namespace rehearse::verdict {

namespace {

std::string place_of(const observe::FailurePoint& failure) {
    return "line " + std::to_string(failure.position.line);
}

// How long the statement that was given up on did run.
std::string given_up_after(const observe::MigrationObservation& observed) {
    for (const auto& statement : observed.statements) {
        if (statement.ordinal == observed.failure->ordinal) {
            return format_duration(statement.elapsed);
        }
    }
    return format_duration(observed.elapsed);
}

std::string because_of(const observe::MigrationObservation& observed, Label label,
                       const Thresholds& thresholds) {
    if (label == Label::not_run) return "a migration before it did not finish";
    if (observed.failure && observed.failure->gave_up) {
        return "the statement at " + place_of(*observed.failure) + " still ran after " +
               given_up_after(observed) + " and was given up on";
    }
    if (observed.failure) {
        const auto& error = observed.failure->error;
        const auto message = public_message(error);
        const auto what = error.sqlstate.code.empty() ? "failed" : error.sqlstate.code;
        return what + " at " + place_of(*observed.failure) +
               (message.empty() ? "" : ": " + message);
    }
    return because_of_time(observed.elapsed, label, thresholds);
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
