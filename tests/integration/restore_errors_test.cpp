#include "rehearse/base/interrupt.hpp"
#include "rehearse/base/text.hpp"

#include "integration/restore_fixture.hpp"
#include "support/processes.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <set>

namespace rehearse::restore::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    for (; at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

class RestoreErrors : public RestoreTest {
  protected:
    static Production& production() { return Production::instance(); }
    static std::string stored_dump() {
        return read_file(production().dump("s.dump", {"-Fc", "-Z0"}));
    }
};

// An engine whose disk is full.
class FullDisk final : public scratch::Engine {
  public:
    explicit FullDisk(scratch::Engine& engine) : engine_(engine) {}

    std::string name() const override { return engine_.name(); }
    std::string image() const override { return engine_.image(); }
    pg::ServerVersion server_version() const override { return engine_.server_version(); }
    scratch::DataVolume create_volume() override { return engine_.create_volume(); }
    scratch::DataVolume clone_volume(const scratch::DataVolume& base) override {
        return engine_.clone_volume(base);
    }
    void remove_volume(const scratch::DataVolume& volume) override {
        engine_.remove_volume(volume);
    }
    std::uint64_t free_bytes() override { return 4096; }
    bool is_cut_off() const override { return engine_.is_cut_off(); }
    std::unique_ptr<scratch::ScratchServer> start(const scratch::DataVolume& volume,
                                                  const scratch::Settings& settings) override {
        return engine_.start(volume, settings);
    }
    process::ProcessResult run_client_tool(scratch::ScratchServer& server,
                                           const scratch::ClientTool& tool) override {
        return engine_.run_client_tool(server, tool);
    }

  private:
    scratch::Engine& engine_;
};

TEST_F(RestoreErrors, RefusedBeforeAnythingIsMade) {
    const std::string before = what_a_restore_makes();
    const auto complete = read(production().dump("c.dump", {"-Fc"}));

    const std::string bytes =
        replaced(replaced(stored_dump(), "pg_trgm", "pg_nope"), "hstore", "hstorx");
    Error error = failure(read(production().write("ext.dump", bytes)));
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_EQ(error.message(),
              "ext.dump needs extensions that the scratch server lacks: hstorx, pg_nope");
    EXPECT_THAT(error.hints(), Contains(StartsWith("Install: apt install postgresql-")));

    auto newer_server = complete;
    newer_server.server_version.number = 990002;
    error = failure(newer_server);
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.message(), HasSubstr("c.dump comes from PostgreSQL 99.2"));
    EXPECT_THAT(error.hints(), Contains("Install it: apt install postgresql-99"));

    auto newer_format = complete;
    newer_format.archive->version_minor = 17;
    newer_format.archive->dump_version_text = "19.1";
    EXPECT_THAT(failure(newer_format).message(),
                HasSubstr("written by pg_dump 19.1 in archive format 1.17; pg_restore "));

    FullDisk full(engine());
    try {
        require_space(complete, full);
        ADD_FAILURE() << "it has room";
    } catch (const Error& too_large) {
        EXPECT_EQ(too_large.kind(), ErrorKind::snapshot);
        EXPECT_THAT(too_large.message(),
                    HasSubstr("not enough disk: restoring c.dump takes about 1"));
        EXPECT_THAT(too_large.message(), HasSubstr("and 4.0 kB are free"));
        EXPECT_THAT(too_large.hints(), Contains(HasSubstr("TMPDIR")));
    }
    EXPECT_EQ(what_a_restore_makes(), before);
}

TEST_F(RestoreErrors, RowThatTheTableDoesNotTake) {
    const std::string bytes = replaced(stored_dump(), "5000\tvoid\t", "5000\tVOID\t");
    const Error error = failure(read(production().write("row.dump", bytes)));
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.message(), HasSubstr("TABLE DATA invoices"));
    EXPECT_THAT(error.message(), HasSubstr("invalid input value for enum sales.state: \"VOID\""));
    EXPECT_THAT(error.context(), Contains("restoring row.dump"));
}

TEST_F(RestoreErrors, StatementThatTheServerRefuses) {
    const std::string text = read_file(production().dump("p.sql", {}));
    const Error error = failure(read(production().write(
        "bad.sql", replaced(text, "CREATE TABLE sales.empty (", "CREATE TABEL sales.empty ("))));
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    EXPECT_THAT(error.message(), HasSubstr("syntax error"));
    EXPECT_THAT(error.output_tail(), Contains(HasSubstr("CREATE TABEL sales.empty (")));
}

TEST_F(RestoreErrors, HarmlessOnesAreListed) {
    const std::string text = read_file(production().dump("p.sql", {}));
    const auto result = restore(read(production().write(
        "grant.sql",
        replaced(text, "--\n-- PostgreSQL database dump complete",
                 "GRANT ALL ON FUNCTION pg_catalog.of_a_managed_service() TO PUBLIC;\n"
                 "CREATE SUBSCRIPTION s CONNECTION 'password=hunter2' PUBLICATION p WITH (x=y);\n"
                 "REFRESH MATERIALIZED VIEW no_such_view;\n\n"
                 "--\n-- PostgreSQL database dump complete"))));
    ASSERT_EQ(result.harmless.size(), 3U);
    EXPECT_THAT(result.harmless[0], HasSubstr("of_a_managed_service() does not exist"));
    EXPECT_EQ(result.harmless[1],
              "unrecognized subscription parameter: \"…\" (CREATE SUBSCRIPTION s CONNECTION ? "
              "PUBLICATION p WITH (x=y);)");
    EXPECT_EQ(result.harmless[2],
              "an error whose words may hold a row's values (REFRESH MATERIALIZED VIEW "
              "no_such_view;)");
}

class RestoreInGerman : public RestoreErrors {
  protected:
    void SetUp() override {
        setenv("LC_ALL", "C.UTF-8", 1);
        setenv("LANGUAGE", "de", 1);
        RestoreErrors::SetUp();
    }
    void TearDown() override {
        RestoreErrors::TearDown();
        unsetenv("LC_ALL");
        unsetenv("LANGUAGE");
    }
};

// The messages of pg_restore, psql and the server are translated where Debian's packages are.
TEST_F(RestoreInGerman, ErrorsAreUnderstood) {
    const std::string text = read_file(production().dump("p.sql", {}));
    const auto result = restore(read(
        production().write("clean.sql", replaced(text, "CREATE SCHEMA sales;",
                                                 "DROP TABLE nothing.here;\nCREATE SCHEMA public;\n"
                                                 "CREATE SCHEMA sales;"))));
    EXPECT_THAT(result.harmless, testing::IsEmpty());
    restore(read(production().dump("c.dump", {"-Fc"})));
    EXPECT_THAT(progress_.steps, Contains("building indexes and constraints"));
}

// A gzip stream cannot be told complete without reading it, and files that were not written last
// are not read before.
TEST_F(RestoreErrors, CutFileThatOnlyPgRestoreSees) {
    const fs::path folder = production().copy_of(production().dump("d", {"-Fd"}), "cut.d");
    fs::path largest;
    for (const auto& file : fs::directory_iterator(folder)) {
        if (file.path().extension() != ".gz") continue;
        if (largest.empty() || file.file_size() > fs::file_size(largest)) largest = file.path();
    }
    fs::resize_file(largest, fs::file_size(largest) / 2);
    fs::last_write_time(largest, fs::file_time_type::clock::now() - std::chrono::hours(1));
    const Error error = failure(read(folder));
    EXPECT_EQ(error.kind(), ErrorKind::snapshot);
}

class RealDumps : public RestoreErrors {
  protected:
    void SetUp() override { require_production(); }
};

// Every cut of a real dump is refused, whatever its format.
TEST_F(RealDumps, CutAnywhereAreRefused) {
    const std::vector<fs::path> dumps{production().dump("c.dump", {"-Fc"}),
                                      production().dump("c0.dump", {"-Fc", "-Z0"}),
                                      production().piped_dump("piped.dump"),
                                      production().dump("t.tar", {"-Ft"}),
                                      production().dump("p.sql", {}),
                                      production().gzipped(production().dump("g.sql", {})),
                                      production().zstd_compressed(production().dump("z.sql", {}))};
    for (const auto& path : dumps) {
        const std::string whole = read_file(path);
        for (std::size_t part = 0; part < 50; ++part) {
            const std::string cut = whole.substr(0, whole.size() * part / 50);
            EXPECT_THROW(read(production().write("cut", cut)), Error)
                << path.filename() << " " << cut.size() << " of " << whole.size();
        }
        EXPECT_THROW(read(production().write("cut", whole.substr(0, whole.size() - 80))), Error);
    }
}

// What pg_restore --list says of a dump, by ids.
TEST_F(RealDumps, HaveTheContentsThatPgRestoreLists) {
    for (const auto& path :
         {production().dump("c.dump", {"-Fc"}), production().dump("d", {"-Fd"}),
          production().dump("t.tar", {"-Ft"}), production().piped_dump("piped")}) {
        std::set<int> listed;
        for (const auto& line :
             split_lines(production().run_client("pg_restore", {"--list", path}))) {
            if (!line.empty() && line.front() != ';') listed.insert(std::stoi(line));
        }
        const auto snapshot = read(path);
        std::set<int> read_by_us;
        for (const auto& entry : snapshot.archive->entries) {
            read_by_us.insert(entry.dump_id);
            EXPECT_EQ(entry.data_bytes > 0, entry.desc == "TABLE DATA" || entry.desc == "BLOBS")
                << entry.desc << " " << entry.tag;
        }
        EXPECT_GT(listed.size(), 40U);
        // The list leaves out what is about the database as a whole.
        EXPECT_TRUE(
            std::includes(read_by_us.begin(), read_by_us.end(), listed.begin(), listed.end()));
        EXPECT_LE(read_by_us.size() - listed.size(), 7U) << path;
    }
}

TEST_F(RestoreErrors, ServerKilledWhileRowsAreLoaded) {
    const auto snapshot = read(production().dump("c.dump", {"-Fc"}));
    progress_.on_step = [&](const std::string& step) {
        if (step != "loading rows") return;
        pg::AdminSession session(server().address());
        const fs::path data = session.settings({"data_directory"}).at("data_directory");
        kill(std::stoi(split_lines(read_file(data / "postmaster.pid")).front()), SIGKILL);
    };
    const Error error = failure(snapshot);
    EXPECT_EQ(error.kind(), ErrorKind::scratch);
    EXPECT_THAT(error.message(), HasSubstr("ended while the snapshot was restored"));
}

class RestoreInterrupted : public RestoreErrors, public testing::WithParamInterface<const char*> {};

TEST_P(RestoreInterrupted, LeavesNothing) {
    const auto snapshot = read(GetParam() == std::string("running the dump's SQL")
                                   ? production().dump("p.sql", {})
                                   : production().dump("c.dump", {"-Fc"}));
    pg::AdminSession session(server().address());
    const fs::path data = session.settings({"data_directory"}).at("data_directory");
    const pid_t postmaster = std::stoi(split_lines(read_file(data / "postmaster.pid")).front());
    progress_.on_step = [&](const std::string& step) {
        if (step == GetParam()) Interrupt::request();
    };
    Error error = failure(snapshot);
    EXPECT_EQ(error.kind(), ErrorKind::interrupted);
    const fs::path folder = volume().folder;
    end_scratch();
    Interrupt::reset();
    EXPECT_TRUE(rehearse::test::ends_soon(postmaster));
    EXPECT_FALSE(fs::exists(folder));
}

INSTANTIATE_TEST_SUITE_P(Steps, RestoreInterrupted,
                         testing::Values("restoring the schema", "loading rows",
                                         "building indexes and constraints", "vacuum and analyze",
                                         "running the dump's SQL"));

}  // namespace
}  // namespace rehearse::restore::test
