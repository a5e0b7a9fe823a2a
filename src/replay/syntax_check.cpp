#include "syntax_check.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rehearse::replay {

namespace {

constexpr std::string_view kFailing = "SELECT 1 OPERATOR(pg_catalog./) 0;";
constexpr std::string_view kDivisionByZero = "22012";
constexpr std::size_t kBatchBytes = 256 * 1024;

}  // namespace

std::optional<SyntaxCheck::Fault> SyntaxCheck::add(sql::Statement statement) {
    batch_bytes_ += statement.text.size();
    batch_.push_back(std::move(statement));
    return batch_bytes_ < kBatchBytes ? std::nullopt : finish();
}

std::optional<SyntaxCheck::Fault> SyntaxCheck::finish() {
    const std::vector<sql::Statement> batch = std::exchange(batch_, {});
    batch_bytes_ = 0;
    std::string joined;
    for (const sql::Statement& statement : batch) joined += statement.text + ";\n";
    std::size_t ordinal = std::exchange(checked_, checked_ + batch.size());
    if (!refusal_of(joined)) return std::nullopt;
    for (const sql::Statement& statement : batch) {
        ++ordinal;
        if (auto error = refusal_of(statement.text))
            return Fault{ordinal, statement, *std::move(error)};
    }
    return std::nullopt;
}

std::optional<pg::ServerError> SyntaxCheck::refusal_of(const std::string& text) {
    std::optional<pg::ServerError> error = performer_.execute(std::string{kFailing} + text).error;
    if (!error || error->sqlstate.is(kDivisionByZero)) return std::nullopt;
    if (error->position) *error->position -= std::min(*error->position - 1, kFailing.size());
    return error;
}

}  // namespace rehearse::replay
