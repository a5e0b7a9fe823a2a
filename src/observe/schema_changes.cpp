#include "schema_changes.hpp"

#include "rehearse/base/text.hpp"

#include "statement_effects.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <utility>

namespace rehearse::observe {

namespace {

using Kind = SchemaChange::Kind;
using pg::RelationShape;

std::string describe(const RelationShape::Constraint& constraint) {
    std::string type;
    switch (constraint.type) {
        case 'c':
            type = "check";
            break;
        case 'f':
            type = "foreign key";
            break;
        case 'p':
            type = "primary key";
            break;
        case 'u':
            type = "unique";
            break;
        default:
            type = "exclusion";
    }
    return constraint.validated ? type : type + ", not valid";
}

std::string describe(const RelationShape::Column& column) {
    return column.not_null ? column.type + " not null" : column.type;
}

class Comparison {
  public:
    Comparison(pg::Oid oid, const RelationShape& shape, std::vector<SchemaChange>& changes)
        : oid_{oid}, shape_{shape}, changes_{changes} {}

    void add(Kind kind, std::string name = {}, std::string detail = {}) {
        changes_.push_back({kind, oid_, shape_.name, shape_.relkind, std::move(name),
                            std::move(detail), std::nullopt});
    }

    void columns(const std::map<int, RelationShape::Column>& before,
                 const std::map<int, RelationShape::Column>& after) {
        for (const auto& [number, column] : before) {
            if (!after.contains(number)) add(Kind::column_dropped, column.name, column.type);
        }
        for (const auto& [number, column] : after) {
            const auto old = before.find(number);
            if (old == before.end()) {
                add(Kind::column_added, column.name, describe(column));
            } else {
                column_changed(old->second, column);
            }
        }
    }

    void constraints(const std::map<pg::Oid, RelationShape::Constraint>& before,
                     const std::map<pg::Oid, RelationShape::Constraint>& after) {
        for (const auto& [oid, constraint] : before) {
            if (!after.contains(oid) && !is_there_again(constraint, after))
                add(Kind::constraint_dropped, constraint.name, describe(constraint));
        }
        for (const auto& [oid, constraint] : after) {
            const auto old = before.find(oid);
            if (old == before.end()) {
                if (!is_there_again(constraint, before))
                    add(Kind::constraint_added, constraint.name, describe(constraint));
                continue;
            }
            if (old->second.name != constraint.name)
                add(Kind::constraint_renamed, old->second.name, constraint.name);
            if (!old->second.validated && constraint.validated)
                add(Kind::constraint_validated, constraint.name, describe(constraint));
        }
    }

  private:
    void column_changed(const RelationShape::Column& before, const RelationShape::Column& after) {
        if (before.name != after.name) add(Kind::column_renamed, before.name, after.name);
        if (before.type != after.type)
            add(Kind::column_type_changed, after.name, before.type + " -> " + after.type);
        if (before.not_null != after.not_null)
            add(after.not_null ? Kind::not_null_set : Kind::not_null_dropped, after.name);
        // A change of the type makes the default anew.
        if (before.default_oid == after.default_oid || before.type != after.type) return;
        add(after.default_oid != 0 ? Kind::default_set : Kind::default_dropped, after.name);
    }

    // ALTER COLUMN TYPE drops the constraints on the column and makes them again.
    static bool is_there_again(const RelationShape::Constraint& constraint,
                               const std::map<pg::Oid, RelationShape::Constraint>& others) {
        return std::any_of(others.begin(), others.end(),
                           [&](const auto& other) { return other.second == constraint; });
    }

    pg::Oid oid_;
    const RelationShape& shape_;
    std::vector<SchemaChange>& changes_;
};

// An index comes and goes with its table, and ALTER COLUMN TYPE makes some of them again under
// their name.
bool goes_without_saying(const RelationShape& shape, const pg::ShapeMap& others) {
    if (shape.table_of_index == 0) return false;
    return !others.contains(shape.table_of_index) ||
           std::any_of(others.begin(), others.end(),
                       [&](const auto& other) { return other.second.name == shape.name; });
}

// The word without which no statement makes such a change in its own text.
std::string_view word_for(Kind kind) {
    switch (kind) {
        case Kind::relation_created:
            return "create";
        case Kind::relation_dropped:
        case Kind::column_dropped:
        case Kind::constraint_dropped:
        case Kind::not_null_dropped:
        case Kind::default_dropped:
            return "drop";
        case Kind::relation_renamed:
        case Kind::column_renamed:
        case Kind::constraint_renamed:
            return "rename";
        case Kind::column_added:
        case Kind::constraint_added:
            return "add";
        case Kind::column_type_changed:
            return "type";
        case Kind::not_null_set:
        case Kind::default_set:
            return "set";
        case Kind::constraint_validated:
            return "validate";
    }
    return "";
}

bool is_in_a_word(char c) {
    return c == '_' || c == '$' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

bool has_word(const std::string& text, const std::string& word) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_in_a_word(text[at - 1]);
        if (begins && (end == text.size() || !is_in_a_word(text[end]))) return true;
    }
    return false;
}

// What the parser tells of ALTER TABLE; nullopt where it does not.
std::optional<bool> alters(const StatementObservation& statement, const SchemaChange& change) {
    const sql::Classification& what = statement.classification;
    if (what.kind != sql::StatementKind::alter_table || !what.syntax_error.empty())
        return std::nullopt;
    using Action = sql::AlterAction;
    const auto has = [&](Action::Kind kind) {
        return std::any_of(what.alter_actions.begin(), what.alter_actions.end(),
                           [&](const Action& action) {
                               return action.kind == kind && action.column == change.name;
                           });
    };
    if (change.kind == Kind::column_added) return has(Action::Kind::add_column);
    if (change.kind == Kind::column_dropped) return has(Action::Kind::drop_column);
    return std::nullopt;
}

bool says(const StatementObservation& statement, const SchemaChange& change) {
    if (const auto tells = alters(statement, change)) return *tells;
    const std::string text = lower_cased(statement.sql);
    const std::string name = lower_cased(change.name.empty() ? change.relation.name : change.name);
    return has_word(text, name) && has_word(text, std::string{word_for(change.kind)});
}

// A statement whose text need not say what it does.
bool is_code(const StatementObservation& statement) {
    return statement.classification.kind == sql::StatementKind::do_block ||
           statement.classification.kind == sql::StatementKind::call ||
           statement.classification.kind == sql::StatementKind::select;
}

// A constraint that the text does not name, of that type.
bool adds_one_like(const StatementObservation& statement, const SchemaChange& change) {
    static const std::pair<std::string_view, std::string> kWords[] = {
        {"check", "check"},   {"foreign key", "references"}, {"primary key", "primary"},
        {"unique", "unique"}, {"exclusion", "exclude"},
    };
    if (change.kind != Kind::constraint_added || is_code(statement)) return false;
    const std::string text = lower_cased(statement.sql);
    return std::any_of(std::begin(kWords), std::end(kWords), [&](const auto& word) {
        return change.detail.starts_with(word.first) && has_word(text, word.second);
    });
}
// Whose locks the sampler can have missed: the one statement that was not read in a transaction.
std::optional<std::size_t> only_sampled_code(const std::vector<StatementObservation>& statements) {
    std::optional<std::size_t> only;
    for (const StatementObservation& statement : statements) {
        if (statement.evidence != Evidence::sampled ||
            statement.classification.transaction_use != sql::TransactionUse::may_commit) {
            continue;
        }
        if (only) return std::nullopt;
        only = statement.ordinal;
    }
    return only;
}

}  // namespace

std::string_view to_string(SchemaChange::Kind kind) {
    switch (kind) {
        case Kind::relation_created:
            return "relation_created";
        case Kind::relation_dropped:
            return "relation_dropped";
        case Kind::relation_renamed:
            return "relation_renamed";
        case Kind::column_added:
            return "column_added";
        case Kind::column_dropped:
            return "column_dropped";
        case Kind::column_renamed:
            return "column_renamed";
        case Kind::column_type_changed:
            return "column_type_changed";
        case Kind::not_null_set:
            return "not_null_set";
        case Kind::not_null_dropped:
            return "not_null_dropped";
        case Kind::default_set:
            return "default_set";
        case Kind::default_dropped:
            return "default_dropped";
        case Kind::constraint_added:
            return "constraint_added";
        case Kind::constraint_dropped:
            return "constraint_dropped";
        case Kind::constraint_renamed:
            return "constraint_renamed";
        case Kind::constraint_validated:
            return "constraint_validated";
    }
    return "";
}

std::vector<SchemaChange> changes_between(const pg::ShapeMap& before, const pg::ShapeMap& after) {
    std::vector<SchemaChange> changes;
    for (const auto& [oid, shape] : before) {
        if (after.contains(oid) || goes_without_saying(shape, after)) continue;
        Comparison{oid, shape, changes}.add(Kind::relation_dropped);
    }
    for (const auto& [oid, shape] : after) {
        Comparison comparison{oid, shape, changes};
        const auto old = before.find(oid);
        if (old == before.end()) {
            if (!goes_without_saying(shape, before)) comparison.add(Kind::relation_created);
            continue;
        }
        if (old->second.name != shape.name)
            comparison.add(Kind::relation_renamed, old->second.name.text(), shape.name.text());
        comparison.columns(old->second.columns, shape.columns);
        comparison.constraints(old->second.constraints, shape.constraints);
    }
    return changes;
}

void attribute(std::vector<SchemaChange>& changes,
               const std::vector<StatementObservation>& statements,
               const std::vector<LockHold>& holds) {
    std::map<pg::Oid, std::set<std::size_t>> candidates;
    std::map<pg::Oid, std::size_t> first_holder;
    std::map<pg::Oid, pg::RelationName> parents;
    for (const LockHold& hold : holds) {
        const auto first = first_holder.try_emplace(hold.relation_oid, hold.acquired_by).first;
        first->second = std::min(first->second, hold.acquired_by);
        if (!hold.child_of.name.empty()) parents[hold.relation_oid] = hold.child_of;
        if (hold.mode < pg::LockMode::share_update_exclusive) continue;
        auto& ordinals = candidates[hold.relation_oid];
        ordinals.insert(hold.acquired_by);
        ordinals.insert(hold.stretched_by.begin(), hold.stretched_by.end());
    }
    std::map<std::size_t, const StatementObservation*> by_ordinal;
    for (const StatementObservation& statement : statements)
        by_ordinal.emplace(statement.ordinal, &statement);
    const auto unseen = only_sampled_code(statements);
    for (SchemaChange& change : changes) {
        // Who made a relation was the first to hold a lock on it, be it a weak one.
        const auto maker = first_holder.find(change.relation_oid);
        if (change.kind == Kind::relation_created && maker != first_holder.end()) {
            change.ordinal = maker->second;
            continue;
        }
        const auto& ordinals = candidates[change.relation_oid];
        const pg::RelationName& parent = parents[change.relation_oid];
        std::vector<std::size_t> naming, alike, code;
        bool names_it = false;
        for (const std::size_t ordinal : ordinals) {
            const auto statement = by_ordinal.find(ordinal);
            if (statement == by_ordinal.end()) continue;
            if (says(*statement->second, change)) {
                // A column of that name may be added to another table, too.
                const sql::Classification& what = statement->second->classification;
                const bool is_its = is_named(change.relation, what) ||
                                    (!parent.name.empty() && is_named(parent, what));
                if (is_its && !names_it) naming.clear();
                names_it = names_it || is_its;
                if (is_its || !names_it) naming.push_back(ordinal);
            }
            if (adds_one_like(*statement->second, change)) alike.push_back(ordinal);
            if (is_code(*statement->second)) code.push_back(ordinal);
        }
        if (ordinals.size() == 1) {
            change.ordinal = *ordinals.begin();
        } else if (!naming.empty()) {
            change.ordinal = naming.back();
        } else if (alike.size() == 1) {
            change.ordinal = alike.front();
        } else if (alike.empty() && code.size() == 1) {
            change.ordinal = code.front();
        } else if (ordinals.empty() && change.kind != Kind::relation_created) {
            change.ordinal = unseen;
        }
    }
}

}  // namespace rehearse::observe
