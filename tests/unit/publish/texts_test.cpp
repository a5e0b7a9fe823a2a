#include "publish/texts.hpp"

#include "rehearse/base/error.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>

namespace rehearse::publish::test {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string all_of(const Status& status) {
    auto text = status.description + status.summary;
    for (const auto& each : status.annotations) text += each.title + each.message;
    return text;
}

}  // namespace

TEST(Texts, AMarkerCannotEndItself) {
    EXPECT_EQ(marker_text(""), "<!-- rehearse:report -->");
    EXPECT_EQ(marker_text("nightly-2"), "<!-- rehearse:report:nightly-2 -->");
    for (const auto& name : {std::string{"a -->"}, std::string{"a--b"}, std::string{"ä"},
                             std::string{"a\nb"}, std::string(51, 'a')}) {
        EXPECT_THROW(marker_text(name), Error) << name;
    }
}

TEST(Texts, ACommentKeepsToItsLimit) {
    auto report = demo_report();
    const auto one = report.migrations[3];
    for (int i = 0; i < 400; ++i) report.migrations.push_back(one);
    for (const std::size_t limit : {std::size_t{65'536}, std::size_t{8'000}}) {
        const auto body = comment_body(report, {}, limit);
        EXPECT_LE(body.size(), limit);
        EXPECT_TRUE(body.starts_with("<!-- rehearse:report -->\n**"));
    }
}

TEST(Texts, TheStatusFailsAsTheRunDoes) {
    auto report = demo_report();
    report.migrations.resize(3);
    EXPECT_TRUE(status_of(report, {}).passed);
    PublishOptions strict;
    strict.fail_on = verdict::FailOn::noisy;
    EXPECT_FALSE(status_of(report, strict).passed);
    EXPECT_FALSE(status_of(demo_report(), {}).passed);
    EXPECT_THAT(status_of(demo_report(), {}).description, HasSubstr("failed: 0045"));
}

TEST(Texts, AnnotationsStandOnTheLinesOfThisChange) {
    auto report = demo_report();
    report.migrations = {report.migrations[2]};  // noisy, with findings
    auto& migration = report.migrations[0];
    migration.findings = {
        {"first-rule", "danger", {}, 4, {}, "seen", "do that", "exact", ""},
        {"second-rule", "warning", {}, {}, {}, "seen", "", "exact", ""},
        {"third-rule", "info", {}, 9, {}, "seen", "", "exact", ""},
        {"fourth-rule", "danger", {}, 9, {}, "seen", "", "exact", "agreed"},
    };
    const auto annotations = annotations_of(report, {});
    ASSERT_EQ(annotations.size(), 4U);
    EXPECT_EQ(annotations[0].title, "noisy");
    EXPECT_EQ(annotations[0].line, 5);
    EXPECT_EQ(annotations[0].level, "warning");
    EXPECT_EQ(annotations[1].title, "first-rule");
    EXPECT_EQ(annotations[1].line, 4);
    EXPECT_EQ(annotations[1].level, "failure");
    EXPECT_EQ(annotations[1].message, "seen\nInstead: do that");
    EXPECT_EQ(annotations[2].line, 1);
    EXPECT_EQ(annotations[2].level, "warning");
    EXPECT_EQ(annotations[3].level, "notice");
    migration.in_change = false;
    EXPECT_THAT(annotations_of(report, {}), IsEmpty());
}

TEST(Texts, PathsAreTheRepositorys) {
    const std::pair<const char*, const char*> cases[] = {
        {"db/1.sql", "db/1.sql"}, {"./db/1.sql", "db/1.sql"}, {"/srv/shop/db/1.sql", "db/1.sql"},
        {"/srv/other/1.sql", ""}, {"../1.sql", ""},
    };
    auto report = demo_report();
    report.migrations = {report.migrations[2]};
    PublishOptions options;
    options.workspace = "/srv/shop";
    for (const auto& [path, expected] : cases) {
        report.migrations[0].path = path;
        const auto annotations = annotations_of(report, options);
        EXPECT_EQ(annotations.empty() ? "" : annotations[0].path, expected) << path;
    }
}

TEST(Texts, ARelativePathCountsFromTheWorkingFolder) {
    auto report = demo_report();
    report.migrations = {report.migrations[2]};
    PublishOptions options;
    options.workspace = "/srv/shop/";
    const auto named = [&](const char* path, const char* working_folder) {
        report.migrations[0].path = path;
        options.working_folder = working_folder;
        const auto annotations = annotations_of(report, options);
        return annotations.empty() ? "" : annotations[0].path;
    };
    EXPECT_EQ(named("db/1.sql", "/srv/shop"), "db/1.sql");
    EXPECT_EQ(named("db/1.sql", "/srv/shop/backend"), "backend/db/1.sql");
    EXPECT_EQ(named("../db/1.sql", "/srv/shop/backend"), "db/1.sql");
    EXPECT_EQ(named("../../1.sql", "/srv/shop/backend"), "");
    EXPECT_EQ(named("db/1.sql", "/tmp"), "db/1.sql") << "from nobody knows where";
}

TEST(Texts, NothingPublicHoldsRowValues) {
    auto report = demo_report();
    auto& failed = report.migrations[4];
    ASSERT_TRUE(failed.error);
    failed.error->detail = "Failing row contains (eve@example.com)";
    failed.error->message = "invalid input: eve@example.com";
    EXPECT_THAT(all_of(status_of(report, {})), Not(HasSubstr("eve@")));
    EXPECT_THAT(comment_body(report, {}, 65'536), Not(HasSubstr("eve@")));
}

TEST(Texts, LiteralsCanBeMasked) {
    auto report = demo_report();
    PublishOptions masked;
    masked.mask_literals = true;
    EXPECT_THAT(all_of(status_of(report, {})), HasSubstr("backfill 2026-11"));
    EXPECT_THAT(all_of(status_of(report, masked)), Not(HasSubstr("backfill 2026-11")));
}

}  // namespace rehearse::publish::test
