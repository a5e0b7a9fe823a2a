#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "adapter.hpp"
#include "checksum.hpp"
#include "texts.hpp"
#include "tool_source.hpp"

#include <algorithm>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kTool = "prisma";
constexpr std::string_view kScript = "migration.sql";
constexpr std::size_t kVersionDigits = 14;

// Prisma Migrate, as `prisma migrate deploy` runs it (schema-engine, commands/apply_migrations.rs).
class PrismaSource final : public ToolSource {
  public:
    PrismaSource(const Folder& folder, const SourceOptions& options);

  private:
    void add(const std::string& name);
    Decision decide(const History& history) const override;
    void record(Migration& migration, const Unit& unit, const History& history) const override;
};

PrismaSource::PrismaSource(const Folder& folder, const SourceOptions& options)
    : ToolSource(kTool, "NUMBER_name/migration.sql", folder, options) {
    for (const std::string& name : folder.subfolders()) {
        std::error_code ignored;
        if (!fs::exists(fs::symlink_status(folder.path() / name / kScript, ignored))) {
            throw Error(
                ErrorKind::migrations,
                "the migration " + name + " in " + folder.path().string() + " has no migration.sql",
                {"Remove the folder or put its migration.sql back; prisma stops there."});
        }
        add(name);
    }
    finish_listing(folder, {});
}

void PrismaSource::add(const std::string& name) {
    Unit unit;
    unit.key = name;
    const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
    const bool is_numbered =
        digits == kVersionDigits && digits < name.size() && name[digits] == '_';
    unit.migration.version = is_numbered ? name.substr(0, digits) : name;
    if (is_numbered) unit.migration.name = name.substr(digits + 1);
    unit.migration.path = folder() / name / kScript;
    unit.migration.transaction_mode = TransactionMode::whole_file_query;
    unit.migration.sends = Sends::texts;
    units_.push_back(std::move(unit));
}

Decision PrismaSource::decide(const History& history) const {
    Decision decision;
    std::set<std::string> applied;
    for (const auto& row : history.rows) {
        if (row[2]) continue;  // rolled back
        const std::string name = text_of(row[0]);
        applied.insert(name);
        if (row[1]) continue;
        decision.findings.push_back(
            refusal("P3009: the migration " + name +
                        " was begun and has not finished: prisma migrate deploy stops there",
                    "Mend production and mark it with 'prisma migrate resolve', or take another "
                    "snapshot if this one was taken while it ran.",
                    name));
    }
    if (has_refusal(decision.findings)) return decision;
    return pending_unless_in(applied);
}

void PrismaSource::record(Migration& migration, const Unit& unit, const History& history) const {
    const std::string name = quoted_literal(unit.key);
    const std::string checksum = digest_of(read_migration(migration.path), Digest::sha256);
    migration.record_before = {history.insert({{"id", "pg_catalog.gen_random_uuid()"},
                                               {"checksum", quoted_literal(checksum)},
                                               {"migration_name", name}})};
    migration.record_after = {"UPDATE " + history.quoted() +
                              " SET finished_at = pg_catalog.now(), applied_steps_count = 1 "
                              "WHERE migration_name = " +
                              name + " AND finished_at IS NULL AND rolled_back_at IS NULL"};
    migration.after_failure = "prisma's history says that " + unit.key +
                              " has failed: migrate deploy stops with P3009 until somebody mends "
                              "the schema and resolves it";
}

}  // namespace

constinit const Adapter kPrisma{
    kTool,
    [](const Folder& folder, const SourceOptions& options) -> std::unique_ptr<MigrationSource> {
        return std::make_unique<PrismaSource>(folder, options);
    }};

}  // namespace rehearse::migrations
