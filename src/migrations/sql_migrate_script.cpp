#include "sql_migrate_script.hpp"

#include "rehearse/base/text.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kMark = "-- +migrate ";

class Reader {
  public:
    explicit Reader(const fs::path& path) : path_(path) {}

    SqlMigrateScript read(std::string_view text) {
        for (const Line& line : lines_of(text)) {
            if (line.text.starts_with(kMark)) {
                take_command(line);
            } else {
                take_line(line);
            }
        }
        finish();
        return std::move(script_);
    }

  private:
    enum class Part { none, up, down };

    void take_command(const Line& line) {
        std::string words(line.text.substr(kMark.size()));
        std::replace(words.begin(), words.end(), '\t', ' ');
        std::vector<std::string> parts = split(words, ' ');
        std::erase(parts, "");
        if (parts.empty()) {
            throw error_at(path_, line.number, "'-- +migrate' without a command",
                           "Its commands are Up, Down, StatementBegin and StatementEnd.");
        }
        if (parts[0] == "Up" || parts[0] == "Down") {
            check_is_ended();
            part_ = parts[0] == "Up" ? Part::up : Part::down;
            script_.has_down |= part_ == Part::down;
            if (part_ == Part::up &&
                std::find(parts.begin(), parts.end(), "notransaction") != parts.end())
                script_.in_transaction = false;
            text_.take();
        } else if (parts[0] == "StatementBegin" && part_ != Part::none) {
            is_whole_ = true;
            whole_begins_ = line.number;
        } else if (parts[0] == "StatementEnd" && part_ != Part::none) {
            if (std::exchange(is_whole_, false)) end_statement();
        }
    }

    // Comments at a line's beginning are left out, also in a function's body. Before a statement
    // they are kept for what they may tell us.
    void take_line(const Line& line) {
        if (part_ == Part::none) return;
        const bool is_left_out = line.text.starts_with("-- ");
        if (is_left_out && text_.has_statement()) return;
        if (is_left_out || trimmed(line.text).empty()) return text_.add(line);
        text_.add_statement(line, line.text);
        if (!is_whole_ && ends_in_semicolon(line.text)) end_statement();
    }

    void end_statement() {
        Text text = text_.take();
        if (part_ == Part::up && !trimmed(text.sql).empty()) script_.up.push_back(std::move(text));
    }

    void check_is_ended() const {
        if (!text_.has_statement()) return;
        throw error_at(path_, text_.statement_line(),
                       "the statement that begins here does not end in a semicolon",
                       "sql-migrate ends a statement where a line ends in one; put the rest "
                       "between '-- +migrate StatementBegin' and '-- +migrate StatementEnd'.");
    }

    void finish() const {
        if (is_whole_) {
            throw error_at(path_, whole_begins_, "'-- +migrate StatementBegin' without its end",
                           "Put '-- +migrate StatementEnd' behind the statement.");
        }
        if (part_ == Part::none) {
            throw error_at(path_, 1, "no '-- +migrate Up' in the file",
                           "Write it above the first statement; sql-migrate stops at a file "
                           "without one.");
        }
        check_is_ended();
    }

    const fs::path& path_;
    SqlMigrateScript script_;
    TextOfLines text_;
    Part part_ = Part::none;
    bool is_whole_ = false;
    int whole_begins_ = 0;
};

}  // namespace

SqlMigrateScript sql_migrate_script(std::string_view text, const fs::path& path) {
    return Reader(path).read(text);
}

}  // namespace rehearse::migrations
