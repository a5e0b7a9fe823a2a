#include "drizzle_journal.hpp"

#include "rehearse/base/error.hpp"

#include "texts.hpp"

#include <nlohmann/json.hpp>

namespace rehearse::migrations {

namespace {

using nlohmann::json;

[[noreturn]] void fail(const fs::path& file, const std::string& message) {
    throw Error(ErrorKind::migrations, file.string() + " " + message,
                {"Take the file from version control, or let drizzle-kit write it again; drizzle "
                 "reads it before anything else."});
}

void check_dialect(const fs::path& file, const json& journal) {
    const std::string dialect = journal.value("dialect", "postgresql");
    if (dialect == "postgresql" || dialect == "pg") return;
    throw Error(ErrorKind::migrations,
                file.string() + " is for " + dialect + " and not for PostgreSQL",
                {"Give the folder of the PostgreSQL schema with --migrations DIR."});
}

}  // namespace

std::vector<DrizzleEntry> read_drizzle_journal(const fs::path& file) {
    const json journal = json::parse(read_migration(file), nullptr, false);
    if (!journal.is_object()) fail(file, "is not a JSON object");
    std::vector<DrizzleEntry> entries;
    try {
        check_dialect(file, journal);
        for (const json& entry : journal.at("entries")) {
            entries.push_back(
                {entry.at("tag").get<std::string>(), entry.at("when").get<std::int64_t>()});
        }
    } catch (const json::exception&) {
        fail(file, "is not a journal: each of its \"entries\" has a \"tag\" and a \"when\"");
    }
    return entries;
}

}  // namespace rehearse::migrations
