#include "restore/complaints.hpp"

#include "rehearse/base/text.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace rehearse::restore {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::vector<Complaint> complaints_in(const std::string& output) {
    std::vector<Complaint> complaints;
    ComplaintReader reader([&](const Complaint& one) { complaints.push_back(one); });
    for (const auto& line : split_lines(output)) reader.add_line(line);
    reader.finish();
    EXPECT_EQ(reader.count_seen(), complaints.size());
    return complaints;
}

TEST(Complaints, OfPgRestore) {
    const auto complaints = complaints_in(
        "pg_restore: creating SCHEMA \"public\"\n"
        "pg_restore: while PROCESSING TOC:\n"
        "pg_restore: from TOC entry 5; 2615 2200 SCHEMA public postgres\n"
        "pg_restore: error: could not execute query: ERROR:  schema \"public\" already exists\n"
        "Command was: CREATE SCHEMA public;\n"
        "\n\n"
        "pg_restore: creating TABLE \"public.users\"\n"
        "pg_restore: from TOC entry 219; 1259 16619 TABLE users app\n"
        "pg_restore: error: could not execute query: ERROR:  type \"citext\" does not exist\n"
        "LINE 2:     name citext\n"
        "DETAIL:  nothing like it\n"
        "Command was: CREATE TABLE public.users (\n"
        "    name citext\n"
        ");\n"
        "pg_restore: warning: errors ignored on restore: 2\n");
    ASSERT_THAT(complaints, SizeIs(2));
    EXPECT_EQ(complaints[0].message, "ERROR:  schema \"public\" already exists");
    EXPECT_EQ(complaints[0].statement, "CREATE SCHEMA public;");
    EXPECT_EQ(severity_of(complaints[0]), Severity::expected);
    EXPECT_EQ(complaints[1].entry, "TABLE users app");
    EXPECT_THAT(complaints[1].message, HasSubstr("DETAIL:  nothing like it"));
    EXPECT_EQ(complaints[1].statement, "CREATE TABLE public.users (");
    EXPECT_EQ(severity_of(complaints[1]), Severity::fatal);
}

// They become warnings of the report, which anybody may read.
TEST(Complaints, AreToldWithoutWhatMayBeSecret) {
    struct Case {
        std::string message, statement, expected;
    };
    const std::vector<Case> cases{
        {"ERROR:  role \"backup\" does not exist", "GRANT SELECT ON TABLE public.t TO backup;",
         "role \"…\" does not exist (GRANT SELECT ON TABLE public.t TO backup;)"},
        {"ERROR:  must be owner of extension hstore\nDETAIL:  ada@example.org",
         "COMMENT ON EXTENSION hstore IS 'ada@example.org",
         "must be owner of extension hstore (COMMENT ON EXTENSION hstore IS ?)"},
        {"ERROR:  unrecognized subscription parameter: \"failover\"",
         "CREATE SUBSCRIPTION s CONNECTION 'host=db1 password=hunter2' PUBLICATION p;",
         "unrecognized subscription parameter: \"…\" (CREATE SUBSCRIPTION s CONNECTION ? "
         "PUBLICATION p;)"},
        {"ERROR:  invalid value for parameter \"app.api_key\": \"hunter2\"",
         "ALTER DATABASE shop SET app.api_key TO 'hunter2'",
         "invalid value for parameter \"…\" (ALTER DATABASE shop SET app.api_key TO ?)"},
        {"ERROR:  ada@example.org is in debt", "REFRESH MATERIALIZED VIEW public.debts;",
         "an error whose words may hold a row's values (REFRESH MATERIALIZED VIEW "
         "public.debts;)"},
        {"ERROR:  ada@example.org\nCONTEXT:  PL/pgSQL function e() line 1 at RAISE",
         "GRANT ALL ON TABLE t TO app;",
         "an error whose words may hold a row's values (GRANT ALL ON TABLE t TO app;)"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(public_summary_of({one.message, one.statement, ""}), one.expected);
    }
}

TEST(Complaints, OfARowThatCannotBeLoaded) {
    const auto complaints = complaints_in(
        "pg_restore: from TOC entry 3539; 0 16610 TABLE DATA invoices app\n"
        "pg_restore: error: COPY failed for table \"invoices\": ERROR:  invalid input syntax for "
        "type integer: \"x\"\n"
        "CONTEXT:  COPY invoices, line 3, column id: \"x\"\n"
        "pg_restore: finished item 3539 TABLE DATA invoices\n");
    ASSERT_THAT(complaints, SizeIs(1));
    EXPECT_EQ(complaints[0].entry, "TABLE DATA invoices app");
    EXPECT_EQ(severity_of(complaints[0]), Severity::fatal);
}

// Two workers at once: a prefix comes before its line's text.
TEST(Complaints, OfWorkersThatWriteAtOnce) {
    const auto complaints = complaints_in(
        "pg_restore:pg_restore: error: could not execute query: ERROR:  deadlock detected\n"
        "Command was: CREATE INDEX i ON t (a);\n"
        " launching item 3380 EVENT TRIGGER watch\n");
    ASSERT_THAT(complaints, SizeIs(1));
    EXPECT_EQ(complaints[0].message, "ERROR:  deadlock detected");
}

TEST(Complaints, CountThatPgRestoreTells) {
    ComplaintReader reader([](const Complaint&) {});
    EXPECT_FALSE(reader.count_told());
    reader.add_line("pg_restore: warning: errors ignored on restore: 12");
    EXPECT_EQ(reader.count_told(), 12U);
    EXPECT_EQ(reader.count_seen(), 0U);
}

TEST(Complaints, OfPsql) {
    const auto complaints = complaints_in(
        "psql:<stdin>:21: NOTICE:  extension \"hstore\" already exists, skipping\n"
        "psql:<stdin>:30: ERROR:  relation \"users\" already exists\n"
        "psql:<stdin>:30: STATEMENT:  CREATE TABLE public.users (\n"
        "    id bigint\n"
        ");\n"
        "psql:<stdin>:40: ERROR:  duplicate key value violates unique constraint \"p\"\n"
        "DETAIL:  Key (id)=(1) already exists.\n"
        "CONTEXT:  COPY users, line 2\n"
        "psql:<stdin>:5: error: invalid command \\restrict\n"
        "psql: error: connection to server on socket failed: No such file\n");
    ASSERT_THAT(complaints, SizeIs(4));
    EXPECT_EQ(complaints[0].statement, "CREATE TABLE public.users (");
    EXPECT_EQ(severity_of(complaints[0]), Severity::fatal);
    EXPECT_THAT(complaints[1].message, HasSubstr("CONTEXT:  COPY users, line 2"));
    EXPECT_EQ(severity_of(complaints[1]), Severity::fatal);
    EXPECT_EQ(severity_of(complaints[2]), Severity::expected);
    EXPECT_EQ(complaints[3].message, "connection to server on socket failed: No such file");
}

TEST(Complaints, Severity) {
    struct Case {
        std::string statement;
        std::string message;
        Severity severity;
    };
    const std::vector<Case> cases{
        {"CREATE DATABASE shop WITH", "ERROR:  database \"shop\" already exists",
         Severity::expected},
        {"CREATE SCHEMA public;", "ERROR:  schema \"public\" already exists", Severity::expected},
        {"CREATE SCHEMA sales;", "ERROR:  schema \"sales\" already exists", Severity::fatal},
        {"DROP TABLE public.t;", "ERROR:  table \"t\" does not exist", Severity::expected},
        {"ALTER TABLE ONLY public.t DROP CONSTRAINT c;",
         "ERROR:  relation \"public.t\" does not exist", Severity::expected},
        {"ALTER TABLE ONLY public.t ADD CONSTRAINT c",
         "ERROR:  relation \"public.t\" does not exist", Severity::fatal},
        {"ALTER TABLE public.t OWNER TO nobody;", "ERROR:  role \"nobody\" does not exist",
         Severity::fatal},
        {"SET transaction_timeout = 0;",
         "ERROR:  unrecognized configuration parameter \"transaction_timeout\"",
         Severity::harmless},
        {"SET default_tablespace = fast;",
         "ERROR:  invalid value for parameter \"default_tablespace\"", Severity::harmless},
        {"SET default_table_access_method = columnar;", "ERROR:  invalid value for parameter",
         Severity::fatal},
        {"COMMENT ON EXTENSION hstore IS", "ERROR:  must be owner of extension hstore",
         Severity::harmless},
        {"GRANT ALL ON FUNCTION pg_catalog.x()", "ERROR:  function pg_catalog.x() does not exist",
         Severity::harmless},
        {"CREATE EVENT TRIGGER e", "ERROR:  function f() does not exist", Severity::harmless},
        {"CREATE SUBSCRIPTION s", "ERROR:  replication slot", Severity::harmless},
        {"REFRESH MATERIALIZED VIEW m;", "ERROR:  could not connect to server \"other\"",
         Severity::harmless},
        {"CREATE UNIQUE INDEX i", "ERROR:  could not create unique index", Severity::fatal},
        {"CREATE EXTENSION IF NOT EXISTS x",
         "ERROR:  x must be loaded via shared_preload_libraries", Severity::fatal},
        {"", "ERROR:  could not extend file: No space left on device", Severity::fatal},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(severity_of({one.message, one.statement, ""}), one.severity) << one.statement;
    }
}

}  // namespace
}  // namespace rehearse::restore
