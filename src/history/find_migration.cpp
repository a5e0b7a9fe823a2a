#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"
#include "rehearse/history/run.hpp"
#include "rehearse/report/layout.hpp"

#include <algorithm>
#include <functional>

namespace rehearse::history {

namespace {

using Keys = std::vector<const MigrationKey*>;

// What a migration is called, without a part being left out.
std::vector<std::string> names_of(const MigrationKey& key) {
    return {key.version, key.name,
            key.title(), key.version + "_" + key.name,
            key.path,    fs::path(key.path).filename().string()};
}

std::string_view without_zeros(std::string_view number) {
    return number.substr(std::min(number.find_first_not_of('0'), number.size()));
}

bool is_called(const MigrationKey& key, const std::string& wanted) {
    // As with --only: 42 is 0042.
    if (!wanted.empty() && without_zeros(key.version) == without_zeros(wanted)) return true;
    const auto names = names_of(key);
    return std::find(names.begin(), names.end(), wanted) != names.end();
}

bool is_called_in_part(const MigrationKey& key, const std::string& wanted) {
    const auto names = names_of(key);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return lower_cased(name).find(lower_cased(wanted)) != std::string::npos;
    });
}

Keys keys_that(const std::vector<MigrationKey>& known,
               const std::function<bool(const MigrationKey&)>& fit) {
    Keys found;
    for (const auto& key : known) {
        if (fit(key)) found.push_back(&key);
    }
    return found;
}

Error ambiguous(const std::string& wanted, const Keys& found) {
    constexpr std::size_t kListed = 8;
    std::vector<std::string> paths;
    for (const auto* key : found) {
        if (paths.size() < kListed) paths.push_back(report::printable(key->path));
    }
    if (found.size() > kListed) paths.push_back("...");
    return Error(ErrorKind::usage,
                 "'" + wanted + "' fits " + std::to_string(found.size()) + " migrations",
                 {"Name one of them: " + join(paths, ", ")});
}

Error unknown(const std::string& wanted, const std::vector<MigrationKey>& known) {
    Error error(ErrorKind::usage, "no run has a migration '" + wanted + "'");
    std::vector<std::string> names;
    for (const auto& key : known) {
        for (auto& name : names_of(key)) names.push_back(std::move(name));
    }
    if (const auto near = nearest(wanted, names))
        error.with_hint("Did you mean '" + report::printable(*near) + "'?");
    error.with_hint("'rehearse history --format json' lists the migrations of each run.");
    return error;
}

}  // namespace

const MigrationKey& find_migration(const std::string& wanted,
                                   const std::vector<MigrationKey>& known) {
    auto found = keys_that(known, [&](const auto& key) { return is_called(key, wanted); });
    if (found.empty() && !wanted.empty()) {
        found = keys_that(known, [&](const auto& key) { return is_called_in_part(key, wanted); });
    }
    if (found.empty()) throw unknown(wanted, known);
    if (found.size() > 1) throw ambiguous(wanted, found);
    return *found.front();
}

}  // namespace rehearse::history
