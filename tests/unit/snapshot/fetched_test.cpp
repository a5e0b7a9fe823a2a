#include "snapshot/fetched.hpp"

#include "snapshot/unusable.hpp"
#include "support/fake_processes.hpp"
#include "unit/snapshot/bundles.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace rehearse::snapshot {
namespace {

// A fake rclone that copies out of `place_`; sha256sum is real.
class Fetching : public test::BundleFiles {
  protected:
    Fetching() {
        rclone_.when("rclone", {"copyto"}).does([this](const process::ProcessSpec& spec) {
            ++fetched_;
            fs::copy_file(place_.path() / fs::path(spec.args.at(1)).filename(), spec.args.at(2));
        });
        rclone_.when("rclone", {"copy"}).does([this](const process::ProcessSpec& spec) {
            ++fetched_;
            fs::copy(place_.path() / fs::path(spec.args.at(1)).filename(), spec.args.at(2),
                     fs::copy_options::recursive);
        });
    }

    fs::path cache() const { return place_.path() / "cache"; }
    FetchedCopies copies() { return {cache(), at_, *runner_, progress_}; }
    RemoteSnapshot file(const std::string& name, const std::string& content,
                        const std::string& time = "2026-11-22T03:00:00Z") {
        write(name, content);
        return {name, *from_iso8601(time), *from_iso8601(time), content.size(), {}};
    }
    RemoteSnapshot bundle(const std::string& name) {
        const auto manifest = read_manifest(write_bundle(name, "2026-11-22T00:00:00Z"));
        return {name, manifest->taken_at, manifest->taken_at, 100, manifest};
    }
    // As if everything in the cache had been used last two days ago.
    void let_two_days_pass() {
        for (const auto& entry : fs::recursive_directory_iterator(cache()))
            fs::last_write_time(entry.path(),
                                fs::file_time_type::clock::now() - std::chrono::hours(48));
    }
    std::ptrdiff_t kept() const { return std::distance(fs::directory_iterator(cache()), {}); }

    test::FakeProcesses rclone_;
    Rclone at_{"s3:dumps", rclone_};
    int fetched_ = 0;
};

TEST_F(Fetching, BringsOneStateOfASnapshotOnce) {
    const auto first = copies().get(file("night.dump", "one"));
    EXPECT_EQ(read_file(first.path), "one");
    EXPECT_EQ(first.path.filename(), "night.dump");
    EXPECT_EQ(copies().get(file("night.dump", "one")).path, first.path);
    EXPECT_EQ(fetched_, 1);
    // Written anew under its name: those who use the old one keep it.
    const auto second = copies().get(file("night.dump", "two", "2026-11-29T03:00:00Z"));
    EXPECT_EQ(read_file(second.path), "two");
    EXPECT_EQ(read_file(first.path), "one");
}

TEST_F(Fetching, BringsABundleWholeOrNotAtAll) {
    auto wanted = bundle("week");
    const auto kept_one = copies().get(wanted);
    EXPECT_EQ(content_fault(*wanted.manifest, kept_one.path, *runner_), "");
    EXPECT_EQ(copies().get(wanted).path, kept_one.path);
    EXPECT_EQ(fetched_, 1);

    auto damaged = bundle("later");
    std::ofstream(place_.path() / "later/roles.sql", std::ios::in | std::ios::out) << "x";
    try {
        copies().get(damaged);
        ADD_FAILURE() << "fetched";
    } catch (const Unusable& unusable) {
        EXPECT_EQ(unusable.why(), "roles.sql has another checksum");
    }
    EXPECT_EQ(kept(), 1);
}

TEST_F(Fetching, MendsACopyThatIsNotWhole) {
    auto wanted = bundle("week");
    const auto path = copies().get(wanted).path;
    fs::remove(path / "roles.sql");
    EXPECT_EQ(copies().get(wanted).path, path);
    EXPECT_TRUE(fs::exists(path / "roles.sql"));
    EXPECT_EQ(fetched_, 2);
}

TEST_F(Fetching, KeepsWhatSomebodyUsesOrUsedToday) {
    const auto one = file("one.dump", "1");
    {
        const auto in_use = copies().get(one);
        copies().get(file("two.dump", "2"));
        let_two_days_pass();
        copies().get(file("three.dump", "3"));
        copies().remove_unused();
        EXPECT_EQ(kept(), 2) << "the one in use and the one of today";
        EXPECT_TRUE(fs::exists(in_use.path));
    }
    copies().get(one);  // touches it
    EXPECT_EQ(fetched_, 3);
    copies().remove_unused();
    EXPECT_EQ(kept(), 2);
    let_two_days_pass();
    copies().remove_unused();
    EXPECT_EQ(kept(), 0);
}

TEST_F(Fetching, DoesNotBeginWhereThereIsNoRoom) {
    auto wanted = file("big.dump", "1");
    wanted.size_bytes = std::uint64_t{1} << 60;
    try {
        copies().get(wanted);
        ADD_FAILURE() << "fetched";
    } catch (const Error& error) {
        EXPECT_THAT(error.message(), testing::HasSubstr("no room to fetch s3:dumps/big.dump"));
        EXPECT_EQ(error.kind(), ErrorKind::snapshot);
    }
    EXPECT_EQ(kept(), 0);
    EXPECT_EQ(fetched_, 0);
}

}  // namespace
}  // namespace rehearse::snapshot
