#pragma once

#include "rehearse/process/process.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rehearse::snapshot {

// The output of sha256sum for these files of a folder, in their order: a line a file, as it would
// print it there. `each` gets the number of a file, from 0, and its line, as soon as it is printed.
using EachLine = std::function<void(std::size_t, const std::string&)>;
std::string sha256_lines(const std::filesystem::path& folder, const std::vector<std::string>& names,
                         process::ProcessRunner& runner, const EachLine& each = {});
std::string sha256_of_file(const std::filesystem::path& file, process::ProcessRunner& runner);
std::string sha256_of_text(const std::string& text, process::ProcessRunner& runner);

// The digest that a line of sha256sum begins with.
std::string digest_of(const std::string& line);

}  // namespace rehearse::snapshot
