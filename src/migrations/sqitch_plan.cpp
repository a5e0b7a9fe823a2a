#include "sqitch_plan.hpp"

#include "rehearse/base/text.hpp"

#include "checksum.hpp"
#include "texts.hpp"

#include <algorithm>
#include <regex>

namespace rehearse::migrations {

namespace {

// name [dependencies] timestamp planner <mail> # note
const std::regex& change_pattern() {
    static const std::regex pattern(
        R"re(^[+-]?\s*(\S+)\s+(?:\[([^\]]*)\]\s+)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s+(.*?)\s*<([^>]*)>\s*(?:#\s?(.*))?$)re");
    return pattern;
}

std::string unescaped_note(const std::string& note) {
    std::string text;
    for (std::size_t i = 0; i < note.size(); ++i) {
        if (note[i] != '\\' || i + 1 == note.size()) {
            text += note[i];
            continue;
        }
        ++i;
        text += note[i] == 'n' ? '\n' : note[i] == 'r' ? '\r' : note[i];
    }
    return std::string(trimmed(text));
}

void add_dependencies(SqitchChange& change, const std::string& listed) {
    for (std::string word : split(listed, ' ')) {
        if (word.empty()) continue;
        const bool conflicts = word.front() == '!';
        if (conflicts || word.front() == ':') word.erase(0, 1);
        (conflicts ? change.conflicts : change.requirements).push_back(word);
    }
}

// What the id is the digest of (lib/App/Sqitch/Plan/Change.pm).
std::string info_of(const SqitchPlan& plan, const SqitchChange& change, const std::string& parent) {
    std::vector<std::string> lines{"project " + plan.project};
    if (!plan.uri.empty()) lines.push_back("uri " + plan.uri);
    lines.push_back("change " + change.name);
    if (!parent.empty()) lines.push_back("parent " + parent);
    lines.push_back("planner " + change.planner_name + " <" + change.planner_email + ">");
    lines.push_back("date " + change.timestamp);
    if (!change.requirements.empty()) lines.emplace_back("requires");
    for (const std::string& one : change.requirements) lines.push_back("  + " + one);
    if (!change.conflicts.empty()) lines.emplace_back("conflicts");
    for (const std::string& one : change.conflicts) lines.push_back("  - " + one);
    if (!change.note.empty()) {
        lines.emplace_back("");
        lines.push_back(change.note);
    }
    return join(lines, "\n");
}

// Every instance of a reworked change but the newest has its scripts under the tag that came next.
void name_scripts(SqitchPlan& plan) {
    for (std::size_t i = 0; i < plan.changes.size(); ++i) {
        SqitchChange& change = plan.changes[i];
        change.script = change.name;
        const bool is_reworked = std::any_of(
            plan.changes.begin() + static_cast<std::ptrdiff_t>(i) + 1, plan.changes.end(),
            [&](const SqitchChange& later) { return later.name == change.name; });
        if (!is_reworked) continue;
        for (std::size_t j = i; j < plan.changes.size(); ++j) {
            if (plan.changes[j].tags.empty()) continue;
            change.script += plan.changes[j].tags.front();
            break;
        }
    }
}

}  // namespace

SqitchPlan read_sqitch_plan(const fs::path& file) {
    SqitchPlan plan;
    const std::string text = read_migration(file);
    for (const Line& each : lines_of(text)) {
        const std::string_view line = trimmed(each.text);
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '%') {
            const std::size_t equals = std::min(line.find('='), line.size());
            const std::string name(trimmed(line.substr(1, equals - 1)));
            const std::string value(trimmed(line.substr(std::min(equals + 1, line.size()))));
            if (name == "project") plan.project = value;
            if (name == "uri") plan.uri = value;
            continue;
        }
        std::smatch match;
        const std::string words(line);
        if (!std::regex_match(words, match, change_pattern())) {
            throw error_at(file, each.number, "neither a change nor a tag of a sqitch plan",
                           "A change is: name [dependencies] 2026-01-31T10:00:00Z Name <mail> # "
                           "note");
        }
        if (match[1].str().front() == '@') {
            if (!plan.changes.empty()) plan.changes.back().tags.push_back(match[1]);
            continue;
        }
        SqitchChange change;
        change.name = match[1];
        add_dependencies(change, match[2]);
        change.timestamp = match[3];
        change.planner_name = match[4];
        change.planner_email = match[5];
        change.note = unescaped_note(match[6]);
        change.line = each.number;
        const std::string parent = plan.changes.empty() ? "" : plan.changes.back().id;
        const std::string info = info_of(plan, change, parent);
        change.id = digest_of("change " + std::to_string(info.size()) + std::string(1, '\0') + info,
                              Digest::sha1);
        plan.changes.push_back(std::move(change));
    }
    name_scripts(plan);
    return plan;
}

}  // namespace rehearse::migrations
