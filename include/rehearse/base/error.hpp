#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace rehearse {

// What went wrong, by who can mend it. One exit code each: exit_code_of() is the only table.
enum class ErrorKind {
    usage,        // 2: wrong usage or configuration
    scratch,      // 3: the scratch could not be started, or was lost
    snapshot,     // 4: the snapshot is unreadable, or its restore failed
    migrations,   // 5: the migrations are unreadable
    delivery,     // 6: the report was written but could not be delivered
    internal,     // 70: a fault of ours
    interrupted,  // 130: Ctrl-C or SIGTERM
};

int exit_code_of(ErrorKind kind);

// The one exception type. Thrown when the rehearsal cannot go on; an outcome that is part of the
// answer (a migration failed) is a value instead.
class Error : public std::exception {
  public:
    Error(ErrorKind kind, std::string message, std::vector<std::string> hints = {});

    const char* what() const noexcept override { return message_.c_str(); }
    ErrorKind kind() const { return kind_; }
    // Lower case, no full stop: "no snapshot in /srv/dumps".
    const std::string& message() const { return message_; }
    // Full sentences, each something the reader can do now.
    const std::vector<std::string>& hints() const { return hints_; }
    // Outermost first: "restoring shop.dump", "starting postgres:15".
    const std::vector<std::string>& context() const { return context_; }
    // The last lines of the failing program's stderr, oldest first.
    const std::vector<std::string>& output_tail() const { return output_tail_; }

    Error& with_hint(std::string hint);
    Error& with_output(const std::string& text, std::size_t last_lines = 10);
    Error& inside(std::string outer_context);

  private:
    ErrorKind kind_;
    std::string message_;
    std::vector<std::string> hints_;
    std::vector<std::string> context_;
    std::vector<std::string> output_tail_;
};

// Runs f; an Error that leaves it carries `what` as its outermost context.
template <typename F>
decltype(auto) in_context(const std::string& what, F&& f) {
    try {
        return std::forward<F>(f)();
    } catch (Error& error) {
        error.inside(what);
        throw;
    }
}

// "rehearse: error: ...", "  while ...", "  hint: ...", then the program's last lines. Ends in a
// line feed. Not redacted.
std::string render_error(const Error& error);

}  // namespace rehearse
