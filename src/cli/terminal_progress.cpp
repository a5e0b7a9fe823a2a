#include "cli/terminal_progress.hpp"

#include "rehearse/base/size.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"

#include "cli/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace rehearse::cli {

namespace {

// Redrawing more often is not seen by anyone.
constexpr auto kRedrawEvery = std::chrono::milliseconds(80);
// A terminal learns how long a step took when it took long enough to be noticed.
constexpr Millis kWorthSaying{500};
// A guess from the first moments of a step is worse than none.
constexpr Millis kEarliestEstimate{3'000};

// UTF-8, without combining marks.
constexpr std::size_t kMostBytesOfACell = 4;

StatusLine::Columns columns_of_stderr() {
    if (!is_terminal(STDERR_FILENO)) return nullptr;
    return [] { return columns_of(STDERR_FILENO); };
}

std::string amount(std::uint64_t value, Progress::Unit unit) {
    return unit == Progress::Unit::bytes ? format_bytes(value) : std::to_string(value);
}

}  // namespace

StatusLine::StatusLine() : StatusLine(std::cerr, columns_of_stderr()) {}

StatusLine::StatusLine(std::ostream& out, Columns columns)
    : out_(out), columns_(std::move(columns)) {}

void StatusLine::draw(const std::string& text) {
    if (!is_live()) return;
    const std::lock_guard guard(mutex_);
    // One column stays free: some terminals wrap when the last one is written.
    const auto widest = static_cast<std::size_t>(std::max(20, columns_() - 2));
    // Of any length, and with what its author put there.
    const auto line = one_line(report::printable(text), kMostBytesOfACell * widest);
    out_ << "\r\x1b[K" << report::shortened_at_end(line, widest) << std::flush;
    drawn_ = true;
}

void StatusLine::clear() {
    const std::lock_guard guard(mutex_);
    if (drawn_) out_ << "\r\x1b[K" << std::flush;
    drawn_ = false;
}

void StatusLine::say(const std::string& line) {
    clear();
    const std::lock_guard guard(mutex_);
    out_ << line << std::endl;
}

void TerminalProgress::begin(const std::string& step) {
    step_ = step;
    began_ = Clock::now();
    drawn_ = {};
    if (line_.is_live()) {
        line_.draw(step + " ...");
    } else {
        line_.say(step);
    }
}

void TerminalProgress::update(std::uint64_t done, std::optional<std::uint64_t> total, Unit unit,
                              const std::string& detail) {
    const auto now = Clock::now();
    if (!line_.is_live() || now - drawn_ < kRedrawEvery) return;
    drawn_ = now;
    const Millis elapsed = now - began_;
    std::string text = step_;
    if (total && *total > 0) {
        const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(*total));
        text += "  " + std::to_string(static_cast<int>(share * 100)) + " %  " + amount(done, unit) +
                " of " + amount(*total, unit);
        if (elapsed > kEarliestEstimate && share > 0.02 && share < 1) {
            text += ", about " + format_duration(elapsed * ((1 - share) / share)) + " left";
        }
    } else if (unit != Unit::none) {
        text += "  " + amount(done, unit);
    }
    if (!detail.empty()) text += "  " + detail;
    line_.draw(text);
}

void TerminalProgress::end(const std::string& summary) {
    const Millis elapsed = Clock::now() - began_;
    line_.clear();
    if (elapsed < kWorthSaying && summary.empty()) return;
    std::string text = step_ + ": " + format_duration(elapsed);
    if (!summary.empty()) text += ", " + summary;
    line_.say(text);
}

void TerminalProgress::note(const std::string& text) {
    line_.say("rehearse: " + text);
}

void TerminalProgress::warn(const std::string& text) {
    line_.say("rehearse: warning: " + text);
}

}  // namespace rehearse::cli
