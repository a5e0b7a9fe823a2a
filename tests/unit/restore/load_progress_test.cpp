#include "restore/load_progress.hpp"

#include "rehearse/base/text.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace rehearse::restore {
namespace {

using testing::ElementsAre;

// Every step as one line: "loading rows: 0/30 10/30 30/30 => 30 B, 2 tables".
class StepLines final : public Progress {
  public:
    void begin(const std::string& step) override { lines.push_back(step + ":"); }
    void update(std::uint64_t done, std::optional<std::uint64_t> total, Unit,
                const std::string&) override {
        const std::string shown =
            " " + std::to_string(done) + "/" + std::to_string(total.value_or(0));
        if (!lines.back().ends_with(shown)) lines.back() += shown;
    }
    void end(const std::string& summary) override { lines.back() += " => " + summary; }
    void note(const std::string&) override {}
    void warn(const std::string&) override {}

    std::vector<std::string> lines;
};

snapshot::Archive shop() {
    snapshot::Archive archive;
    const auto add = [&](int id, const std::string& desc, const std::string& tag, int section,
                         std::uint64_t bytes) {
        snapshot::TocEntry entry;
        entry.dump_id = id;
        entry.desc = desc;
        entry.tag = tag;
        entry.schema = "public";
        entry.section = section;
        entry.has_data = bytes > 0;
        entry.data_bytes = bytes;
        archive.entries.push_back(entry);
    };
    add(1, "TABLE", "a", 2, 0);
    add(2, "TABLE", "b", 2, 0);
    add(3, "TABLE DATA", "a", 3, 10);
    add(4, "TABLE DATA", "b", 3, 20);
    add(5, "SEQUENCE SET", "s", 3, 0);
    add(6, "INDEX", "a_pkey", 4, 0);
    add(7, "INDEX", "b_pkey", 4, 0);
    return archive;
}

std::vector<std::string> steps_of(const std::string& output, bool parallel) {
    const auto archive = shop();
    StepLines steps;
    LoadProgress progress(archive, parallel, steps);
    for (const auto& line : split_lines(output)) progress.add_line(line);
    progress.finish();
    return steps.lines;
}

TEST(LoadProgress, WithWorkers) {
    EXPECT_THAT(steps_of("pg_restore: connecting to database for restore\n"
                         "pg_restore: processing item 1 TABLE a\n"
                         "pg_restore: creating TABLE \"public.a\"\n"
                         "pg_restore: processing item 2 TABLE b\n"
                         "pg_restore: entering main parallel loop\n"
                         "pg_restore: launching item 4 TABLE DATA b\n"
                         "pg_restore: launching item 3 TABLE DATA a\n"
                         "pg_restore: finished item 3 TABLE DATA a\n"
                         "pg_restore: launching item 6 INDEX a_pkey\n"
                         "pg_restore:pg_restore: finished item 6 INDEX a_pkey\n"
                         " finished item 4 TABLE DATA b\n"
                         "pg_restore: launching item 7 INDEX b_pkey\n"
                         "pg_restore: finished item 7 INDEX b_pkey\n",
                         true),
                ElementsAre("restoring the schema: 1/2 2/2 => 2 objects",
                            "loading rows: 0/30 10/30 30/30 => 30 B, 2 tables",
                            "building indexes and constraints: 1/2 2/2 => 2 objects"));
}

TEST(LoadProgress, WithoutWorkers) {
    EXPECT_THAT(steps_of("pg_restore: creating TABLE \"public.a\"\n"
                         "pg_restore: creating TABLE \"public.b\"\n"
                         "pg_restore: processing data for table \"public.a\"\n"
                         "pg_restore: processing data for table \"public.b\"\n"
                         "pg_restore: executing SEQUENCE SET s\n"
                         "pg_restore: creating INDEX \"public.a_pkey\"\n"
                         "pg_restore: creating INDEX \"public.b_pkey\"\n",
                         false),
                ElementsAre("restoring the schema: 1/2 2/2 => 2 objects",
                            "loading rows: 0/30 10/30 30/30 => 30 B, 2 tables",
                            "building indexes and constraints: 0/2 1/2 2/2 => 2 objects"));
}

TEST(LoadProgress, SchemaOnly) {
    EXPECT_THAT(steps_of("pg_restore: processing item 1 TABLE a\n"
                         "pg_restore: launching item 6 INDEX a_pkey\n"
                         "pg_restore: finished item 6 INDEX a_pkey\n",
                         true),
                ElementsAre("restoring the schema: 1/2 => 2 objects",
                            "building indexes and constraints: 0/2 1/2 => 2 objects"));
}

TEST(LoadProgress, LinesThatMakeNoSense) {
    EXPECT_THAT(steps_of("pg_restore: finished item 99999999999999 X\n"
                         "pg_restore: launching item\n"
                         "processing data for table \"\n\n"
                         "pg_restore:\n",
                         true),
                ElementsAre("restoring the schema: => 2 objects"));
}

}  // namespace
}  // namespace rehearse::restore
