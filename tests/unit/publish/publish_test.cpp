#include "rehearse/publish/publish.hpp"

#include "rehearse/base/error.hpp"

#include "publish/texts.hpp"
#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace rehearse::publish::test {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// A host with a memory, and with outcomes to give before it works.
class FakeHost final : public ReviewHost {
  public:
    std::string request_name() const override { return "pull request 12"; }
    std::size_t comment_limit() const override { return 65'536; }

    std::vector<Comment> own_comments_with(const std::string& marker) override {
        ++looks;
        std::vector<Comment> found;
        for (const auto& comment : comments) {
            if (comment.body.starts_with(marker)) found.push_back(comment);
        }
        return found;
    }
    Outcome write_comment(const std::string& body) override {
        const auto outcome = next(on_write);
        if (outcome == Outcome::done || (outcome == Outcome::unsure && unsure_writes)) {
            comments.push_back({std::to_string(comments.size() + 1), body});
        }
        return outcome;
    }
    Outcome edit_comment(const std::string& id, const std::string& body) override {
        const auto outcome = next(on_edit);
        const auto found = std::find_if(comments.begin(), comments.end(),
                                        [&](const auto& each) { return each.id == id; });
        if (outcome == Outcome::gone) comments.erase(found);
        if (outcome == Outcome::done) found->body = body;
        return outcome;
    }
    std::vector<std::string> read_labels() override { return labels; }
    Outcome add_label(const Label& label) override {
        labels.push_back(label.name);
        return next(on_label);
    }
    Outcome remove_label(const std::string& name) override {
        std::erase(labels, name);
        return next(on_label);
    }
    Outcome set_status(const Status& status) override {
        statuses.push_back(status);
        return Outcome::done;
    }

    std::string refusal() const override { return "no right"; }

    std::vector<Comment> comments;
    std::vector<std::string> labels;
    std::vector<Status> statuses;
    std::vector<Outcome> on_write, on_edit, on_label;  // one after the other, then done
    bool unsure_writes = false;
    int looks = 0;

  private:
    static Outcome next(std::vector<Outcome>& outcomes) {
        if (outcomes.empty()) return Outcome::done;
        const auto outcome = outcomes.front();
        outcomes.erase(outcomes.begin());
        return outcome;
    }
};

const std::string kMarker = "<!-- rehearse:report -->";

class Publishing : public testing::Test {
  protected:
    Delivery publish() {
        Delivery delivery;
        publish_report(report_, host_, options_, delivery);
        return delivery;
    }

    report::Report report_ = demo_report();
    PublishOptions options_;
    FakeHost host_;
};

}  // namespace

TEST_F(Publishing, TheFirstTimeWritesAllOfIt) {
    EXPECT_THAT(publish().done, ElementsAre("comment written", "label 'rehearse: rethink' set",
                                            "status 'rehearse': failed"));
    ASSERT_EQ(host_.comments.size(), 1U);
    EXPECT_THAT(host_.comments[0].body, StartsWith(kMarker + "\n**failed**"));
    EXPECT_THAT(host_.labels, ElementsAre("rehearse: rethink"));
}

TEST_F(Publishing, TheSecondTimeWritesNoComment) {
    publish();
    host_.comments[0].body += "\r\n";  // as hosts do
    EXPECT_THAT(publish().done,
                ElementsAre("comment 1 says so already", "status 'rehearse': failed"));
    EXPECT_EQ(host_.comments.size(), 1U);
}

TEST_F(Publishing, AnOlderReportIsEditedInPlace) {
    host_.comments = {{"7", "lgtm"}, {"8", kMarker + "\nlast week's"}};
    EXPECT_THAT(publish().done, Contains("comment 8 edited"));
    EXPECT_EQ(host_.comments.size(), 2U);
    EXPECT_EQ(host_.comments[0].body, "lgtm");
}

TEST_F(Publishing, NoCommentOfTwoKeepsAnOldVerdict) {
    publish();
    host_.comments.push_back({"8", kMarker + "\nof a run at the same time"});
    EXPECT_THAT(publish().done, ElementsAre("comment 1 says so already", "comment 8 edited",
                                            "status 'rehearse': failed"));
    EXPECT_EQ(host_.comments[1].body, host_.comments[0].body);
    EXPECT_EQ(host_.comments.size(), 2U);
}

TEST_F(Publishing, AReportWithANameLeavesTheOtherAlone) {
    publish();
    options_.marker = "nightly";
    const auto other = host_.comments[0].body;
    EXPECT_THAT(publish().done, Contains("comment written"));
    EXPECT_EQ(host_.comments[0].body, other);
    EXPECT_EQ(host_.statuses.back().context, "rehearse/nightly");
}

TEST_F(Publishing, ACommentDeletedMeanwhileIsWrittenAnew) {
    host_.comments = {{"8", kMarker + "\nold"}};
    host_.on_edit = {Outcome::gone};
    EXPECT_THAT(publish().done, Contains("comment written"));
    EXPECT_EQ(host_.comments.size(), 1U);
}

TEST_F(Publishing, ACommentThatMayNotBeEditedAnyMoreIsWrittenAnew) {
    host_.comments = {{"8", kMarker + "\nof an older token"}};
    host_.on_edit = {Outcome::refused};
    EXPECT_THAT(publish().done, Contains("comment written"));
    EXPECT_EQ(host_.comments.size(), 2U);
}

TEST_F(Publishing, AHostThatFailsAfterWritingGetsNoSecondComment) {
    host_.on_write = {Outcome::unsure};
    host_.unsure_writes = true;
    EXPECT_THAT(publish().done, Contains("comment 1 says so already"));
    EXPECT_EQ(host_.comments.size(), 1U);
}

TEST_F(Publishing, AHostThatFailsBeforeWritingIsAskedAgain) {
    host_.on_write = {Outcome::unsure};
    EXPECT_THAT(publish().done, Contains("comment written"));
    EXPECT_EQ(host_.looks, 2);
}

TEST_F(Publishing, AHostThatFailsEachTimeEndsIt) {
    host_.on_write = std::vector<Outcome>(20, Outcome::unsure);
    EXPECT_THROW(publish(), Error);
    EXPECT_LT(host_.looks, 10);
}

TEST_F(Publishing, LabelsFollowTheMigrationsOfThisChange) {
    const struct {
        const char* label;
        bool in_change;
        std::vector<std::string> before, after;
    } cases[] = {
        {"ok", true, {"bug", "rehearse: noisy"}, {"bug"}},
        {"noisy", true, {"bug"}, {"bug", "rehearse: noisy"}},
        {"noisy", true, {"Rehearse: Noisy"}, {"Rehearse: Noisy"}},
        {"noisy", true, {"rehearse: rethink"}, {"rehearse: noisy"}},
        {"rethink", true, {"rehearse: noisy"}, {"rehearse: rethink"}},
        {"rethink", false, {"bug"}, {"bug"}},
        {"failed", true, {"rehearse: noisy", "rehearse: rethink"}, {}},
    };
    for (const auto& [label, in_change, before, after] : cases) {
        report_.migrations.resize(1);
        report_.migrations[0].label = label;
        report_.migrations[0].in_change = in_change;
        host_.labels = before;
        publish();
        EXPECT_EQ(host_.labels, after) << label;
    }
}

TEST_F(Publishing, ALabelThatSomebodyElseRemovedIsNoError) {
    report_.migrations.clear();
    host_.labels = {"rehearse: noisy"};
    host_.on_label = {Outcome::gone};
    EXPECT_THAT(publish().done, Not(Contains(HasSubstr("label"))));
    EXPECT_EQ(host_.statuses.size(), 1U);
}

TEST_F(Publishing, WithoutTheRightToWriteItGoesToTheJobsSummary) {
    const TempDir folder("/tmp", "rehearse-test-summary-" + std::to_string(getpid()));
    options_.job_summary = folder.path() / "summary.md";
    write_file_atomically(options_.job_summary, "of another step\n");
    host_.on_write = {Outcome::refused};
    const auto delivery = publish();
    EXPECT_EQ(delivery.fallback, "the token may not comment on it (no right)");
    EXPECT_THAT(delivery.done, IsEmpty());
    EXPECT_THAT(host_.statuses, IsEmpty());
    EXPECT_THAT(read_file(options_.job_summary), StartsWith("of another step\n**failed**: 0045"));
}

TEST_F(Publishing, WithNoSummaryEitherItIsNotDelivered) {
    for (const char* file : {"", "/nonexistent/summary.md"}) {
        options_.job_summary = file;
        host_.on_write = {Outcome::refused};
        try {
            publish();
            ADD_FAILURE() << "delivered to '" << file << "'";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::delivery);
            EXPECT_THAT(error.message(), StartsWith("pull request 12: the token may not comment"));
            EXPECT_THAT(error.hints(), Not(IsEmpty()));
        }
    }
}

TEST_F(Publishing, ADryRunWritesNothing) {
    host_.comments = {{"8", kMarker + "\nold"}};
    std::string told;
    const auto pretender = make_dry_run(host_, true, told);
    Delivery delivery;
    publish_report(report_, *pretender, options_, delivery);
    EXPECT_THAT(delivery.done, ElementsAre("comment 8 edited", "label 'rehearse: rethink' set",
                                           "status 'rehearse': failed"));
    EXPECT_EQ(host_.comments[0].body, kMarker + "\nold");
    EXPECT_THAT(host_.labels, IsEmpty());
    EXPECT_THAT(host_.statuses, IsEmpty());
    EXPECT_THAT(told, HasSubstr("**failed**: 0045"));

    host_.looks = 0;
    const auto blind = make_dry_run(host_, false, told);
    Delivery unread;
    publish_report(report_, *blind, options_, unread);
    EXPECT_THAT(unread.done, Contains("comment written"));
    EXPECT_EQ(host_.looks, 0);
}

}  // namespace rehearse::publish::test
