#include "rehearse/migrations/change.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/text.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

class Git {
  public:
    Git(const fs::path& folder, process::ProcessRunner& runner)
        : folder_(folder), runner_(runner) {}

    process::ProcessResult run(std::vector<std::string> args) const {
        process::ProcessSpec spec;
        spec.program = "git";
        spec.args = {"-C", folder_.string()};
        spec.args.insert(spec.args.end(), args.begin(), args.end());
        // A folder may hold very many files, and every name counts.
        spec.keep_output_bytes = std::size_t{64} << 20;
        return runner_.run(spec);
    }

    // For what cannot fail once the folder and the ref are known to be good.
    std::string output_of(std::vector<std::string> args) const {
        const auto result = run(args);
        if (!result.ok()) {
            throw Error(ErrorKind::usage, "git " + args.front() + " failed in " + folder_.string())
                .with_output(result.err);
        }
        return result.out;
    }

  private:
    fs::path folder_;
    process::ProcessRunner& runner_;
};

void check_checkout(const Git& git, const std::string& ref, const fs::path& folder) {
    const auto result = git.run({"rev-parse", "--is-inside-work-tree"});
    if (result.ok() && trimmed(result.out) == "true") return;
    throw Error(ErrorKind::usage,
                "--since " + ref + " needs a git checkout, and " + folder.string() +
                    " is not in one that git can read",
                {"Leave --since out, or give the folder inside your checkout."})
        .with_output(result.err);
}

void check_ref(const Git& git, const std::string& ref) {
    const auto is_commit = [&](const std::string& name) {
        return git.run({"rev-parse", "--verify", "--quiet", name + "^{commit}"}).ok();
    };
    // A leading dash would be an option to git.
    const bool is_name = !ref.empty() && !ref.starts_with('-');
    if (is_name && is_commit(ref)) return;
    Error error(ErrorKind::usage, "--since " + ref + ": git knows no such commit, branch or tag");
    if (is_name && is_commit("origin/" + ref)) error.with_hint("Did you mean origin/" + ref + "?");
    throw error.with_hint("Fetch it first; a CI checkout often has one branch only.");
}

std::string merge_base(const Git& git, const std::string& ref) {
    const auto result = git.run({"merge-base", ref, "HEAD"});
    if (result.ok()) return std::string(trimmed(result.out));
    throw Error(ErrorKind::usage, "--since " + ref + " and HEAD have no commit in common",
                {"A shallow clone lacks it: run 'git fetch --unshallow', or check out with the "
                 "whole history."})
        .with_output(result.err);
}

}  // namespace

std::vector<fs::path> files_added_since(const std::string& ref, const fs::path& folder,
                                        process::ProcessRunner& runner) {
    const Git git(folder, runner);
    check_checkout(git, ref, folder);
    check_ref(git, ref);
    const std::string base = merge_base(git, ref);
    // Against the files as they lie there, so that what is staged or edited but not committed
    // counts. A renumbered migration is a new one: renames are not followed.
    const std::string tracked =
        git.output_of({"diff", "--name-only", "--no-renames", "--diff-filter=A", "--relative",
                       "--no-ext-diff", "-z", base, "--", "."});
    const std::string untracked =
        git.output_of({"ls-files", "--others", "--exclude-standard", "-z", "--", "."});
    std::vector<fs::path> files;
    for (const std::string& name : split(tracked + untracked, '\0')) {
        if (!name.empty()) files.push_back(fs::weakly_canonical(folder / name));
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

}  // namespace rehearse::migrations
