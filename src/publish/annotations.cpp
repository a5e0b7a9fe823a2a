#include "rehearse/base/text.hpp"

#include "publish/texts.hpp"

#include <algorithm>

namespace rehearse::publish {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestMessage = 8'000;  // GitHub takes 64 kB
constexpr std::size_t kLongestTitle = 200;

bool is_within(const fs::path& folder, const fs::path& top) {
    const auto inside = folder.lexically_relative(top);
    return !top.empty() && !inside.empty() && *inside.begin() != "..";
}

// As the repository names it; empty for a file that is not in it.
std::string path_in_repository(const PublishOptions& options, const std::string& path) {
    const auto workspace = options.workspace.lexically_normal();
    fs::path inside = fs::path{path}.lexically_normal();
    if (inside.is_absolute()) {
        if (workspace.empty()) return {};
        inside = inside.lexically_relative(workspace);
    } else if (const auto from = options.working_folder.lexically_normal();
               is_within(from, workspace)) {
        inside = (from / inside).lexically_normal().lexically_relative(workspace);
    }
    if (inside.empty() || *inside.begin() == "..") return {};
    return inside.generic_string();
}

std::string level_of_label(const std::string& label) {
    return label == "noisy" ? "warning" : "failure";
}

std::string level_of_severity(const std::string& severity) {
    if (severity == "danger") return "failure";
    return severity == "warning" ? "warning" : "notice";
}

// Of the failed statement, else of the one that took longest.
int line_of_label(const report::MigrationPart& migration) {
    if (migration.error) return migration.error->line;
    const auto slowest =
        std::max_element(migration.statements.begin(), migration.statements.end(),
                         [](const auto& a, const auto& b) { return a.elapsed_ms < b.elapsed_ms; });
    return slowest == migration.statements.end() ? 1 : slowest->line;
}

Annotation annotation(const std::string& path, int line, const std::string& level,
                      const std::string& title, const std::string& message) {
    return {path, std::max(line, 1), level, one_line(title, kLongestTitle),
            shortened(message, kLongestMessage)};
}

}  // namespace

std::vector<Annotation> annotations_of(const report::Report& report,
                                       const PublishOptions& options) {
    std::vector<Annotation> annotations;
    for (const auto& migration : report.migrations) {
        const auto path = path_in_repository(options, migration.path);
        if (!migration.in_change || path.empty()) continue;
        if (migration.label != "ok" && migration.label != "not_run") {
            annotations.push_back(annotation(path, line_of_label(migration),
                                             level_of_label(migration.label), migration.label,
                                             public_reason(migration, options.mask_literals)));
        }
        for (const auto& finding : migration.findings) {
            if (!finding.allowed_because.empty()) continue;
            auto message = finding.message;
            if (!finding.instead.empty()) message += "\nInstead: " + finding.instead;
            annotations.push_back(annotation(path, finding.line.value_or(1),
                                             level_of_severity(finding.severity), finding.rule,
                                             message));
        }
    }
    return annotations;
}

}  // namespace rehearse::publish
