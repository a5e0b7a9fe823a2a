#pragma once

#include "rehearse/base/time.hpp"
#include "rehearse/pg/production_address.hpp"
#include "rehearse/pg/production_facts.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rehearse::pg {

// Reads production beside what it does: default_transaction_read_only is on, every question is a
// READ ONLY transaction of its own with a statement_timeout and a lock_timeout, and none needs more
// than pg_monitor. An interrupt cancels it on the server. Errors come as Error(snapshot) with what
// to do about them. Never leaves its thread.
class ProductionSession {
  public:
    // No question waits longer than `lock_timeout` for a lock.
    ProductionSession(const ProductionAddress& where, Millis lock_timeout);
    ProductionSession(ProductionSession&&) noexcept;
    ~ProductionSession();

    // The host and port that answered, and its address as numbers (empty for a Unix socket).
    std::string host() const;
    std::string numeric_address() const;
    std::string port() const;

    ProductionIdentity read_identity();
    // What keeps this role from dumping the whole database; empty: nothing does.
    std::vector<MissingRight> read_missing_rights();
    std::vector<ParameterSetting> read_settings();
    // Of this database and of all. Parameters of extensions and of applications (with a dot in
    // their name) are left out: applications keep secrets there.
    std::vector<SettingOverride> read_setting_overrides();
    Traffic read_traffic();
    TopQueries read_top_queries();
    // Bytes that the sessions of our pg_dump have copied of each table that they are at; empty
    // before PostgreSQL 14, and when it cannot be told just now.
    std::map<Oid, std::int64_t> read_copied_bytes() noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// What to do about what a server, libpq or a client program says when production is read; empty
// for what is not known.
std::vector<std::string> hints_about_production(std::string_view message);

}  // namespace rehearse::pg
