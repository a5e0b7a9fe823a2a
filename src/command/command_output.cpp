#include "command_output.hpp"

#include "rehearse/base/files.hpp"

namespace rehearse::command {

namespace {

constexpr std::size_t kLastLines = 10;

}  // namespace

CommandOutput::CommandOutput(const std::filesystem::path& file, const std::string& password) {
    redactor_.add_secret(password);
    write_file_atomically(file, "");  // which makes it private
    file_.open(file, std::ios::binary | std::ios::app);
}

void CommandOutput::add(const std::string& line) {
    last_.push_back(redactor_.redacted(line));
    file_ << last_.back() << '\n' << std::flush;
    if (last_.size() > kLastLines) last_.pop_front();
}

std::string CommandOutput::tail() const {
    std::string text;
    for (const std::string& line : last_) text += line + "\n";
    return text;
}

}  // namespace rehearse::command
