#include "integration/restore_source.hpp"

#include "rehearse/base/text.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace rehearse::restore::test {

using rehearse::test::LocalPostgres;

namespace {

constexpr const char* kRolesAndDatabase = R"(
CREATE ROLE app_owner; CREATE ROLE "Read Only"; CREATE ROLE policy_user;
CREATE ROLE default_acl_user; CREATE ROLE settings_user;
CREATE DATABASE "Shop Floor" OWNER app_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
ALTER DATABASE "Shop Floor" SET work_mem = '32MB';
ALTER DATABASE "Shop Floor" SET "TimeZone" = 'Europe/Vienna';
ALTER DATABASE "Shop Floor" SET default_transaction_read_only = on;
ALTER DATABASE "Shop Floor" SET statement_timeout = '7min';
ALTER ROLE settings_user IN DATABASE "Shop Floor" SET search_path = sales;
REVOKE ALL ON DATABASE "Shop Floor" FROM PUBLIC;
GRANT CONNECT ON DATABASE "Shop Floor" TO "Read Only";
COMMENT ON DATABASE "Shop Floor" IS 'it''s the shop';
)";

std::string ran(const process::ProcessResult& result) {
    if (!result.ok()) throw std::runtime_error(result.err);
    return result.out;
}

}  // namespace

Production& Production::instance() {
    static Production production;
    return production;
}

Production::Production()
    : server_(*LocalPostgres::instance()),
      folder_(default_temp_folder(), "rehearse-restore-" + std::to_string(getpid())) {
    run_sql(kRolesAndDatabase, "postgres");
    const fs::path script = fs::path(REHEARSE_SOURCE_DIR) / "tests/integration/restore_source.sql";
    run_sql("SET default_transaction_read_only = off;\n" + read_file(script));
}

void Production::run_sql(const std::string& sql, const std::string& database) {
    ran(server_.run_client("psql", {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"}, database,
                           sql));
}

fs::path Production::dump(const std::string& name, const std::vector<std::string>& args) {
    const fs::path path = folder_.path() / name;
    remove_tree(path);
    std::vector<std::string> all = args;
    all.push_back("--file=" + path.string());
    ran(server_.run_client("pg_dump", all, kDatabase));
    return path;
}

fs::path Production::piped_dump(const std::string& name) {
    // The runner reads stdout through a pipe.
    return write(name, ran(server_.run_client("pg_dump", {"-Fc"}, kDatabase)));
}

std::string Production::run_client(const std::string& program,
                                   const std::vector<std::string>& args) {
    return ran(server_.run_client(program, args, kDatabase));
}

fs::path Production::gzipped(const fs::path& path) {
    process::ProcessSpec spec;
    spec.program = "gzip";
    spec.args = {"--keep", "--force", path.string()};
    ran(runner_->run(spec));
    return path.string() + ".gz";
}

fs::path Production::zstd_compressed(const fs::path& path) {
    process::ProcessSpec spec;
    spec.program = "zstd";
    spec.args = {"--quiet", "--force", path.string()};
    ran(runner_->run(spec));
    return path.string() + ".zst";
}

fs::path Production::write(const std::string& name, const std::string& content) {
    const fs::path path = folder_.path() / name;
    remove_tree(path);
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

fs::path Production::copy_of(const fs::path& path, const std::string& name) {
    const fs::path copy = folder_.path() / name;
    remove_tree(copy);
    fs::copy(path, copy, fs::copy_options::recursive);
    return copy;
}

std::string Production::as_text() {
    return comparable(ran(server_.run_client("pg_dump", {"--create"}, kDatabase)));
}

std::string comparable(const std::string& dump) {
    std::string text;
    for (const auto& line : split_lines(dump)) {
        if (line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ")) continue;
        if (line.starts_with("-- Dumped ")) continue;
        text += line + "\n";
    }
    return text;
}

}  // namespace rehearse::restore::test
