#include "settings_in_force.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace rehearse::replay {

namespace {

using sql::StatementKind;

constexpr Millis kPutOff{2'000'000'000};
// What the server takes for a timeout at most: guc_tables.c has INT_MAX milliseconds.
constexpr Millis kLongest{std::numeric_limits<int>::max()};

// "0", "50ms", "1min": the largest unit that divides it (PostgreSQL manual, 20.1.1).
Millis span_of(const std::string& text) {
    return parse_duration(text).value_or(Millis{});
}

bool is_put_off(Millis shown) {
    return shown >= kPutOff && shown < kLongest;
}

Millis in_force(Millis shown) {
    return is_put_off(shown) ? shown - kPutOff : shown;
}

// A timeout of 41 hours or more is left alone: put off it would be too long for the server.
bool has_to_be_put_off(Millis shown) {
    return shown > Millis{} && shown + kPutOff < kLongest;
}

std::vector<std::string> parameters_of(pg::ServerVersion server) {
    std::vector<std::string> names{"search_path",           "role",
                                   "session_authorization", "lock_timeout",
                                   "statement_timeout",     "idle_in_transaction_session_timeout"};
    if (server.major() >= 14) names.push_back("idle_session_timeout");
    if (server.major() >= 17) names.push_back("transaction_timeout");
    return names;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower_case) {
    const auto equal = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
    return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(), equal) !=
           text.end();
}

}  // namespace

SettingsInForce::SettingsInForce(pg::PerformerSession& performer, bool enforces_timeouts)
    : performer_{performer}, enforces_timeouts_{enforces_timeouts} {
    read();
}

std::optional<Millis> SettingsInForce::cancels_after(Millis elapsed) const {
    const Millis limit = now_.statement_timeout;
    if (enforces_timeouts_ || limit <= Millis{} || elapsed <= limit) return std::nullopt;
    return limit;
}

bool SettingsInForce::may_be_changed_by(const sql::Classification& classification,
                                        std::string_view text) {
    switch (classification.kind) {
        case StatementKind::set:
        case StatementKind::reset:
            return classification.setting.has_value();  // not SET TRANSACTION
        case StatementKind::do_block:
        case StatementKind::call:
        case StatementKind::create_extension:
        case StatementKind::unclassified:
            return true;
        case StatementKind::select:
            return text.find('(') != std::string_view::npos;  // any function may
        case StatementKind::other_utility:
            return starts_with_ignoring_case(text, "discard") ||
                   starts_with_ignoring_case(text, "execute") ||
                   starts_with_ignoring_case(text, "explain");
        case StatementKind::insert:
        case StatementKind::update:
        case StatementKind::delete_rows:
        case StatementKind::merge:
        case StatementKind::copy_other:
        case StatementKind::create_table:
            return contains_ignoring_case(text, "set_config");
        default:
            return false;
    }
}

void SettingsInForce::statement_ran(const sql::Classification& classification,
                                    std::string_view text) {
    const StatementKind kind = classification.kind;
    const bool has_ended = kind == StatementKind::commit || kind == StatementKind::rollback ||
                           performer_.transaction_state() == pg::TransactionState::idle;
    const bool may_be_taken_back =
        is_provisional_ && (has_ended || kind == StatementKind::savepoint);
    if (may_be_taken_back || may_be_changed_by(classification, text)) read();
}

void SettingsInForce::transaction_ended() {
    if (is_provisional_) read();
}

void SettingsInForce::read() {
    const pg::TransactionState state = performer_.transaction_state();
    if (state == pg::TransactionState::in_failed_transaction) return;
    is_provisional_ = state == pg::TransactionState::in_transaction;
    auto shown = performer_.show(parameters_of(performer_.server_version()));
    now_.lock_timeout = in_force(span_of(shown["lock_timeout"]));
    now_.statement_timeout = in_force(span_of(shown["statement_timeout"]));
    now_.search_path = shown["search_path"];
    now_.role = shown["role"] == "none" ? shown["session_authorization"] : shown["role"];

    std::string change;
    for (const auto& [name, value] : shown) {
        const bool is_to_be_enforced = enforces_timeouts_ && !name.starts_with("idle_");
        if (!name.ends_with("_timeout") || is_to_be_enforced || !has_to_be_put_off(span_of(value)))
            continue;
        change += (is_provisional_ ? "SET LOCAL " : "SET ") + name + " = " +
                  std::to_string(static_cast<long long>((span_of(value) + kPutOff).count())) + ";";
    }
    if (change.empty()) return;
    if (const auto error = performer_.execute(change).error) {
        throw Error{ErrorKind::scratch,
                    "the scratch server did not put a timeout off: " + error->message};
    }
}

}  // namespace rehearse::replay
