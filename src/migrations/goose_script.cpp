#include "goose_script.hpp"

#include "rehearse/base/text.hpp"

#include <array>
#include <utility>

namespace rehearse::migrations {

namespace {

enum class Annotation {
    up,
    down,
    statement_begin,
    statement_end,
    no_transaction,
    envsub_on,
    envsub_off
};
enum class Part { none, up, statement_up, down, statement_down };

class Reader {
  public:
    Reader(const ValueOf& value_of, const fs::path& path) : value_of_(value_of), path_(path) {}

    GooseScript read(std::string_view text) {
        for (const Line& line : lines_of(text)) {
            const std::string_view content = trimmed(line.text);
            if (content.starts_with("--") && content.find("+goose") != std::string_view::npos) {
                take_annotation(line);
            } else {
                take_line(line, content);
            }
        }
        finish();
        return std::move(script_);
    }

  private:
    Annotation annotation_of(const Line& line) const;
    void take_annotation(const Line& line);
    void take_line(const Line& line, std::string_view content);
    void begin_up(const Line& line);
    void begin_down(const Line& line);
    void begin_statement(const Line& line);
    void end_statement(const Line& line);
    void check_is_ended() const;
    void finish() const;

    const ValueOf& value_of_;
    const fs::path& path_;
    GooseScript script_;
    TextOfLines text_;
    Part part_ = Part::none;
    int statement_begins_ = 0;
    bool fills_in_ = false;
};

// An ordinary comment that has "+goose" in it is no annotation that goose knows: it stops there.
Annotation Reader::annotation_of(const Line& line) const {
    constexpr std::string_view kWord = "+goose";
    static const std::array<std::pair<std::string_view, Annotation>, 7> known{
        {{"up", Annotation::up},
         {"down", Annotation::down},
         {"statementbegin", Annotation::statement_begin},
         {"statementend", Annotation::statement_end},
         {"no transaction", Annotation::no_transaction},
         {"envsub on", Annotation::envsub_on},
         {"envsub off", Annotation::envsub_off}}};
    if (line.text.front() == ' ' || line.text.front() == '\t') {
        throw error_at(path_, line.number, "white space before an annotation of goose's",
                       "Begin the line with '-- +goose'; goose stops there.");
    }
    std::string words(line.text);
    for (std::size_t at = words.find("--"); at != std::string::npos; at = words.find("--", at))
        words.erase(at, 2);
    words.erase(words.find(kWord), kWord.size());
    words = lower_cased(trimmed(words));
    for (const auto& [text, annotation] : known) {
        if (words == text) return annotation;
    }
    throw error_at(path_, line.number, "a comment with +goose that is no annotation of goose's",
                   "Its annotations are Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, "
                   "ENVSUB ON and ENVSUB OFF; goose stops at any other line with its name.");
}

void Reader::take_annotation(const Line& line) {
    switch (annotation_of(line)) {
        case Annotation::up:
            return begin_up(line);
        case Annotation::down:
            return begin_down(line);
        case Annotation::statement_begin:
            return begin_statement(line);
        case Annotation::statement_end:
            return end_statement(line);
        case Annotation::no_transaction:
            script_.in_transaction = false;
            break;
        case Annotation::envsub_on:
            fills_in_ = true;
            break;
        case Annotation::envsub_off:
            fills_in_ = false;
            break;
    }
}

void Reader::begin_up(const Line& line) {
    if (part_ != Part::none) {
        throw error_at(path_, line.number, "a second '-- +goose Up'",
                       "A file has one Up and one Down section; put the rest into a file of its "
                       "own.");
    }
    part_ = Part::up;
}

void Reader::begin_down(const Line& line) {
    if (part_ != Part::up) {
        throw error_at(path_, line.number, "'-- +goose Down' where goose does not expect it",
                       "It stands once, behind the Up section and outside of StatementBegin and "
                       "StatementEnd.");
    }
    check_is_ended();
    part_ = Part::down;
    script_.has_down = true;
}

void Reader::begin_statement(const Line& line) {
    if (part_ != Part::up && part_ != Part::down) {
        throw error_at(path_, line.number, "'-- +goose StatementBegin' outside of a section",
                       "It stands behind '-- +goose Up' or '-- +goose Down', and not within "
                       "another one.");
    }
    part_ = part_ == Part::up ? Part::statement_up : Part::statement_down;
    statement_begins_ = line.number;
}

void Reader::end_statement(const Line& line) {
    if (part_ != Part::statement_up && part_ != Part::statement_down) {
        throw error_at(path_, line.number, "'-- +goose StatementEnd' without its StatementBegin",
                       "Take it out, or put '-- +goose StatementBegin' before the statement.");
    }
    part_ = part_ == Part::statement_up ? Part::up : Part::down;
    if (text_.has_statement()) script_.up.push_back(text_.take());
}

void Reader::take_line(const Line& line, std::string_view content) {
    const bool is_blank = content.empty() || content.starts_with("--");
    if (part_ == Part::none) {
        if (is_blank) return;
        throw error_at(path_, line.number, "text before '-- +goose Up'",
                       "Put the annotation above it; goose stops there.");
    }
    if (part_ == Part::down || part_ == Part::statement_down) return;
    if (is_blank && !text_.has_statement()) return text_.add(line);
    const std::string filled =
        fills_in_ ? with_environment(line, value_of_, path_) : std::string(line.text);
    text_.add_statement(line, filled);
    if (part_ == Part::up && ends_in_semicolon(filled)) script_.up.push_back(text_.take());
}

void Reader::check_is_ended() const {
    if (!text_.has_statement()) return;
    throw error_at(path_, text_.statement_line(),
                   "the statement that begins here does not end in a semicolon",
                   "goose ends a statement where a line ends in one; put the rest between "
                   "'-- +goose StatementBegin' and '-- +goose StatementEnd'.");
}

void Reader::finish() const {
    if (part_ == Part::none) {
        throw error_at(path_, 1, "no '-- +goose Up' in the file",
                       "Write it above the first statement; goose refuses the file otherwise.");
    }
    if (part_ == Part::statement_up || part_ == Part::statement_down) {
        throw error_at(path_, statement_begins_, "'-- +goose StatementBegin' without its end",
                       "Put '-- +goose StatementEnd' behind the statement.");
    }
    check_is_ended();
}

}  // namespace

GooseScript goose_script(std::string_view text, const ValueOf& value_of, const fs::path& path) {
    return Reader(value_of, path).read(text);
}

}  // namespace rehearse::migrations
