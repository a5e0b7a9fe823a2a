#include "rehearse/verdict/verdict.hpp"

#include <gtest/gtest.h>

namespace rehearse::verdict {
namespace {

observe::MigrationObservation took(Millis elapsed) {
    observe::MigrationObservation observed;
    observed.ran = true;
    observed.elapsed = elapsed;
    return observed;
}

observe::MigrationObservation failed(Millis elapsed, bool gave_up) {
    auto observed = took(elapsed);
    observed.failure.emplace();
    observed.failure->gave_up = gave_up;
    return observed;
}

TEST(Label, FollowsTheTimeAndNothingElse) {
    using std::chrono::minutes;
    using std::chrono::seconds;
    const std::pair<Millis, Label> cases[] = {
        {Millis{0}, Label::ok},
        {seconds(30), Label::ok},  // over it, not at it
        {Millis{30'000.001}, Label::noisy},
        {minutes(5), Label::noisy},
        {Millis{300'000.001}, Label::rethink},
        {minutes(600), Label::rethink},
    };
    for (const auto& [elapsed, label] : cases) {
        EXPECT_EQ(label_for(took(elapsed), {}), label) << elapsed.count();
    }
}

TEST(Label, FollowsOtherThresholdsWhenAsked) {
    const Thresholds low{Millis{10}, Millis{100}};
    EXPECT_EQ(label_for(took(Millis{10}), low), Label::ok);
    EXPECT_EQ(label_for(took(Millis{11}), low), Label::noisy);
    EXPECT_EQ(label_for(took(Millis{101}), low), Label::rethink);
    // Only one of the two may be asked for.
    EXPECT_EQ(label_for(took(Millis{101}), {std::chrono::hours(1), Millis{100}}), Label::rethink);
}

TEST(Label, LocksDoNotChangeIt) {
    auto observed = took(Millis{12'100});
    observe::LockHold hold;
    hold.mode = pg::LockMode::access_exclusive;
    hold.released = Millis{12'100};
    observed.holds.push_back(hold);
    EXPECT_EQ(label_for(observed, {}), Label::ok);
}

TEST(Label, AFailureIsFailedHoweverLongItTook) {
    EXPECT_EQ(label_for(failed(Millis{1}, false), {}), Label::failed);
    EXPECT_EQ(label_for(failed(std::chrono::hours(1), false), {}), Label::failed);
}

TEST(Label, WhatWasGivenUpOnIsToBeRethought) {
    EXPECT_EQ(label_for(failed(Millis{1}, true), {}), Label::rethink);
}

TEST(Label, WhatDidNotRunIsNeverGreen) {
    EXPECT_EQ(label_for(observe::MigrationObservation{}, {}), Label::not_run);
}

TEST(Label, IsWrittenAndReadBack) {
    const std::pair<Label, const char*> cases[] = {
        {Label::ok, "ok"},           {Label::noisy, "noisy"},   {Label::rethink, "rethink"},
        {Label::not_run, "not_run"}, {Label::failed, "failed"},
    };
    for (const auto& [label, text] : cases) {
        EXPECT_EQ(to_string(label), text);
        EXPECT_EQ(label_from(text), label);
    }
    EXPECT_FALSE(label_from("OK"));
    EXPECT_FALSE(label_from(""));
}

TEST(Run, IsAsBadAsItsWorstMigration) {
    EXPECT_EQ(worst({}), Label::ok);
    EXPECT_EQ(worst({Label::ok, Label::noisy, Label::ok}), Label::noisy);
    EXPECT_EQ(worst({Label::rethink, Label::noisy}), Label::rethink);
    EXPECT_EQ(worst({Label::not_run, Label::rethink}), Label::rethink) << "given up on";
    EXPECT_EQ(worst({Label::noisy, Label::not_run}), Label::not_run);
    EXPECT_EQ(worst({Label::ok, Label::failed, Label::not_run}), Label::failed);
}

TEST(Run, OfNothingIsNotGreen) {
    EXPECT_EQ(label_of_run({}), Label::not_run);
    EXPECT_EQ(label_of_run({Label::ok, Label::noisy}), Label::noisy);
}

TEST(FailOn, IsReachedFromItsLabelOn) {
    struct Case {
        FailOn fail_on;
        Label label;
        bool reached;
    };
    const Case cases[] = {
        {FailOn::noisy, Label::ok, false},       {FailOn::noisy, Label::noisy, true},
        {FailOn::noisy, Label::rethink, true},   {FailOn::noisy, Label::not_run, true},
        {FailOn::noisy, Label::failed, true},    {FailOn::rethink, Label::noisy, false},
        {FailOn::rethink, Label::rethink, true}, {FailOn::rethink, Label::failed, true},
        {FailOn::failed, Label::rethink, false}, {FailOn::failed, Label::not_run, true},
        {FailOn::failed, Label::failed, true},   {FailOn::never, Label::failed, false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(reaches(c.fail_on, {Label::ok, c.label}), c.reached)
            << static_cast<int>(c.fail_on) << " " << to_string(c.label);
    }
}

TEST(FailOn, OfNothingIsNotReached) {
    EXPECT_FALSE(reaches(FailOn::noisy, {}));
}

TEST(FailOn, IsReadFromTheCommandLine) {
    EXPECT_EQ(fail_on_from("noisy"), FailOn::noisy);
    EXPECT_EQ(fail_on_from("rethink"), FailOn::rethink);
    EXPECT_EQ(fail_on_from("failed"), FailOn::failed);
    EXPECT_EQ(fail_on_from("never"), FailOn::never);
    EXPECT_FALSE(fail_on_from("ok"));
}

}  // namespace
}  // namespace rehearse::verdict
