#pragma once

#include "rehearse/pg/types.hpp"
#include "rehearse/sql/statement.hpp"

#include <set>
#include <string>
#include <vector>

namespace rehearse::replay {

// What the statements of the open transaction did that its rollback will undo, as far as a count of
// rows after the rollback must know.
class UndoneStatements {
  public:
    void add(const std::string& sql, const sql::Classification& classification);
    void clear() { *this = {}; }

    // SET and its like, as they were sent: the session forgets them with the rollback.
    const std::vector<std::string>& settings() const { return settings_; }
    // Rows of any table may have been others than they are now.
    bool changed_rows() const { return changed_rows_; }
    // By its name alone: which schema a name without one meant is not known here.
    bool changed(const pg::RelationName& relation) const {
        return relations_.contains(relation.name);
    }

  private:
    std::vector<std::string> settings_;
    std::set<std::string> relations_;
    bool changed_rows_ = false;
};

}  // namespace rehearse::replay
