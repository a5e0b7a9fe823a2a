#include "history/schema.hpp"

#include "rehearse/base/error.hpp"

#include "queries.hpp"

#include <array>

namespace rehearse::history {

namespace {

// "rhea": tells our files from other programs' (PRAGMA application_id).
constexpr std::int64_t kApplicationId = 0x72686561;

constexpr std::array kSteps{queries::kSchema1.text, queries::kSchema2.text};

std::size_t checked_version(Database& database, std::size_t newest) {
    const bool is_empty = database.number("SELECT count(*) FROM sqlite_schema") == 0;
    if (!is_empty && database.number("PRAGMA application_id") != kApplicationId) {
        throw Error(ErrorKind::usage, database.file().string() + " is of another program",
                    {"Move it away, or give another folder with --state."});
    }
    const auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
    if (version > newest) {
        throw Error(ErrorKind::usage,
                    "the history " + database.file().string() + " is of a newer rehearse (schema " +
                        std::to_string(version) + ", this one knows " + std::to_string(newest) +
                        ")",
                    {"Use the newer rehearse, or give another folder with --state."});
    }
    return version;
}

}  // namespace

std::span<const std::string_view> schema_steps() {
    return kSteps;
}

void bring_up_to_date(Database& database, std::span<const std::string_view> steps) {
    if (checked_version(database, steps.size()) == steps.size()) return;
    Transaction transaction(database, Transaction::Kind::write);
    // Again, because another process may have done it meanwhile.
    for (const auto step : steps.subspan(checked_version(database, steps.size()))) {
        database.execute(std::string{step});
    }
    database.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.execute("PRAGMA user_version = " + std::to_string(steps.size()));
    transaction.commit();
}

}  // namespace rehearse::history
