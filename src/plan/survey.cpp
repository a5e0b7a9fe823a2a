#include "rehearse/base/error.hpp"
#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/plan/plan.hpp"
#include "rehearse/sql/psql_script.hpp"

#include "checked_text.hpp"
#include "suppressions.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

namespace rehearse::plan {

namespace {

std::string place(const std::filesystem::path& path, const sql::Position& position) {
    return path.string() + ":" + std::to_string(position.line) + ":" +
           std::to_string(position.column);
}

[[noreturn]] void throw_fault(const std::filesystem::path& path, const CheckedText& text) {
    const std::string where = place(path, text.position());
    switch (text.fault()) {
        case CheckedText::Fault::utf16:
            throw Error(ErrorKind::migrations, where + ": the file is UTF-16, not UTF-8",
                        {"Convert it: iconv -f UTF-16 -t UTF-8."});
        case CheckedText::Fault::nul_byte:
            throw Error(ErrorKind::migrations, where + ": a NUL byte, which no SQL text can hold",
                        {"Is it a text file? Save it as UTF-8."});
        case CheckedText::Fault::none:
        case CheckedText::Fault::not_utf8:
            break;
    }
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const unsigned byte = text.bad_byte();
    throw Error(ErrorKind::migrations,
                where + ": not UTF-8 (byte 0x" + kDigits[byte >> 4U] + kDigits[byte & 15U] + ")",
                {"Save the file as UTF-8; if it is Latin-1, 'iconv -f LATIN1 -t UTF-8' converts "
                 "it."});
}

// The file's bytes for the splitter, checked as they pass.
class CheckedFile {
  public:
    explicit CheckedFile(const std::filesystem::path& path)
        : path_(path), stream_(path, std::ios::binary) {
        if (!stream_) fail();
    }

    std::size_t read(std::span<char> buffer) {
        Interrupt::throw_if_requested();
        stream_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto count = static_cast<std::size_t>(stream_.gcount());
        if (stream_.bad()) fail();
        bytes_ += count;
        const bool is_good =
            count == 0 ? text_.finish() : text_.add(std::string_view(buffer.data(), count));
        if (!is_good) throw_fault(path_, text_);
        return count;
    }

    std::uint64_t bytes() const { return bytes_; }

  private:
    [[noreturn]] void fail() const {
        throw Error(ErrorKind::migrations,
                    "cannot read " + path_.string() + ": " + std::strerror(errno),
                    {"Make it readable for the user that runs rehearse."});
    }

    std::filesystem::path path_;
    std::ifstream stream_;
    CheckedText text_;
    std::uint64_t bytes_ = 0;
};

void check_is_closed(const std::filesystem::path& path, const sql::Statement& statement) {
    if (!statement.unterminated) return;
    throw Error(ErrorKind::migrations,
                place(path, statement.open_position) + ": the " + statement.open_construct +
                    " that begins here does not end",
                {"Close it; everything behind it is taken for its text."});
}

// Only psql knows these lines: a tool that sends the file would get a syntax error.
[[noreturn]] void refuse_meta_command(const migrations::Migration& migration,
                                      const sql::Statement& statement) {
    const std::string name(sql::psql_command_name(statement.text));
    throw Error(ErrorKind::migrations,
                place(migration.path, statement.position) + ": psql meta-command " + name +
                    ", but " + migration.tool + " sends the file to the server as it is",
                {sql::instead_of_psql_command(name)});
}

void count_kinds(FileSurvey& survey, const std::string& text) {
    const auto classification = sql::classify(text);
    switch (classification.kind) {
        case sql::StatementKind::begin:
        case sql::StatementKind::commit:
        case sql::StatementKind::rollback:
            survey.controls_transactions = true;
            break;
        default:
            break;
    }
    if (classification.transaction_use == sql::TransactionUse::forbidden)
        ++survey.forbidden_in_transaction;
}

void count(FileSurvey& survey, const sql::Statement& statement) {
    ++survey.statements;
    if (!statement.has_parts) return count_kinds(survey, statement.text);
    auto parts = sql::ScriptReader::of_text(statement.text);
    while (const auto part = parts.next()) count_kinds(survey, part->text);
}

void survey_statements(FileSurvey& survey, const migrations::Migration& migration,
                       sql::ScriptReader& reader, bool must_be_closed) {
    const auto next = [&] {
        return in_context("reading " + migration.path.string(), [&] { return reader.next(); });
    };
    while (const auto statement = next()) {
        if (must_be_closed) check_is_closed(migration.path, *statement);
        if (statement->is_meta_command) {
            refuse_meta_command(migration, *statement);
        } else if (!statement->text.empty()) {
            count(survey, *statement);
        }
        add_suppressions(survey.allowed, *statement, migration.path);
    }
}

// With the files that it includes.
void survey_psql(FileSurvey& survey, const migrations::Migration& migration) {
    const auto open = [&survey](const std::filesystem::path& path) -> sql::ScriptReader::Source {
        return [&survey, file = std::make_shared<CheckedFile>(path)](std::span<char> buffer) {
            const std::size_t count = file->read(buffer);
            survey.bytes += count;
            return count;
        };
    };
    in_context("reading " + migration.path.string(), [&] {
        sql::PsqlScript script{migration.path, migration.psql_variables, open};
        while (const auto statement = script.next()) {
            check_is_closed(script.path(), *statement);
            if (!statement->text.empty()) count(survey, *statement);
            add_suppressions(survey.allowed, *statement, script.path());
        }
    });
}

// Checks the file as it stands, of which the tool then takes its texts.
void check_bytes(CheckedFile& file) {
    std::array<char, 64 * 1024> buffer{};
    while (file.read(buffer) > 0) {
    }
}

}  // namespace

FileSurvey survey_file(const migrations::Migration& migration) {
    FileSurvey survey;
    if (migration.through_psql) {
        survey_psql(survey, migration);
        return survey;
    }
    CheckedFile file(migration.path);
    if (migration.texts) {
        check_bytes(file);
        std::vector<migrations::Text> texts = migration.texts();
        // Where the tool has cut the file in the wrong place, the server says so of the piece.
        const bool must_be_closed =
            migration.sends == migrations::Sends::statements || texts.size() == 1;
        for (migrations::Text& text : texts) {
            auto reader = sql::ScriptReader::of_text(std::move(text.sql), text.position);
            survey_statements(survey, migration, reader, must_be_closed);
        }
    } else {
        sql::ScriptReader reader([&](std::span<char> buffer) { return file.read(buffer); });
        survey_statements(survey, migration, reader, true);
    }
    survey.bytes = file.bytes();
    return survey;
}

}  // namespace rehearse::plan
