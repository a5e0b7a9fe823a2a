#pragma once

#include "rehearse/base/progress.hpp"

#include <functional>
#include <iosfwd>
#include <mutex>
#include <string>

namespace rehearse::cli {

// The line of a terminal that changes while something works, and the lines that stay. Safe from
// several threads: the sampler draws too.
class StatusLine {
  public:
    using Columns = std::function<int()>;

    // On stderr; without a terminal there only the lines that stay are written.
    StatusLine();
    // On a terminal that is so wide whenever it is drawn; without `columns` there is none.
    StatusLine(std::ostream& out, Columns columns);
    bool is_live() const { return columns_ != nullptr; }
    void draw(const std::string& text);
    void clear();
    // A line that stays; the changing line is drawn again beneath it by the next draw().
    void say(const std::string& line);

  private:
    std::ostream& out_;
    const Columns columns_;
    std::mutex mutex_;
    bool drawn_ = false;
};

// Steps of the preparation on stderr: one changing line on a terminal, plain lines elsewhere.
class TerminalProgress final : public Progress {
  public:
    explicit TerminalProgress(StatusLine& line) : line_(line) {}

    void begin(const std::string& step) override;
    void update(std::uint64_t done, std::optional<std::uint64_t> total, Unit unit,
                const std::string& detail) override;
    void end(const std::string& summary) override;
    void note(const std::string& text) override;
    void warn(const std::string& text) override;

  private:
    StatusLine& line_;
    std::string step_;
    Clock::time_point began_;
    Clock::time_point drawn_;
};

}  // namespace rehearse::cli
