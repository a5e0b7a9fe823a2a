#include "rehearse/publish/publish.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "publish/job_summary.hpp"
#include "publish/texts.hpp"

#include <algorithm>

namespace rehearse::publish {

namespace {

// A comment that is deleted between our look and our write, or a host that fails half-way: we look
// again, and not for ever.
constexpr int kRounds = 4;

struct Steps {
    const report::Report& report;
    ReviewHost& host;
    const PublishOptions& options;
    std::vector<std::string>& done;

    Outcome put_comment();
    Outcome put_labels();
    Outcome put_label(const Label& label, bool wanted, const std::vector<std::string>& there);
    Outcome put_status();
};

// All comments of ours, since two that published at once leave two, and none may keep an old
// verdict; a new one where none lets itself be edited.
Outcome Steps::put_comment() {
    const auto marker = marker_text(options.marker);
    const auto body = comment_body(report, options, host.comment_limit());
    for (int round = 0; round < kRounds; ++round) {
        bool is_there = false;
        for (const auto& comment : host.own_comments_with(marker)) {
            const bool same = same_text(body, comment.body);
            if (!same && host.edit_comment(comment.id, body) != Outcome::done) continue;
            done.push_back("comment " + comment.id + (same ? " says so already" : " edited"));
            is_there = true;
        }
        if (is_there) return Outcome::done;
        const auto outcome = host.write_comment(body);
        if (outcome == Outcome::done) done.push_back("comment written");
        if (outcome != Outcome::unsure) return outcome;
    }
    throw Error(ErrorKind::delivery,
                "comment on " + host.request_name() + ": the host fails each time",
                {"Publish again later."});
}

Outcome Steps::put_label(const Label& label, bool wanted, const std::vector<std::string>& there) {
    if (label.name.empty()) return Outcome::done;
    // Hosts take names that differ in case for one.
    const bool is_there = std::any_of(there.begin(), there.end(), [&](const auto& name) {
        return lower_cased(name) == lower_cased(label.name);
    });
    if (is_there == wanted) return Outcome::done;
    const auto outcome = wanted ? host.add_label(label) : host.remove_label(label.name);
    if (outcome == Outcome::done) {
        done.push_back("label '" + label.name + "' " + (wanted ? "set" : "removed"));
    }
    // Somebody was faster to remove it.
    return outcome == Outcome::gone ? Outcome::done : outcome;
}

Outcome Steps::put_labels() {
    const auto there = host.read_labels();
    const bool rethink = has_label(report, "rethink");
    const bool noisy = !rethink && has_label(report, "noisy");
    if (lower_cased(options.label_noisy) == lower_cased(options.label_rethink)) {
        return put_label({options.label_noisy, "look at its rehearsal", "fbca04"}, noisy || rethink,
                         there);
    }
    const auto outcome =
        put_label({options.label_noisy, "this is going to be noisy", "fbca04"}, noisy, there);
    if (outcome != Outcome::done) return outcome;
    return put_label({options.label_rethink, "this is to be re-thought from scratch", "d93f0b"},
                     rethink, there);
}

Outcome Steps::put_status() {
    const auto status = status_of(report, options);
    const auto outcome = host.set_status(status);
    if (outcome == Outcome::done) {
        done.push_back("status '" + status.context + "': " + (status.passed ? "passed" : "failed"));
    }
    return outcome;
}

}  // namespace

void publish_report(const report::Report& report, ReviewHost& host, const PublishOptions& options,
                    Delivery& delivery) {
    host.check_label_name(options.label_noisy);
    host.check_label_name(options.label_rethink);
    Steps steps{report, host, options, delivery.done};
    const auto words_of = [&host](const char* what) {
        const auto refusal = host.refusal();
        return "the token may not " + std::string{what} +
               (refusal.empty() ? "" : " (" + refusal + ")");
    };
    if (steps.put_comment() != Outcome::done) {
        delivery.fallback = words_of("comment on it");
        write_job_summary(report, options, host.request_name(), delivery.fallback);
        return;
    }
    // The comment has it all: what else the token may not do is no failure.
    if (steps.put_labels() != Outcome::done) delivery.refused.push_back(words_of("label it"));
    if (steps.put_status() != Outcome::done) {
        delivery.refused.push_back(words_of("set a commit's status"));
    }
}

}  // namespace rehearse::publish
