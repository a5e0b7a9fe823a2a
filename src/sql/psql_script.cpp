#include "rehearse/sql/psql_script.hpp"

#include "rehearse/base/error.hpp"

#include "input.hpp"
#include "psql_file.hpp"
#include "psql_variables.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace rehearse::sql {

namespace fs = std::filesystem;

namespace {

// The rows of \copy from a file.
struct CopyFile {
    CopyFile(ScriptReader::Source source, bool is_binary)
        : raw(std::move(source)), input(raw), binary(is_binary) {
        data.begin();
    }

    std::size_t read(std::span<char> buffer) {
        return binary ? raw(buffer) : data.read(input, position, buffer);
    }

    ScriptReader::Source raw;
    Input input;
    Position position;
    CopyData data;
    bool binary;
};

}  // namespace

struct PsqlScript::Impl {
    Impl(fs::path file, PsqlVariables given, Open opener)
        : variables(std::move(given)), open(std::move(opener)) {
        begin(std::move(file));
    }

    std::optional<Statement> next();

    void begin(fs::path path);
    void include(const fs::path& path);
    void open_copy(const fs::path& path, bool is_binary);
    void check_is_there(const fs::path& path) const;
    [[noreturn]] void fail(const std::string& message, const std::string& hint) const;

    VariableTable variables;
    Open open;
    std::vector<std::unique_ptr<PsqlFile>> files;  // the outermost first
    std::vector<fs::path> canonical;               // of each
    fs::path last_path;                            // of a file that has ended
    std::optional<CopyFile> copy_file;
};

void PsqlScript::Impl::begin(fs::path path) {
    ScriptReader::Source source = open(path);
    std::error_code ignored;
    canonical.push_back(fs::weakly_canonical(path, ignored));
    files.push_back(std::make_unique<PsqlFile>(std::move(path), std::move(source), variables));
}

void PsqlScript::Impl::fail(const std::string& message, const std::string& hint) const {
    const PsqlFile& file = *files.back();
    throw Error(ErrorKind::migrations, file.place(file.command_position()) + ": " + message,
                {hint});
}

void PsqlScript::Impl::check_is_there(const fs::path& path) const {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::exists(status) && !fs::is_directory(status)) return;
    const std::string why = fs::is_directory(status) ? "it is a folder" : error.message();
    fail("cannot read " + path.string() + ": " + why,
         path.is_absolute()
             ? "Put the file there, or name another."
             : "It is looked for from the folder that rehearse is started in, as psql does; \\ir "
               "looks beside the file that it stands in.");
}

void PsqlScript::Impl::include(const fs::path& path) {
    check_is_there(path);
    std::error_code ignored;
    const fs::path real = fs::weakly_canonical(path, ignored);
    if (std::find(canonical.begin(), canonical.end(), real) != canonical.end())
        fail(path.string() + " includes itself",
             "psql would read it again and again: take one of the inclusions out.");
    begin(path);
}

void PsqlScript::Impl::open_copy(const fs::path& path, bool is_binary) {
    check_is_there(path);
    copy_file.emplace(ScriptReader::source_of(path), is_binary);
}

std::optional<Statement> PsqlScript::Impl::next() {
    copy_file.reset();
    try {
        while (!files.empty()) {
            PsqlFile::Found found = files.back()->next();
            if (found.copy_file) open_copy(*found.copy_file, found.copy_is_binary);
            if (found.statement) return std::move(found.statement);
            if (found.include) {
                include(*found.include);
                continue;
            }
            last_path = files.back()->path();
            files.pop_back();
            canonical.pop_back();
        }
        return std::nullopt;
    } catch (Error& error) {
        for (std::size_t i = files.size(); i-- > 1;) {
            const PsqlFile& outer = *files[i - 1];
            error.inside("reading " + files[i]->path().string() + ", which " +
                         outer.place(outer.command_position()) + " includes");
        }
        throw;
    }
}

PsqlScript::PsqlScript(fs::path file, PsqlVariables variables, Open open)
    : impl_(std::make_unique<Impl>(std::move(file), std::move(variables), std::move(open))) {}
PsqlScript::PsqlScript(PsqlScript&&) noexcept = default;
PsqlScript::~PsqlScript() = default;

std::optional<Statement> PsqlScript::next() {
    return impl_->next();
}

const fs::path& PsqlScript::path() const {
    return impl_->files.empty() ? impl_->last_path : impl_->files.back()->path();
}

std::size_t PsqlScript::read_copy_data(std::span<char> buffer) {
    if (impl_->copy_file) return impl_->copy_file->read(buffer);
    return impl_->files.empty() ? 0 : impl_->files.back()->read_copy_data(buffer);
}

}  // namespace rehearse::sql
