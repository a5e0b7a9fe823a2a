#include "rehearse/migrations/history_reader.hpp"

namespace rehearse::migrations {

namespace {

class ScratchHistory final : public HistoryReader {
  public:
    explicit ScratchHistory(pg::AdminSession& scratch) : scratch_(scratch) {}

    std::vector<pg::RelationName> tables_named(const std::string& name) override {
        return scratch_.tables_named(name);
    }
    std::map<std::string, std::string> columns_of(const pg::RelationName& table) override {
        return scratch_.columns_of(table);
    }
    std::optional<Rows> rows_of(const pg::RelationName& table,
                                const std::vector<std::string>& columns) override {
        return scratch_.read_history_table(table, columns);
    }
    std::vector<pg::RelationName> user_tables() override { return scratch_.user_tables(); }
    std::vector<std::string> read_column(const std::string& query) override {
        return scratch_.read_column(query);
    }

  private:
    pg::AdminSession& scratch_;
};

}  // namespace

std::unique_ptr<HistoryReader> history_in(pg::AdminSession& scratch) {
    return std::make_unique<ScratchHistory>(scratch);
}

}  // namespace rehearse::migrations
