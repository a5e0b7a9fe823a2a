#include "support/folder_fixture.hpp"

#include <unistd.h>

#include <atomic>
#include <fstream>

namespace rehearse::test {

namespace {

std::string fresh_name() {
    static std::atomic<int> count = 0;
    return "rehearse-test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

}  // namespace

FilledFolder::FilledFolder() : temporary_(default_temp_folder(), fresh_name()) {
    fs::create_directory(folder());
}

fs::path FilledFolder::write(const fs::path& name, std::string_view content) const {
    const fs::path path = folder() / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

void FilledFolder::write_all(const std::vector<std::string>& names) const {
    for (const std::string& name : names) write(name);
}

}  // namespace rehearse::test
