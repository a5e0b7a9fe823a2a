#include "e2e/bad_input.hpp"

#include <fstream>
#include <ostream>

namespace rehearse::test {

fs::path BadInputTest::write(const std::string& name, const std::string& content) const {
    return sandbox_.write(name, content);
}

fs::path BadInputTest::folder(const std::string& name) const {
    const fs::path path = sandbox_.work() / name;
    fs::create_directories(path);
    return path;
}

fs::path BadInputTest::cut(const std::string& dump, std::uintmax_t lost_bytes) const {
    const fs::path path = snapshot(dump);
    fs::resize_file(path, fs::file_size(path) - lost_bytes);
    return path;
}

fs::path BadInputTest::patched(const std::string& dump, const std::string& from,
                               const std::string& to) const {
    const fs::path path = snapshot(dump);
    std::string bytes = read_file(path);
    EXPECT_EQ(from.size(), to.size());
    EXPECT_NE(bytes.find(from), std::string::npos) << from;
    for (auto at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at)) {
        bytes.replace(at, from.size(), to);
    }
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
}

Args BadInputTest::rehearsal_in(const fs::path& migrations) const {
    return Args{"--snapshot", snapshot("shop.dump"), "--migrations", migrations} +
           engine_under_test();
}

Args BadInputTest::rehearsal_of(const fs::path& snapshot) const {
    migration("1_good.sql", "SELECT 1;\n");
    return Args{"--snapshot", snapshot, "--migrations", "migrations"} + engine_under_test();
}

Args BadInputTest::rehearsal_with(const std::string& name, const std::string& content) const {
    migration(name, content);
    return rehearsal_of(snapshot("shop.dump"));
}

void PrintTo(const BadInput& row, std::ostream* out) {
    *out << row.name;
}

std::string name_of(const ::testing::TestParamInfo<BadInput>& row) {
    return row.param.name;
}

TEST_P(BadInputTest, IsNamedWithWhatToDo) {
    const BadInput& row = GetParam();
    const Args args = row.arrange(*this);
    const auto& run = run_rehearse(args, options);
    EXPECT_EQ(run.exit_code, row.exit_code) << run.err;
    EXPECT_THAT(run.out, ::testing::IsEmpty());
    EXPECT_THAT(run.err, ::testing::ContainsRegex("  hint: [A-Z'].*\n"));
    expect_stderr_only(run, row.says + Args{"rehearse: error: "});
}

}  // namespace rehearse::test
