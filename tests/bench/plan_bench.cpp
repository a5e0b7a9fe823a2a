// Reads a folder of many small migrations as a rehearsal does before there is a server, and prints
// for each tool the seconds that listing and reading every file took (median of five):
//
//   plan_bench [FILES]      default: 2000
#include "rehearse/base/files.hpp"
#include "rehearse/migrations/migration.hpp"
#include "rehearse/plan/plan.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace rehearse;

struct Layout {
    const char* tool;
    std::function<std::string(const std::string& number)> path;
    const char* begin;  // of each file
    const char* end;
};

const std::vector<Layout>& layouts() {
    static const std::vector<Layout> all{
        {"plain", [](const auto& n) { return n + "_add.sql"; }, "", ""},
        {"golang-migrate", [](const auto& n) { return n + "_add.up.sql"; }, "", ""},
        {"prisma", [](const auto& n) { return n + "_add/migration.sql"; }, "", ""},
        {"flyway", [](const auto& n) { return "V" + n + "__add.sql"; }, "", ""},
        {"goose", [](const auto& n) { return n + "_add.sql"; }, "-- +goose Up\n",
         "-- +goose Down\nSELECT 1;\n"},
        {"dbmate", [](const auto& n) { return n + "_add.sql"; }, "-- migrate:up\n",
         "-- migrate:down\n"},
        {"liquibase", [](const auto& n) { return n + "_add.sql"; },
         "--liquibase formatted sql\n--changeset ann:1\n", ""},
    };
    return all;
}

void fill(const fs::path& folder, const Layout& layout, int files) {
    for (int i = 1; i <= files; ++i) {
        const std::string number = std::to_string(20240101000000 + i);
        const fs::path path = folder / layout.path(number);
        fs::create_directories(path.parent_path());
        const std::string table = "t" + std::to_string(i);
        std::ofstream(path) << layout.begin << "CREATE TABLE " << table
                            << " (id bigint PRIMARY KEY, note text NOT NULL);\n"
                            << "ALTER TABLE " << table << " ADD COLUMN n int DEFAULT 7;\n"
                            << "CREATE INDEX ON " << table << " (n);\n"
                            << layout.end;
    }
}

double seconds_to_plan(const fs::path& folder, const char* tool) {
    const auto begun = std::chrono::steady_clock::now();
    migrations::SourceOptions options;
    options.folder = folder;
    options.tool = tool;
    const auto source = migrations::open_source(options);
    const auto plan = plan::plan_replay(source->all(), {});
    if (plan.migrations.empty()) throw std::runtime_error("nothing was planned");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void run(int files) {
    std::cout << std::fixed << std::setprecision(3);
    for (const Layout& layout : layouts()) {
        const TempDir folder(default_temp_folder(),
                             "rehearse-plan-bench-" + std::string(layout.tool));
        fill(folder.path(), layout, files);
        std::array<double, 5> times{};
        for (double& time : times) time = seconds_to_plan(folder.path(), layout.tool);
        std::sort(times.begin(), times.end());
        std::cout << std::setw(16) << layout.tool << "  " << times[2] << " s (" << times[0] << "-"
                  << times[4] << ") for " << files << " files\n";
    }
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? std::atoi(argv[1]) : 2000);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
