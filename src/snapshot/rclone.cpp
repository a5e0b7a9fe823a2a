#include "snapshot/rclone.hpp"

#include "rehearse/base/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace rehearse::snapshot {

namespace {

// rclone's exit code for a directory that is not there.
constexpr int kNoDirectory = 3;

// What it says once a second: "1.2 GiB / 10 GiB, 12%, 30 MiB/s, ETA 5m".
const std::vector<std::string> kStats{"--stats", "1s", "--stats-one-line", "--stats-log-level",
                                      "NOTICE"};

process::ProcessSpec spec_of(std::vector<std::string> args) {
    process::ProcessSpec spec;
    spec.program = "rclone";
    spec.args = std::move(args);
    // It tells times in the zone of its own, and nobody would answer its question for the password
    // of its configuration.
    spec.env = {{"TZ", "UTC"}, {"RCLONE_ASK_PASSWORD", "false"}};
    spec.keep_output_bytes = std::size_t{64} << 20;
    return spec;
}

bool knows_no_such_remote(const process::ProcessResult& result) {
    return result.err.find("didn't find section in config file") != std::string::npos;
}

}  // namespace

Error Rclone::failure(const std::string& what, const process::ProcessResult& result) const {
    Error error(ErrorKind::snapshot, "rclone cannot " + what);
    if (knows_no_such_remote(result)) {
        error.with_hint(
            "rclone has no remote of this name; 'rclone listremotes' tells which it has, "
            "'rclone config' and the RCLONE_CONFIG_... variables make one.");
        error.with_hint("A folder with a colon in its name is ./" + place_ + ".");
    } else if (result.exit_code == kNoDirectory) {
        error.with_hint("There is no such folder: look at the path behind the colon of " + place_ +
                        ".");
    } else {
        error.with_hint("Try it by hand: rclone lsf " + place_);
    }
    return error.with_output(result.err);
}

std::string Rclone::path_of(const std::string& name) const {
    const bool joined = place_.ends_with(':') || place_.ends_with('/');
    return place_ + (joined ? "" : "/") + name;
}

std::vector<Rclone::Entry> Rclone::entries_in(const std::string& json) const try {
    std::vector<Entry> entries;
    for (const auto& one : nlohmann::json::parse(json)) {
        Entry entry{one.at("Name"), one.at("IsDir"), {}, one.value("ModTime", "")};
        const auto size = one.value("Size", std::int64_t{-1});
        if (size >= 0) entry.size_bytes = static_cast<std::uint64_t>(size);
        entries.push_back(std::move(entry));
    }
    return entries;
} catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::snapshot, "rclone's list of " + place_ + " cannot be read",
                {"Look at it by hand: rclone lsjson " + place_});
}

std::vector<Rclone::Entry> Rclone::entries() {
    return entries_in(run({"lsjson", place_}, "list " + place_));
}

bool Rclone::has(const std::string& name) {
    const auto result = runner_.run(spec_of({"lsjson", place_}));
    if (result.exit_code == kNoDirectory) return false;
    if (!result.ok()) throw failure("list " + place_, result);
    const auto entries = entries_in(result.out);
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.name == name; });
}

std::string Rclone::run(std::vector<std::string> args, const std::string& what,
                        Progress* progress) {
    if (progress != nullptr) args.insert(args.end(), kStats.begin(), kStats.end());
    auto spec = spec_of(std::move(args));
    spec.on_stderr_line = [progress](const std::string& line) {
        const auto said = line.find("NOTICE:");
        if (progress == nullptr || said == std::string::npos) return;
        if (line.find("ETA", said) == std::string::npos) return;
        progress->update(0, std::nullopt, Progress::Unit::none,
                         std::string(trimmed(std::string_view(line).substr(said + 7))));
    };
    auto result = runner_.run(spec);
    if (!result.ok()) throw failure(what, result);
    return std::move(result.out);
}

std::string Rclone::run_with_input(std::vector<std::string> args, std::string input,
                                   const std::string& what) {
    auto spec = spec_of(std::move(args));
    spec.stdin_text = std::move(input);
    auto result = runner_.run(spec);
    if (!result.ok()) throw failure(what, result);
    return std::move(result.out);
}

std::optional<std::string> Rclone::run_to_clean_up(std::vector<std::string> args) {
    auto result = runner_.run_to_clean_up(spec_of(std::move(args)));
    return result.ok() ? std::optional{std::move(result.out)} : std::nullopt;
}

}  // namespace rehearse::snapshot
