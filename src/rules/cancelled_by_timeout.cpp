#include "rules/reading.hpp"
#include "rules/registry.hpp"

namespace rehearse::rules {

namespace {

constexpr std::string_view kWhatItNeeds =
    R"(Do it in shorter statements (batches, CONCURRENTLY, NOT VALID), or give this one the time that it needs:
SET statement_timeout = '1h';)";

// As it is set and spoken of: "60 s", not "1 min".
std::string limit_text(Millis limit) {
    using namespace std::chrono_literals;
    return limit == 1min ? "60 s" : format_limit(limit);
}

// Production never came to the statements behind the first.
std::vector<Finding> check(const RuleInput& input) {
    for (const auto& statement : input.observed.statements) {
        if (!statement.would_be_cancelled_after) continue;
        auto finding = finding_at(statement, Severity::danger);
        finding.evidence = observe::Evidence::exact;
        finding.message = command_of(statement) + " ran for " + format_duration(statement.elapsed) +
                          ": production would have cancelled this after " +
                          limit_text(*statement.would_be_cancelled_after);
        finding.instead = kWhatItNeeds;
        return {finding};
    }
    return {};
}

}  // namespace

const RuleInfo kCancelledByTimeout{
    "cancelled-by-statement-timeout",
    7,
    "The deployment stops half way: the statement_timeout of production, or of the file itself, "
    "cancels the statement, and what came before it may stay.",
    "Make the statement shorter, or give it the statement_timeout that it needs.",
    check,
};

}  // namespace rehearse::rules
