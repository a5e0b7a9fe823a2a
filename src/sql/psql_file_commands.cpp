#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "position.hpp"
#include "psql_copy.hpp"
#include "psql_file.hpp"

#include <algorithm>
#include <utility>

namespace rehearse::sql {

namespace fs = std::filesystem;

// From the backslash to the end of its line.
std::string PsqlFile::line_here() {
    std::size_t end = 0;
    for (;;) {
        end = std::min(input_.view(0, input_.size()).find('\n', end), input_.size());
        if (end < input_.size() || input_.complete()) break;
        input_.read_more();
    }
    return std::string(input_.view(0, end));
}

PsqlFile::Found PsqlFile::command() {
    command_position_ = position_here();
    if (offset_ < value_bytes_) {
        fail(command_position_, "a backslash in the value of the variable " + values_.back().name,
             "Give it a value that is SQL, without psql's commands in it.");
    }
    settle();
    const std::string line = line_here();
    const bool was_active = is_active();
    PsqlArguments arguments{line, was_active ? &variables_ : nullptr};
    const PsqlCommand command = psql_command(arguments.name());
    try {
        Found found = run(command, arguments, line);
        arguments.finish();
        offset_ = arguments.taken();
        settle();
        if (!was_active) return found;
        if (command == PsqlCommand::send) found.statement = complete({});
        if (command == PsqlCommand::copy && !found.copy_file) begin_rows();
        return found;
    } catch (const PsqlFault& fault) {
        const std::string_view before = std::string_view(line).substr(0, fault.offset);
        fail(advanced(command_position_, before), fault.message, fault.hint);
    }
}

PsqlFile::Found PsqlFile::run(PsqlCommand command, PsqlArguments& arguments,
                              std::string_view line) {
    const std::string name = "\\" + arguments.name();
    switch (command) {
        case PsqlCommand::begin_if:
        case PsqlCommand::else_if:
        case PsqlCommand::otherwise:
        case PsqlCommand::end_if:
            run_condition(command, arguments);
            return {};
        case PsqlCommand::unknown:
            throw PsqlFault{0, "psql has no meta-command '" + name + "'",
                            instead_of_psql_command(name)};
        default:
            break;
    }
    if (!is_active()) {
        skip(arguments.name(), arguments);
        return {};
    }
    switch (command) {
        case PsqlCommand::include:
        case PsqlCommand::include_relative:
            return {{}, included(arguments, command == PsqlCommand::include_relative), {}};
        case PsqlCommand::set:
            run_set(arguments);
            break;
        case PsqlCommand::unset:
            run_unset(arguments);
            break;
        case PsqlCommand::encoding:
            run_encoding(arguments);
            break;
        case PsqlCommand::copy:
            return run_copy(arguments);
        case PsqlCommand::quit:
            has_ended_ = true;
            conditions_.clear();
            if (has_text()) return {finished({}), {}, {}};
            break;
        case PsqlCommand::prints:
            // Evaluated, as psql does: what stands in backquotes would be run.
            if (psql_argument_style(arguments.name()) == PsqlArgumentStyle::whole_line) {
                arguments.rest();
            } else {
                arguments.print();
            }
            break;
        case PsqlCommand::send: {
            if (!has_text())
                throw PsqlFault{0, name + " with nothing before it sends the last statement again",
                                "Write the statement once more, or take the line out."};
            // "\g (format=unaligned)" only prints in another way.
            const std::optional<std::string> target = arguments.next();
            if (target && !target->starts_with('('))
                throw PsqlFault{0, name + " that writes rows to a file or a program",
                                "End the statement with a semicolon."};
            break;
        }
        default:
            throw PsqlFault{
                0,
                "psql meta-command '" + one_line(line, 60) + "', which a rehearsal cannot follow",
                instead_of_psql_command(name)};
    }
    return {};
}

void PsqlFile::skip(const std::string& name, PsqlArguments& arguments) {
    switch (psql_argument_style(name)) {
        case PsqlArgumentStyle::whole_line:
            arguments.rest();
            break;
        case PsqlArgumentStyle::file_or_pipe:
            arguments.skip_file_or_pipe();
            break;
        case PsqlArgumentStyle::words:
            break;
    }
}

void PsqlFile::run_set(PsqlArguments& arguments) {
    const std::optional<std::string> name = arguments.next();
    if (!name) return;  // lists them
    std::string value;
    while (const auto part = arguments.next()) value += *part;
    if (!is_psql_variable_name(*name))
        throw PsqlFault{0, "\\set of '" + *name + "', which is no variable's name",
                        "Names are letters, digits and underscores."};
    if (const auto outcome = what_psql_would_do_with(*name, value))
        throw PsqlFault{0, "\\set " + *name + " '" + value + "': " + *outcome,
                        "Take the line out: a rehearsal stops at the first error and commits as "
                        "the file says."};
    variables_.set(*name, std::move(value));
}

void PsqlFile::run_unset(PsqlArguments& arguments) {
    const std::optional<std::string> name = arguments.next();
    if (!name || !is_psql_variable_name(*name))
        throw PsqlFault{0, "\\unset without a variable's name",
                        "Names are letters, digits and underscores."};
    if (const auto outcome = what_psql_would_do_with(*name, std::nullopt))
        throw PsqlFault{0, "\\unset " + *name + ": " + *outcome,
                        "Take the line out: a rehearsal stops at the first error and commits as "
                        "the file says."};
    variables_.unset(*name);
}

void PsqlFile::run_encoding(PsqlArguments& arguments) {
    const std::optional<std::string> name = arguments.next();
    if (!name) return;  // prints it
    std::string plain = lower_cased(*name);
    std::erase_if(plain, [](char c) { return c == '-' || c == '_' || c == ' '; });
    if (plain == "utf8" || plain == "unicode") return;
    throw PsqlFault{0, "\\encoding " + *name + ", which a rehearsal cannot follow",
                    instead_of_psql_command(R"(\encoding)")};
}

PsqlFile::Found PsqlFile::run_copy(PsqlArguments& arguments) {
    const std::string_view rest = arguments.rest();
    ClientCopy copy;
    const std::size_t offset = arguments.taken() - rest.size();
    try {
        copy = client_copy(rest);
    } catch (PsqlFault& fault) {
        fault.offset += offset;
        throw;
    }
    // What psql has of another statement stays there.
    Found found;
    found.statement.emplace();
    if (!has_text()) found.statement->leading = std::exchange(leading_, {});
    found.statement->text = std::move(copy.statement);
    found.statement->position = command_position_;
    found.statement->has_copy_data = true;
    if (!copy.file.empty()) {
        if (copy.file.starts_with('~'))
            throw PsqlFault{offset, "'" + copy.file + "' is in somebody's home folder",
                            "Give a path that is the same for everybody."};
        found.copy_file = fs::path(copy.file).lexically_normal();
        found.copy_is_binary = copy.is_binary;
        return found;
    }
    found.statement->trailing = "\n";
    return found;
}

// The line of \copy has ended: the rows are on the next.
void PsqlFile::begin_rows() {
    input_.have(1);
    offset_ = std::min<std::size_t>(input_.size(), 1);
    settle();
    copy_data_.begin();
}

fs::path PsqlFile::included(PsqlArguments& arguments, bool is_relative) {
    const std::optional<std::string> name = arguments.next_file();
    const std::string command = "\\" + arguments.name();
    if (!name) throw PsqlFault{0, command + " without a file", "Name the file that it includes."};
    if (*name == "-")
        throw PsqlFault{0, command + " - reads what psql is given on its own input",
                        "Name a file."};
    if (name->starts_with('~'))
        throw PsqlFault{0, "'" + *name + "' is in somebody's home folder",
                        "Give a path that is the same for everybody."};
    const fs::path path(*name);
    if (is_relative && path.is_relative()) return (path_.parent_path() / path).lexically_normal();
    return path.lexically_normal();
}

// The line's words, evaluated, with one space between them.
bool PsqlFile::is_true(PsqlArguments& arguments, const std::string& command) {
    std::string expression;
    while (const auto word = arguments.next()) {
        if (!expression.empty()) expression += ' ';
        expression += *word;
    }
    if (const auto value = psql_boolean(expression)) return *value;
    throw PsqlFault{
        0, command + " '" + one_line(expression, 60) + "', which is neither true nor false",
        "psql takes true, false, yes, no, on, off, 1 and 0. Give a variable its value "
        "with --set NAME=VALUE, or ask whether it has one: \\if :{?NAME}."};
}

void PsqlFile::run_condition(PsqlCommand command, PsqlArguments& arguments) {
    const std::string name = "\\" + arguments.name();
    if (command == PsqlCommand::begin_if) {
        Branch branch = Branch::passed;
        if (is_active()) branch = is_true(arguments, name) ? Branch::taken : Branch::not_yet;
        conditions_.push_back({branch, state_, command_position_});
        return;
    }
    if (conditions_.empty())
        throw PsqlFault{0, name + R"( without \if)", R"(Write \if before it, or take it out.)"};
    Condition& condition = conditions_.back();
    const bool had_else =
        condition.branch == Branch::else_taken || condition.branch == Branch::else_passed;
    if (command != PsqlCommand::end_if && had_else)
        throw PsqlFault{0, name + R"( behind \else)", R"(Write \endif before it.)"};
    if (is_active()) {
        condition.state = state_;
    } else {
        state_ = condition.state;
    }
    if (command == PsqlCommand::end_if) {
        conditions_.pop_back();
        return;
    }
    const bool is_still_open = condition.branch == Branch::not_yet;
    if (command == PsqlCommand::otherwise) {
        condition.branch = is_still_open ? Branch::else_taken : Branch::else_passed;
    } else if (!is_still_open) {
        condition.branch = Branch::passed;
    } else {
        // It was not evaluated as long as its branch was not the one.
        PsqlArguments again{arguments.line(), &variables_};
        condition.branch = is_true(again, name) ? Branch::taken : Branch::not_yet;
    }
}

}  // namespace rehearse::sql
