#include "flyway_script.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/sql/script.hpp"

#include "checksum.hpp"
#include "settings_file.hpp"

#include <algorithm>
#include <regex>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Those that Flyway sees. What it does not see and PostgreSQL still refuses in a transaction, such
// as REINDEX INDEX CONCURRENTLY, fails there as it does here.
bool is_seen_as_non_transactional(const sql::Statement& statement) {
    static const std::regex pattern(
        "^(CREATE|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION)\\b"
        "|^ALTER SYSTEM\\b"
        "|^(CREATE|DROP)( UNIQUE)? INDEX CONCURRENTLY\\b"
        "|^REINDEX( VERBOSE)? (SCHEMA|DATABASE|SYSTEM)\\b"
        "|^VACUUM\\b"
        "|^DISCARD ALL\\b",
        std::regex::icase);
    constexpr std::size_t kEnough = 200;
    const std::string words = sql::normalized(std::string_view(statement.text).substr(0, kEnough));
    return std::regex_search(words, pattern);
}

// Reading each statement of a large script only to find none of these words would take long.
bool may_have_one(std::string_view text) {
    const std::string lower = lower_cased(text);
    for (const char* word : {"concurrently", "vacuum", "database", "tablespace", "subscription",
                             "system", "reindex", "discard"}) {
        if (lower.find(word) != std::string::npos) return true;
    }
    return false;
}

}  // namespace

std::int32_t flyway_checksum(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    std::uint32_t checksum = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        checksum = crc32_of(text.substr(0, end), checksum);
        const bool is_pair = text.substr(end).starts_with("\r\n");
        text.remove_prefix(std::min(end + (is_pair ? 2 : 1), text.size()));
    }
    return static_cast<std::int32_t>(checksum);
}

FlywayScript flyway_script(std::string_view text, const fs::path& path) {
    FlywayScript script;
    bool has_transactional = false;
    bool has_other = false;
    if (may_have_one(text)) {
        auto reader = sql::ScriptReader::of_text(std::string(text));
        while (const auto statement = reader.next()) {
            if (statement->text.empty()) continue;
            (is_seen_as_non_transactional(*statement) ? has_other : has_transactional) = true;
        }
    }
    script.in_transaction = !has_other;
    script.is_mixed = has_other && has_transactional;
    const auto settings = read_settings(path.string() + ".conf");
    if (const auto found = settings.find("executeInTransaction"); found != settings.end()) {
        script.in_transaction = is_true(found->second);
        script.is_mixed = false;
    }
    if (const auto found = settings.find("shouldExecute"); found != settings.end())
        script.runs = is_true(found->second);
    if (const auto found = settings.find("placeholderReplacement"); found != settings.end())
        script.replaces_placeholders = is_true(found->second);
    return script;
}

}  // namespace rehearse::migrations
