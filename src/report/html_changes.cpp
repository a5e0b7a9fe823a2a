#include "report/html_changes.hpp"

#include "report/html_escape.hpp"
#include "report/phrases.hpp"

#include <algorithm>

namespace rehearse::report {

namespace {

constexpr std::size_t kListed = 20;

// "column_added" -> "column added"
std::string words_of(std::string change) {
    std::replace(change.begin(), change.end(), '_', ' ');
    return change;
}

std::string change_text(const ChangePart& change, const MigrationPart& migration) {
    auto text = html_code(change.relation) + " " + html(words_of(change.change));
    if (!change.name.empty()) text += " " + html_code(change.name);
    if (!change.detail.empty()) text += html(": " + change.detail);
    const auto* by = change.statement ? find_statement(migration, *change.statement) : nullptr;
    if (by == nullptr) return text;
    return text + element("span", "quiet", html(", line " + std::to_string(by->line)));
}

}  // namespace

std::string html_changes(const MigrationPart& migration) {
    const auto all = migration.changes.size() + migration.rows_changed.size();
    if (all == 0) return {};
    std::string items;
    std::size_t listed = 0;
    const auto add = [&](const std::string& text) {
        if (++listed <= kListed) items += element("li", "", text) + "\n";
    };
    for (const auto& change : migration.changes) add(change_text(change, migration));
    for (const auto& rows : migration.rows_changed) add(html(rows_changed_phrase(rows)));
    if (all > kListed) {
        items += element("li", "quiet",
                         "and " + std::to_string(all - kListed) + " more, in report.json") +
                 "\n";
    }
    return element("h3", "", "What it changed") + "\n" + element("ul", "changes", items) + "\n";
}

}  // namespace rehearse::report
