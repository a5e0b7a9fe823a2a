#include "app/dump_history.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/base/text.hpp"

#include "app/copy_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace rehearse::app {

namespace {

using migrations::Rows;

class DumpHistory final : public migrations::HistoryReader {
  public:
    DumpHistory(const snapshot::Archive& archive, fs::path path, process::ProcessRunner& runner)
        : archive_(archive), path_(std::move(path)), runner_(runner) {}

    std::vector<pg::RelationName> tables_named(const std::string& name) override;
    std::map<std::string, std::string> columns_of(const pg::RelationName& table) override;
    std::optional<Rows> rows_of(const pg::RelationName& table,
                                const std::vector<std::string>& columns) override;
    std::vector<pg::RelationName> user_tables() override;
    std::vector<std::string> read_column(const std::string&) override {
        throw NeedsRestore("--history-query asks a restored database");
    }

  private:
    std::string data_of(const pg::RelationName& table);

    const snapshot::Archive& archive_;
    fs::path path_;
    process::ProcessRunner& runner_;
};

bool is_table(const snapshot::TocEntry& entry) {
    return entry.desc == "TABLE";
}

std::vector<pg::RelationName> DumpHistory::tables_named(const std::string& name) {
    std::vector<pg::RelationName> tables;
    for (const auto& entry : archive_.entries) {
        if (is_table(entry) && entry.tag == name) tables.push_back({entry.schema, entry.tag});
    }
    // As an unqualified name finds them.
    std::sort(tables.begin(), tables.end(), [](const auto& a, const auto& b) {
        return std::pair(a.schema != "public", a.schema) <
               std::pair(b.schema != "public", b.schema);
    });
    return tables;
}

std::map<std::string, std::string> DumpHistory::columns_of(const pg::RelationName& table) {
    for (const auto& entry : archive_.entries) {
        if (!is_table(entry) || entry.schema != table.schema || entry.tag != table.name) continue;
        const auto columns = columns_of_create_table(entry.definition);
        return {columns.begin(), columns.end()};
    }
    return {};
}

std::vector<pg::RelationName> DumpHistory::user_tables() {
    std::vector<pg::RelationName> tables;
    for (const auto& entry : archive_.entries) {
        if (is_table(entry)) tables.push_back({entry.schema, entry.tag});
    }
    return tables;
}

std::string DumpHistory::data_of(const pg::RelationName& table) {
    process::ProcessSpec spec;
    spec.program = "pg_restore";
    spec.args = {"--data-only",
                 "--schema=" + table.schema,
                 "--table=" + table.name,
                 "--no-owner",
                 "--file=-",
                 path_.string()};
    spec.env = {{"LC_ALL", "C"}};
    spec.env_removed = {"PG*"};
    // A history has a line for each migration; one that is longer than this is none.
    spec.keep_output_bytes = std::size_t{64} << 20U;
    process::ProcessResult result;
    try {
        result = runner_.run(spec);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted) throw;
        throw NeedsRestore(error.message());
    }
    if (!result.ok()) throw NeedsRestore(one_line(result.err, 200));
    return std::move(result.out);
}

std::optional<Rows> DumpHistory::rows_of(const pg::RelationName& table,
                                         const std::vector<std::string>& columns) {
    const auto types = columns_of(table);
    if (!std::all_of(columns.begin(), columns.end(),
                     [&](const std::string& column) { return types.contains(column); }))
        return std::nullopt;

    Rows rows;
    std::vector<std::size_t> places;  // of the columns in a line of data
    bool in_data = false;
    for (const std::string& line : split_lines(data_of(table))) {
        if (!in_data) {
            if (line.starts_with("INSERT INTO ")) throw NeedsRestore("its rows are INSERTs");
            if (!line.starts_with("COPY ")) continue;
            const auto there = names_in_parentheses(
                std::string_view(line).substr(std::min(line.find('('), line.size())));
            for (const std::string& column : columns) {
                places.push_back(static_cast<std::size_t>(
                    std::find(there.begin(), there.end(), column) - there.begin()));
            }
            in_data = true;
            continue;
        }
        if (line == "\\.") break;
        const auto values = values_of_copy_line(line);
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            auto value = places[i] < values.size() ? values[places[i]] : std::nullopt;
            // COPY writes what a cast to text spells out.
            if (value && types.at(columns[i]) == "boolean")
                value = *value == "t" ? "true" : "false";
            row.push_back(std::move(value));
        }
    }
    return rows;
}

}  // namespace

std::unique_ptr<migrations::HistoryReader> history_in_dump(const snapshot::Snapshot& snapshot,
                                                           process::ProcessRunner& runner) {
    if (!snapshot.archive) throw NeedsRestore("it is a plain dump");
    return std::make_unique<DumpHistory>(*snapshot.archive, snapshot.path, runner);
}

}  // namespace rehearse::app
