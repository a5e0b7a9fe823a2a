#pragma once

#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"
#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace rehearse::test {

// A folder of one tool's and a real database with its history. Beside the history there is always a
// table of the application's.
class ToolHistory : public PostgresTest {
  protected:
    explicit ToolHistory(std::string tool) : tool_(std::move(tool)) {}

    void SetUp() override {
        PostgresTest::SetUp();
        if (!IsSkipped()) run_sql("CREATE TABLE users (id int)");
    }
    migrations::Pending pending() const {
        migrations::SourceOptions options = options_;
        options.folder = folder_.folder();
        options.tool = tool_;
        pg::AdminSession session(where());
        return migrations::open_source(options)->pending(session);
    }
    std::vector<std::string> versions() const {
        std::vector<std::string> all;
        for (const auto& one : pending().migrations) all.push_back(one.version);
        return all;
    }
    // The first refusal's message; empty when there is none.
    std::string refusal() const { return first_of(migrations::SourceFinding::Severity::refusal); }
    std::string warning() const { return first_of(migrations::SourceFinding::Severity::warning); }
    // Performs what the tool itself would write for each pending migration.
    void record_all() const {
        for (const auto& one : pending().migrations) {
            for (const auto* writes : {&one.record_before, &one.record_within, &one.record_after}) {
                for (const std::string& sql : *writes) run_sql(sql);
            }
        }
    }

    FilledFolder folder_;
    migrations::SourceOptions options_;

  private:
    std::string first_of(migrations::SourceFinding::Severity severity) const {
        const auto found = pending();
        for (const auto& one : found.findings) {
            if (one.severity != severity) continue;
            if (severity == migrations::SourceFinding::Severity::refusal) {
                EXPECT_THAT(found.migrations, testing::IsEmpty());
                EXPECT_FALSE(one.hint.empty()) << one.message;
            }
            return one.message;
        }
        return "";
    }

    std::string tool_;
};

}  // namespace rehearse::test
