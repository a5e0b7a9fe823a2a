#include "unit/snapshot/compressed.hpp"
#include "unit/snapshot/snapshot_files.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using test::gzipped;
using test::zstd_compressed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::StartsWith;

const std::string kHead =
    "--\n-- PostgreSQL database dump\n--\n\n"
    "\\restrict 8hJzaTfBAbD9asnIV9Q3abOdvDCUUOtb\n\n"
    "-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)\n"
    "-- Dumped by pg_dump version 17.11\n\n"
    "SET statement_timeout = 0;\n"
    "SET client_encoding = 'UTF8';\n\n";

const std::string kBody =
    "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;\n\n"
    "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\" WITH SCHEMA public;\n\n"
    "CREATE TABLE public.users (id bigint, name text);\n\n"
    "ALTER TABLE public.users OWNER TO \"App Owner\";\n\n"
    "CREATE FUNCTION public.f() RETURNS void LANGUAGE sql AS $$ grant select on t to nobody $$;\n\n"
    "COPY public.users (id, name) FROM stdin;\n"
    "1\tALTER TABLE x OWNER TO not_a_role;\n"
    "2\t-- PostgreSQL database dump complete\n"
    "\\.\n\n\n"
    "GRANT SELECT ON TABLE public.users TO reporting;\n\n";

const std::string kTail =
    "--\n-- PostgreSQL database dump complete\n--\n\n"
    "\\unrestrict 8hJzaTfBAbD9asnIV9Q3abOdvDCUUOtb\n\n";

std::string all_of(const Snapshot& snapshot) {
    const auto source = open_plain(snapshot);
    std::string text;
    std::string buffer(1000, '\0');
    while (const std::size_t got = source(buffer)) text.append(buffer, 0, got);
    return text;
}

class PlainDumps : public test::SnapshotFiles {
  protected:
    const std::string whole_ = kHead + kBody + kTail;
};

TEST_F(PlainDumps, SurveyFindsWhatARestoreNeeds) {
    const auto snapshot = read(write("shop.sql", whole_));
    EXPECT_EQ(snapshot.format, Format::plain);
    EXPECT_EQ(snapshot.compression, Compression::none);
    EXPECT_FALSE(snapshot.archive);
    EXPECT_EQ(snapshot.server_version.number, 150020);
    EXPECT_EQ(snapshot.encoding, "UTF8");
    EXPECT_EQ(snapshot.uncompressed_bytes, whole_.size());
    EXPECT_THAT(snapshot.extensions, ElementsAre("pg_trgm", "uuid-ossp"));
    EXPECT_THAT(snapshot.roles, ElementsAre("App Owner", "reporting"));
    EXPECT_EQ(snapshot.database, "");
    EXPECT_EQ(all_of(snapshot), whole_);
}

TEST_F(PlainDumps, NameOfTheDatabaseWithCreate) {
    const auto snapshot = read(
        write("shop.sql", kHead +
                              "CREATE DATABASE \"Shop \"\"1\"\"\" WITH TEMPLATE = template0;\n\n"
                              "\\connect -reuse-previous=on \"dbname='Shop'\"\n\n" +
                              kBody + kTail));
    EXPECT_EQ(snapshot.database, "Shop \"1\"");
    EXPECT_EQ(snapshot.create_database,
              "CREATE DATABASE \"Shop \"\"1\"\"\" WITH TEMPLATE = template0");
}

TEST_F(PlainDumps, TailsOfAllVersions) {
    const std::string old_tail = "--\n-- PostgreSQL database dump complete\n--\n\n";
    const std::string verbose_tail = "-- Completed on 2026-11-22 03:00:09 UTC\n\n" + old_tail;
    EXPECT_EQ(refusal(write("old.sql", kHead + kBody + old_tail)), "");
    EXPECT_EQ(refusal(write("verbose.sql", kHead + kBody + verbose_tail)), "");
}

TEST_F(PlainDumps, CutAnywhereIsRefused) {
    const std::size_t complete = whole_.find("complete\n--\n", whole_.find(kTail)) + 8;
    for (std::size_t length = 40; length < complete; length += 5) {
        EXPECT_THAT(refusal(write("cut.sql", whole_.substr(0, length))), StartsWith("cut off"))
            << length;
    }
}

TEST_F(PlainDumps, MoreBehindTheEndIsNotItsEnd) {
    EXPECT_THAT(refusal(write("glued.sql", whole_ + kHead + kBody)), StartsWith("cut off"));
}

TEST_F(PlainDumps, GzipAndZstd) {
    const std::string half = whole_.substr(0, whole_.size() / 2);
    const std::string rest = whole_.substr(half.size());
    const std::vector<std::pair<std::string, std::string>> files{
        {"one.sql.gz", gzipped(whole_)},
        {"members.sql.gz", gzipped(half) + gzipped(rest)},
        {"padded.sql.gz", gzipped(whole_) + std::string(700, '\0')},
        {"one.sql.zst", zstd_compressed(whole_)},
        {"frames.sql.zst", zstd_compressed(half) + zstd_compressed(rest)},
        {"misnamed.txt", zstd_compressed(whole_)}};
    for (const auto& [name, bytes] : files) {
        const auto snapshot = read(write(name, bytes));
        EXPECT_EQ(snapshot.format, Format::plain) << name;
        EXPECT_NE(snapshot.compression, Compression::none) << name;
        EXPECT_EQ(snapshot.size_bytes, bytes.size()) << name;
        EXPECT_EQ(snapshot.uncompressed_bytes, whole_.size()) << name;
        EXPECT_EQ(all_of(snapshot), whole_) << name;
    }
}

TEST_F(PlainDumps, CutCompressedStreamIsRefused) {
    for (const auto& [name, bytes] :
         {std::pair<std::string, std::string>{"a.sql.gz", gzipped(whole_)},
          {"b.sql.zst", zstd_compressed(whole_)}}) {
        for (std::size_t length = 12; length < bytes.size(); length += 3) {
            EXPECT_THAT(refusal(write(name, bytes.substr(0, length))), StartsWith("cut off"))
                << name << " " << length;
        }
    }
}

TEST_F(PlainDumps, DamagedStreamIsAnErrorOfTheSource) {
    const auto snapshot = read(write("shop.sql.gz", gzipped(whole_)));
    std::string bytes = gzipped(whole_);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
    write("shop.sql.gz", bytes);
    EXPECT_THROW(all_of(snapshot), Error);
}

TEST_F(PlainDumps, SqlThatCannotBeSplitIsDamage) {
    EXPECT_THAT(refusal(write("odd.sql", kHead + "COPY t FROM stdin; SELECT 1;\n\\.\n" + kTail)),
                StartsWith("damaged: line"));
}

TEST_F(PlainDumps, ClusterDumpIsRefused) {
    EXPECT_EQ(refusal(write("all.sql", "--\n-- PostgreSQL database cluster dump\n--\n\n" + whole_)),
              "a dump of a whole cluster (pg_dumpall)");
    EXPECT_THAT(hints_, ElementsAre("Take a dump of one database, with pg_dump."));
}

TEST_F(PlainDumps, OtherFilesAreNoDumps) {
    using namespace std::string_literals;
    const std::vector<std::tuple<std::string, std::string, std::string>> files{
        {"empty", "", "empty"},
        {"program", "\x7f"s + "ELF\x02\x01\x01" + std::string(600, '\0'), "no dump"},
        {"notes.txt", "these are not the rows that you look for\n", "no dump"},
        {"hand.sql", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n", "no dump"},
        {"notes.gz", gzipped("nothing"), "no dump"},
        {"shop.dump.gz", gzipped("PGDMP\x01\x0e"), "an archive inside another compression"},
        {"shop.sql.lz4", "\x04\x22\x4d\x18 ...", "compressed with lz4, which cannot be read"},
        {"shop.sql.xz", "\xfd" + "7zXZ\0..."s, "compressed with xz, which cannot be read"}};
    for (const auto& [name, bytes, why] : files)
        EXPECT_EQ(refusal(write(name, bytes)), why) << name;
    EXPECT_EQ(refusal(place_.path()), "no dump");
    EXPECT_THAT(refusal(place_.path() / "nothing"), HasSubstr("No such file"));
}

}  // namespace
}  // namespace rehearse::snapshot
