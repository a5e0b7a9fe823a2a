#include "rehearse/snapshot/manifest.hpp"

#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

namespace rehearse::snapshot {
namespace {

using testing::ElementsAre;

class Manifests : public test::BundleFiles {
  protected:
    std::vector<std::string> names() {
        std::vector<std::string> found;
        for (const auto& one : list_snapshots(place_.path(), progress_).complete)
            found.push_back(one.name);
        return found;
    }
};

TEST_F(Manifests, SurviveJson) {
    Manifest manifest;
    manifest.tool_version = "0.1.0";
    manifest.taken_at = from_iso8601("2026-11-22T03:15:00Z").value();
    manifest.server_version = {150018};
    manifest.database = "shop";
    manifest.system_identifier = "7412";
    manifest.from_replica = true;
    manifest.files = {{"dump/toc.dat", 12, std::string(64, 'a')}};
    const auto read = manifest_from_json(to_json(manifest));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_json(*read), to_json(manifest));
    EXPECT_EQ(read->files.at(0).size_bytes, 12U);
    EXPECT_TRUE(read->from_replica);
}

TEST_F(Manifests, OfOthersAreNone) {
    for (const char* text :
         {"", "{}", "[]", "null", R"({"tool": {"name": "other"}, "format_version": 1})",
          R"({"tool": {"name": "rehearse", "version": "9"}, "format_version": 2})",
          R"({"tool": {"name": "rehearse", "version": "9"}, "format_version": 1, "taken_at": "x",
              "server_version_num": 1, "database": "", "from_replica": false, "files": []})",
          R"({"tool": {"name": "rehearse", "version": "9"}, "format_version": 1,
              "taken_at": "2026-11-22T03:15:00Z", "server_version_num": 1, "database": "",
              "from_replica": false,
              "files": [{"path": "../x", "size_bytes": 1, "sha256": ""}]})"}) {
        EXPECT_FALSE(manifest_from_json(text)) << text;
    }
}

TEST_F(Manifests, DateTheirBundle) {
    write_bundle("a", "2026-11-01T00:00:00Z");
    write_bundle("b", "2026-11-22T00:00:00Z");
    write_bundle("c", "2026-11-08T00:00:00Z");
    EXPECT_THAT(names(), ElementsAre("b", "c", "a"));
    const auto latest = find_snapshot("latest", place_.path(), progress_).snapshot;
    EXPECT_EQ(latest.taken_at_source, "manifest");
    EXPECT_EQ(latest.path, place_.path() / "b/dump");
}

TEST_F(Manifests, TellOfABundleThatWasNotCopiedWhole) {
    const auto bundle = write_bundle("a", "2026-11-22T00:00:00Z");
    EXPECT_EQ(content_fault(read_manifest(bundle).value(), bundle, *runner_), "");
    std::filesystem::remove(bundle / "roles.sql");
    EXPECT_EQ(refusal(bundle), "cut off: roles.sql is missing");
    write("a/roles.sql", "--\n");
    EXPECT_EQ(refusal(bundle), "cut off: roles.sql has 3 bytes and not 8");
}

TEST_F(Manifests, TellOfEveryChange) {
    const auto bundle = write_bundle("a", "2026-11-22T00:00:00Z");
    const auto manifest = read_manifest(bundle).value();
    write("a/notes.txt", "somebody's own");
    EXPECT_EQ(content_fault(manifest, bundle, *runner_), "");
    write("a/roles.sql", "-- some\n");
    EXPECT_EQ(content_fault(manifest, bundle, *runner_), "roles.sql has another checksum");
    write("a/roles.sql", "-- none\n");
    write("a/dump/9999.dat", "");
    EXPECT_EQ(content_fault(manifest, bundle, *runner_), "dump/9999.dat is not in the manifest");
}

}  // namespace
}  // namespace rehearse::snapshot
