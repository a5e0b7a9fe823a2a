#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

using sql::StatementKind;

bool does_work(const observe::MigrationObservation&,
               const observe::StatementObservation& statement) {
    switch (statement.classification.kind) {
        case StatementKind::begin:
        case StatementKind::commit:
        case StatementKind::rollback:
        case StatementKind::set:
        case StatementKind::reset:
        case StatementKind::savepoint:
        case StatementKind::comment:
            return false;
        default:
            return true;
    }
}

bool does_long_work(const observe::MigrationObservation&,
                    const observe::StatementObservation& statement) {
    // Statements that stand for many are as long as their sum.
    return statement.repeated == 1 && statement.elapsed > kStatementTimeout;
}

constexpr auto kTimeout = &observe::SessionSettings::statement_timeout;

constexpr std::string_view kWhatItNeeds =
    R"(Give this statement the time that it needs and no more:
SET statement_timeout = '1h';)";
constexpr std::string_view kShorter =
    "Make the statement shorter (batches, CONCURRENTLY, NOT VALID), then begin the "
    "file with:\n"
    R"(SET statement_timeout = '60s';)";

std::vector<Finding> check(const RuleInput& input) {
    if (const auto* cancelled = first_without(input, kTimeout, does_long_work)) {
        const bool meant_to_be_long = cancelled->classification.concurrently;
        auto finding =
            finding_at(*cancelled, meant_to_be_long ? Severity::info : Severity::warning);
        finding.evidence = observe::Evidence::exact;
        finding.message = command_of(*cancelled) + " ran for " +
                          format_duration(cancelled->elapsed) +
                          "; a statement_timeout of 60 s "
                          "would have cancelled it";
        finding.instead = meant_to_be_long ? kWhatItNeeds : kShorter;
        return {finding};
    }
    const auto* statement = first_without(input, kTimeout, does_work);
    if (statement == nullptr) return {};
    auto finding = finding_at(*statement, Severity::info);
    finding.message = command_of(*statement) + " runs without a statement_timeout";
    finding.instead = "Begin the file with this:\nSET statement_timeout = '60s';";
    return {finding};
}

}  // namespace

const RuleInfo kStatementTimeoutUnset{
    "statement-timeout-unset",
    7,
    "A statement that takes longer than anybody thought holds its locks until somebody notices.",
    "Begin the file with SET statement_timeout = '60s';",
    check,
};

}  // namespace rehearse::rules
