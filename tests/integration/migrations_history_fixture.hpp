#pragma once

#include "history_fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace rehearse::test {

// A tool's history beside which there is always a table of the application's.
class ToolHistory : public migrations::HistoryFixture {
  protected:
    explicit ToolHistory(std::string tool) : HistoryFixture(std::move(tool)) {}

    void SetUp() override {
        HistoryFixture::SetUp();
        if (!IsSkipped()) run_sql("CREATE TABLE users (id int)");
    }
    std::vector<std::string> versions() const { return pending_versions(); }
    // The first refusal's message; empty when there is none.
    std::string refusal() const {
        const auto refusals = found(migrations::SourceFinding::Severity::refusal);
        return refusals.empty() ? "" : HistoryFixture::first_refusal();
    }
    std::string warning() const {
        const auto warnings = found(migrations::SourceFinding::Severity::warning);
        return warnings.empty() ? "" : warnings.front();
    }
    void record_all() const { record_pending(); }
};

}  // namespace rehearse::test
