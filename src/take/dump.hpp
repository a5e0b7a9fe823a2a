#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/base/files.hpp"
#include "rehearse/base/progress.hpp"
#include "rehearse/pg/production_session.hpp"
#include "rehearse/process/process.hpp"
#include "rehearse/take/take.hpp"

#include <string>
#include <vector>

namespace rehearse::take {

// PostgreSQL's client programs against production, and where they are.
struct Clients {
    fs::path folder;
    pg::ProductionAddress address;
    process::ProcessRunner& runner;
};

// pg_dumpall --roles-only without passwords.
void dump_roles(const Clients& clients, const std::string& database, const fs::path& file);

// pg_dump in directory format. `session` tells how far it is.
void dump_database(const Clients& clients, const TakeOptions& options,
                   const std::vector<pg::TableTraffic>& tables, pg::ProductionSession& session,
                   const fs::path& folder, Progress& progress);

// Why pg_dump or pg_dumpall failed, from what it wrote on stderr.
Error failure_of(const std::string& program, const std::string& output);

}  // namespace rehearse::take
