#pragma once

#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"
#include "support/local_postgres.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rehearse::migrations {

// What a tool's pending() says about its history in a real database, and what its own writes leave
// there.
class HistoryFixture : public test::PostgresTest {
  protected:
    explicit HistoryFixture(std::string tool) { options_.tool = std::move(tool); }

    Pending pending() const {
        SourceOptions options = options_;
        options.folder = folder_.folder();
        pg::AdminSession session(where());
        return open_source(options)->pending(session);
    }
    std::vector<std::string> pending_versions() const {
        std::vector<std::string> all;
        for (const Migration& one : pending().migrations) all.push_back(one.version);
        return all;
    }
    // The messages of one severity.
    std::vector<std::string> found(SourceFinding::Severity severity) const {
        std::vector<std::string> messages;
        for (const SourceFinding& one : pending().findings) {
            if (one.severity == severity) messages.push_back(one.message);
        }
        return messages;
    }
    // The one refusal, with which nothing is pending.
    std::string refusal() const {
        EXPECT_EQ(found(SourceFinding::Severity::refusal).size(), 1U);
        return first_refusal();
    }
    // The first of them, with which nothing is pending; each has a hint.
    std::string first_refusal() const {
        const Pending all = pending();
        EXPECT_THAT(all.migrations, testing::IsEmpty());
        std::string first;
        for (const SourceFinding& one : all.findings) {
            if (one.severity != SourceFinding::Severity::refusal) continue;
            EXPECT_FALSE(one.hint.empty()) << one.message;
            if (first.empty()) first = one.message;
        }
        return first;
    }
    // What the tool writes around its pending migrations, as if each of them ran well.
    void record_pending() const {
        for (const Migration& one : pending().migrations) {
            for (const auto* writes : {&one.record_before, &one.record_within, &one.record_after}) {
                std::string all;
                for (const std::string& sql : *writes) all += sql + ";\n";
                if (!all.empty()) run_sql("BEGIN;" + all + "COMMIT;");
            }
        }
    }
    std::string rows(const std::string& columns, const std::string& table) const {
        return value_of(
            "SELECT string_agg(row_to::text, ' ' ORDER BY row_to::text) FROM (SELECT ROW(" +
            columns + ") AS row_to FROM " + table + ") rows");
    }

    test::FilledFolder folder_;
    SourceOptions options_;
};

}  // namespace rehearse::migrations
