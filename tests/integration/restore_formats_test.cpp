#include "integration/restore_fixture.hpp"

#include <gmock/gmock.h>

namespace rehearse::restore::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;

struct FormatCase {
    const char* name;
    fs::path (*make)(Production&);
    int jobs = 2;
    bool database_settings = true;  // archives have them; a script without --create has not
};

void PrintTo(const FormatCase& format, std::ostream* out) {
    *out << format.name;
}

const std::vector<FormatCase> kFormats{
    {"custom", [](Production& p) { return p.dump("c.dump", {"-Fc"}); }},
    {"custom_one_job", [](Production& p) { return p.dump("c1.dump", {"-Fc"}); }, 1},
    {"custom_stored",
     [](Production& p) {
         return p.dump("c0.dump", {"-Fc", "-Z0"});
     }},
    {"custom_piped", [](Production& p) { return p.piped_dump("piped.dump"); }},
    {"custom_inserts",
     [](Production& p) {
         return p.dump("i.dump", {"-Fc", "--inserts"});
     }},
    {"directory",
     [](Production& p) {
         return p.dump("d", {"-Fd", "-j2"});
     }},
    {"tar", [](Production& p) { return p.dump("t.tar", {"-Ft"}); }},
    {"plain", [](Production& p) { return p.dump("p.sql", {}); }, 2, false},
    {"plain_inserts", [](Production& p) { return p.dump("pi.sql", {"--inserts"}); }, 2, false},
    {"plain_clean", [](Production& p) { return p.dump("pk.sql", {"--clean"}); }, 2, false},
    {"plain_gz", [](Production& p) { return p.gzipped(p.dump("g.sql", {})); }, 2, false},
    {"plain_zst", [](Production& p) { return p.zstd_compressed(p.dump("z.sql", {})); }, 2, false},
    {"plain_create", [](Production& p) { return p.dump("pc.sql", {"--create"}); }},
};

class RestoreFormats : public RestoreTest, public testing::WithParamInterface<FormatCase> {};

// What a script without --create has: everything but what is said of the database itself.
std::string without_database(std::string text) {
    text.erase(0, text.find("-- Name: sales; Type: SCHEMA"));
    const std::size_t acl = text.find("--\n-- Name: DATABASE ");
    if (acl != std::string::npos) text.erase(acl, text.find("\n\n--\n", acl) + 2 - acl);
    return text;
}

TEST_P(RestoreFormats, EqualsProduction) {
    const auto snapshot = read(GetParam().make(Production::instance()));
    const RestoreResult result = restore(snapshot, GetParam().jobs);
    EXPECT_THAT(result.harmless, IsEmpty());
    EXPECT_GT(result.restore_elapsed.count(), 0);
    EXPECT_GT(result.vacuum_elapsed.count(), 0);
    if (GetParam().database_settings) {
        EXPECT_EQ(result.database, Production::kDatabase);
        EXPECT_EQ(as_text(result.database), Production::instance().as_text());
        EXPECT_THAT(result.roles_made, Contains("settings_user"));
    } else {
        EXPECT_EQ(without_database(as_text(result.database)),
                  without_database(Production::instance().as_text()));
    }
    EXPECT_THAT(result.roles_made,
                IsSupersetOf({"Read Only", "app_owner", "default_acl_user", "policy_user"}));
    EXPECT_EQ(value_of("postgres",
                       "SELECT count(*) FROM pg_roles WHERE rolcanlogin AND rolname = 'app_owner'"),
              "0");
    EXPECT_EQ(value_of(result.database,
                       "SELECT relallvisible > 0 AND reltuples = 5000 FROM pg_class WHERE relname "
                       "= 'invoices'"),
              "t");
    EXPECT_EQ(value_of(result.database, "SELECT count(*) FROM pg_subscription WHERE subenabled"),
              "0");
}

INSTANTIATE_TEST_SUITE_P(All, RestoreFormats, testing::ValuesIn(kFormats),
                         [](const auto& what) { return std::string(what.param.name); });

class RestoreDatabases : public RestoreTest {};

TEST_F(RestoreDatabases, ProgressGoesByPhase) {
    restore(read(Production::instance().dump("c.dump", {"-Fc"})));
    EXPECT_THAT(progress_.steps,
                testing::ElementsAre("checking c.dump", "restoring the schema", "loading rows",
                                     "building indexes and constraints", "vacuum and analyze"));
    EXPECT_THAT(progress_.units, Contains(Progress::Unit::bytes));
    EXPECT_THAT(progress_.units, Contains(Progress::Unit::objects));
}

// Bytes of the archive with others of the same length in their place.
fs::path patched(const std::string& name, const std::string& from, const std::string& to) {
    auto& production = Production::instance();
    std::string bytes = read_file(production.dump("to-patch.dump", {"-Fc", "-Z0"}));
    EXPECT_EQ(from.size(), to.size());
    std::size_t count = 0;
    for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at)) {
        bytes.replace(at, from.size(), to);
        ++count;
    }
    EXPECT_GT(count, 0U) << from;
    return production.write(name, bytes);
}

TEST_F(RestoreDatabases, LocaleThatTheServerLacks) {
    const auto result =
        restore(read(patched("locale.dump", "LOCALE = 'C.UTF-8'", "LOCALE = 'xx_YY.U'")));
    ASSERT_EQ(result.harmless.size(), 1U);
    EXPECT_THAT(result.harmless[0], testing::HasSubstr("locale C.UTF-8 instead of production's"));
    EXPECT_EQ(
        value_of("postgres", "SELECT datcollate FROM pg_database WHERE datname = 'Shop Floor'"),
        "C.UTF-8");
}

TEST_F(RestoreDatabases, SettingsThatWouldStopARestoreDoNot) {
    const auto result = restore(read(Production::instance().dump("c.dump", {"-Fc"})));
    EXPECT_EQ(value_of(result.database, "SHOW default_transaction_read_only"), "on");
    EXPECT_EQ(value_of(result.database, "SHOW statement_timeout"), "7min");
    EXPECT_EQ(value_of(result.database, "SHOW TimeZone"), "Europe/Vienna");
}

TEST_F(RestoreDatabases, PreloadedLibraryThatTheServerLacks) {
    const auto result = restore(read(patched("preload.dump", "SET statement_timeout TO '7min'",
                                             "SET session_preload_libraries=x")));
    EXPECT_THAT(result.harmless, Contains(testing::HasSubstr("preloaded libraries were left out")));
    EXPECT_EQ(value_of(result.database, "SHOW session_preload_libraries"), "");
}

TEST_F(RestoreDatabases, DatabaseNamedPostgres) {
    auto snapshot = read(Production::instance().dump("c.dump", {"-Fc"}));
    for (auto& entry : snapshot.archive->entries) {
        if (entry.desc == "DATABASE")
            entry.definition = "CREATE DATABASE postgres ENCODING = 'UTF8'";
    }
    EXPECT_EQ(restore(snapshot).database, "postgres");
    EXPECT_EQ(value_of("postgres", "SELECT count(*) FROM sales.invoices"), "5000");
}

}  // namespace
}  // namespace rehearse::restore::test
