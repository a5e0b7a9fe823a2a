#include "rehearse/migrations/migration.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "numbering.hpp"

#include <algorithm>

namespace rehearse::migrations {

std::string_view to_string(TransactionMode mode) {
    switch (mode) {
        case TransactionMode::whole_file_query:
            return "whole_file_query";
        case TransactionMode::one_transaction:
            return "one_transaction";
        case TransactionMode::autocommit:
            return "autocommit";
        case TransactionMode::one_transaction_for_all:
            return "one_transaction_for_all";
        case TransactionMode::pipeline:
            return "pipeline";
    }
    return "";
}

Pending MigrationSource::pending(pg::AdminSession& scratch) const {
    return pending(*history_in(scratch));
}

bool is_meant_by(const Migration& migration, std::string_view text) {
    if (text == migration.version) return true;
    if (const Numbering number(text); !number.empty())
        return number == Numbering(migration.version);
    if (text == migration.version + "_" + migration.name) return true;
    const std::string file = migration.path.filename().string();
    return !text.empty() && file.starts_with(text) &&
           (file.size() == text.size() || file[text.size()] == '.');
}

std::optional<SourceFinding> finding_about_ignored(const std::vector<std::string>& files,
                                                   std::string_view expected) {
    constexpr std::size_t kListed = 5;
    if (files.empty()) return std::nullopt;
    std::vector<std::string> names(
        files.begin(),
        files.begin() + static_cast<std::ptrdiff_t>(std::min(files.size(), kListed)));
    if (files.size() > kListed) names.push_back(std::to_string(files.size() - kListed) + " more");
    return SourceFinding{SourceFinding::Severity::note, "",
                         "not taken for migrations: " + join(names, ", "),
                         "Migrations are named " + std::string(expected) + "."};
}

std::size_t index_meant_by(const std::vector<Migration>& migrations, const std::string& text,
                           std::string_view option) {
    const auto found = std::find_if(migrations.begin(), migrations.end(),
                                    [&](const auto& one) { return is_meant_by(one, text); });
    if (found != migrations.end()) return static_cast<std::size_t>(found - migrations.begin());

    std::vector<std::string> known;
    for (const Migration& migration : migrations) known.push_back(migration.version);
    Error error(ErrorKind::usage, std::string(option) + " " + text + ": no such migration");
    if (const auto near = nearest(text, known)) error.with_hint("Did you mean " + *near + "?");
    throw error.with_hint("The folder has " + known.front() + " to " + known.back() + ".");
}

}  // namespace rehearse::migrations
