#include "rehearse/base/error.hpp"
#include "rehearse/report/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace rehearse::report {

namespace {

using Json = nlohmann::json;

constexpr int kKnownSchemaVersion = 1;

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
    throw Error(ErrorKind::usage, "not a report of rehearse: " + path + " " + what,
                {"Give the report.json that a run has written; the schema is printed by rehearse "
                 "report --schema."});
}

// A value and the way to it, so that an error can name the field: "migrations[2].elapsed_ms".
class Field {
  public:
    Field(const Json& value, std::string path) : value_(value), path_(std::move(path)) {}

    Field at(const char* name) const {
        if (!value_.is_object()) refuse(path_.empty() ? "the text" : path_, "is not an object");
        const auto found = value_.find(name);
        if (found == value_.end()) refuse(path_of(name), "is missing");
        return {*found, path_of(name)};
    }

    void to(std::string& text) const {
        if (!value_.is_string()) refuse(path_, "is not a string");
        text = value_.get<std::string>();
    }
    void to(bool& flag) const {
        if (!value_.is_boolean()) refuse(path_, "is neither true nor false");
        flag = value_.get<bool>();
    }
    void to(double& number) const {
        if (!value_.is_number()) refuse(path_, "is not a number");
        number = value_.get<double>();
    }
    template <std::integral Number>
    void to(Number& number) const {
        if (!value_.is_number_integer()) refuse(path_, "is not a whole number");
        const bool fits = value_.is_number_unsigned()
                              ? std::in_range<Number>(value_.get<std::uint64_t>())
                              : std::in_range<Number>(value_.get<std::int64_t>());
        if (!fits) refuse(path_, "is out of range");
        number = value_.get<Number>();
    }
    template <typename T>
    void to(std::optional<T>& value) const {
        if (value_.is_null()) return value.reset();
        to(value.emplace());
    }
    template <typename T>
    void to(std::vector<T>& list) const {
        if (!value_.is_array()) refuse(path_, "is not a list");
        for (std::size_t i = 0; i < value_.size(); ++i) {
            Field{value_[i], path_ + "[" + std::to_string(i) + "]"}.to(list.emplace_back());
        }
    }
    void to(std::map<std::string, std::string>& texts) const {
        if (!value_.is_object()) refuse(path_, "is not an object");
        for (const auto& [name, value] : value_.items()) {
            Field{value, path_of(name)}.to(texts[name]);
        }
    }
    template <typename Part>
    requires std::is_class_v<Part>
    void to(Part& part) const { read(*this, part); }

    template <typename T>
    void read_field(const char* name, T& value) const {
        at(name).to(value);
    }
    // What reports of an earlier version do not have.
    template <typename T>
    void read_later_field(const char* name, T& value) const {
        if (value_.is_object() && value_.contains(name)) read_field(name, value);
    }
    // A label that we cannot draw is no label.
    void to_label(std::string& label) const {
        to(label);
        if (!verdict::label_from(label)) refuse(path_, "is no label: '" + label + "'");
    }

  private:
    std::string path_of(const std::string& name) const {
        return path_.empty() ? name : path_ + "." + name;
    }

    const Json& value_;
    std::string path_;
};

void read(const Field& json, SnapshotPart& part) {
    json.read_field("name", part.name);
    json.read_field("path", part.path);
    json.read_field("format", part.format);
    json.read_field("taken_at", part.taken_at);
    json.read_field("age_days", part.age_days);
    json.read_field("server_version", part.server_version);
    json.read_field("size_bytes", part.size_bytes);
    json.read_field("sha256", part.sha256);
}

void read(const Field& json, BasePart& part) {
    json.read_field("id", part.id);
    json.read_field("reused", part.reused);
    json.read_field("restore_ms", part.restore_ms);
    json.read_field("clone_ms", part.clone_ms);
    json.read_field("vacuum_ms", part.vacuum_ms);
    json.read_field("restored", part.restored);
}

void read(const Field& json, ScratchPart& part) {
    json.read_field("engine", part.engine);
    json.read_field("image", part.image);
    json.read_field("server_version", part.server_version);
    json.read_field("settings", part.settings);
    json.read_field("base", part.base);
}

void read(const Field& json, SamplerPart& part) {
    json.read_field("interval_ms", part.interval_ms);
    json.read_field("readings", part.readings);
    json.read_field("gap_p50_ms", part.gap_p50_ms);
    json.read_field("gap_p99_ms", part.gap_p99_ms);
    json.read_field("longest_gap_ms", part.longest_gap_ms);
}

void read(const Field& json, ViolationsPart& part) {
    json.read_field("constraint_kind", part.constraint_kind);
    json.read_field("relation", part.relation);
    json.read_field("rows", part.rows);
    json.read_field("duplicate_keys", part.duplicate_keys);
    json.read_field("complete", part.complete);
    json.read_field("limit_ms", part.limit_ms);
    json.read_field("why_not", part.why_not);
}

void read(const Field& json, ErrorPart& part) {
    json.read_field("sqlstate", part.sqlstate);
    json.read_field("message", part.message);
    json.read_field("path", part.path);
    json.read_field("line", part.line);
    json.read_field("column", part.column);
    json.read_field("statement", part.statement);
    json.read_field("detail", part.detail);
    json.read_field("hint", part.hint);
    json.read_field("left_behind", part.left_behind);
    json.read_later_field("violations", part.violations);
}

void read(const Field& json, LockPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_field("acquired_ms", part.acquired_ms);
    json.read_field("released_ms", part.released_ms);
    json.read_field("held_ms", part.held_ms);
    json.read_field("waited_ms", part.waited_ms);
    json.read_field("evidence", part.evidence);
    json.read_field("new_relation", part.new_relation);
    json.read_later_field("not_before_ms", part.not_before_ms);
    json.read_later_field("not_after_ms", part.not_after_ms);
    json.read_later_field("child_of", part.child_of);
}

void read(const Field& json, RewritePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("bytes_before", part.bytes_before);
    json.read_field("bytes_after", part.bytes_after);
}

void read(const Field& json, IndexBuildPart& part) {
    json.read_field("index", part.index);
    json.read_field("relation", part.relation);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("valid", part.valid);
}

void read(const Field& json, RowsChangedPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("inserted_rows", part.inserted_rows);
    json.read_field("updated_rows", part.updated_rows);
    json.read_field("deleted_rows", part.deleted_rows);
}

void read(const Field& json, ScanPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("scanned_rows", part.scanned_rows);
}

void read(const Field& json, SizePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("bytes_before", part.bytes_before);
    json.read_field("bytes_after", part.bytes_after);
}

void read(const Field& json, WaitPart& part) {
    json.read_field("locktype", part.locktype);
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_field("waited_ms", part.waited_ms);
    json.read_field("on", part.on);
}

void read(const Field& json, PhasePart& part) {
    json.read_field("command", part.command);
    json.read_field("phase", part.phase);
    json.read_field("elapsed_ms", part.elapsed_ms);
}

void read(const Field& json, ChangePart& part) {
    json.read_field("relation", part.relation);
    json.read_field("change", part.change);
    json.read_field("name", part.name);
    json.read_field("detail", part.detail);
    json.read_field("statement", part.statement);
}

void read(const Field& json, NoticePart& part) {
    json.read_field("severity", part.severity);
    json.read_field("sqlstate", part.sqlstate);
    json.read_field("message", part.message);
}

void read(const Field& json, SettingsPart& part) {
    json.read_field("lock_timeout_ms", part.lock_timeout_ms);
    json.read_field("statement_timeout_ms", part.statement_timeout_ms);
    json.read_field("search_path", part.search_path);
    json.read_field("role", part.role);
}

void read(const Field& json, StatementPart& part) {
    json.read_field("ordinal", part.ordinal);
    json.read_field("path", part.path);
    json.read_field("line", part.line);
    json.read_field("column", part.column);
    json.read_field("last_line", part.last_line);
    json.read_field("sql", part.sql);
    json.read_field("sql_shortened", part.sql_shortened);
    json.read_field("repeated", part.repeated);
    json.read_field("kind", part.kind);
    json.read_field("command_tag", part.command_tag);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("commit_ms", part.commit_ms);
    json.read_field("rows", part.rows);
    json.read_field("wal_bytes", part.wal_bytes);
    json.read_field("temp_bytes", part.temp_bytes);
    json.read_field("evidence", part.evidence);
    json.read_field("wrapped", part.wrapped);
    json.read_field("gave_up", part.gave_up);
    json.read_later_field("settings", part.settings);
    json.read_later_field("would_be_cancelled_after_ms", part.would_be_cancelled_after_ms);
    json.read_field("locks", part.locks);
    json.read_field("rewrites", part.rewrites);
    json.read_field("index_builds", part.index_builds);
    json.read_later_field("rows_changed", part.rows_changed);
    json.read_later_field("scans", part.scans);
    json.read_later_field("sizes", part.sizes);
    json.read_later_field("waits", part.waits);
    json.read_later_field("phases", part.phases);
    json.read_field("notices", part.notices);
}

void read(const Field& json, BlockingPart& part) {
    json.read_field("relation", part.relation);
    json.read_field("mode", part.mode);
    json.read_field("blocks", part.blocks);
    json.read_field("held_ms", part.held_ms);
    json.read_field("acquired_by", part.acquired_by);
    json.read_field("stretched_by", part.stretched_by);
    json.read_field("evidence", part.evidence);
    json.read_later_field("index", part.index);
    json.read_later_field("transactions", part.transactions);
}

void read(const Field& json, FindingPart& part) {
    json.read_field("rule", part.rule);
    json.read_field("severity", part.severity);
    json.read_field("statement", part.statement);
    json.read_field("line", part.line);
    json.read_field("relation", part.relation);
    json.read_field("message", part.message);
    json.read_field("instead", part.instead);
    json.read_field("evidence", part.evidence);
    json.read_field("allowed_because", part.allowed_because);
}

void read(const Field& json, MigrationPart& part) {
    json.read_field("version", part.version);
    json.read_field("name", part.name);
    json.read_field("path", part.path);
    json.read_field("tool", part.tool);
    json.read_field("transaction_mode", part.transaction_mode);
    json.read_field("in_change", part.in_change);
    json.at("label").to_label(part.label);
    json.read_field("elapsed_ms", part.elapsed_ms);
    json.read_field("because", part.because);
    json.read_field("error", part.error);
    json.read_field("statements", part.statements);
    json.read_field("blocking", part.blocking);
    json.read_later_field("rows_changed", part.rows_changed);
    json.read_later_field("changes", part.changes);
    json.read_field("findings", part.findings);
}

void read(const Field& json, Report& report) {
    json.read_field("schema_version", report.schema_version);
    if (report.schema_version != kKnownSchemaVersion) {
        refuse("schema_version", "is " + std::to_string(report.schema_version) +
                                     " and this version of rehearse reads " +
                                     std::to_string(kKnownSchemaVersion));
    }
    json.at("tool").read_field("version", report.tool_version);
    json.read_field("run_id", report.run_id);
    json.read_field("started_at", report.started_at);
    json.read_field("finished_at", report.finished_at);
    json.at("label").to_label(report.label);
    json.read_field("snapshot", report.snapshot);
    json.read_field("scratch", report.scratch);
    json.at("thresholds").read_field("noisy_ms", report.noisy_ms);
    json.at("thresholds").read_field("rethink_ms", report.rethink_ms);
    json.read_field("sampler", report.sampler);
    json.read_field("warnings", report.warnings);
    json.read_field("migrations", report.migrations);
}

// Takes each statement out of the JSON as soon as it is parsed: of a million of them the tree would
// be ten times as large as the text.
class StatementsAside {
  public:
    // A nlohmann::json::parser_callback_t; false: the value does not stay in the tree.
    bool keeps(int depth, Json::parse_event_t event, const Json& parsed) {
        constexpr int kMigration = 2;  // depth of its object: report, list, migration
        constexpr int kStatement = kMigration + 2;
        using Event = Json::parse_event_t;
        if (event == Event::key && depth == kMigration - 1) is_list_ = parsed == "migrations";
        if (event == Event::key && depth == kMigration + 1) is_inside_ = parsed == "statements";
        if (!is_list_) return true;
        if (event == Event::object_start && depth == kMigration) by_migration_.emplace_back();
        if (event != Event::object_end || depth != kStatement || !is_inside_) return true;
        take(parsed);
        return false;
    }

    // After the rest of the report was read, which says more of what is no report at all.
    void give_to(std::vector<MigrationPart>& migrations) {
        if (fault_) throw *fault_;
        for (std::size_t i = 0; i < std::min(migrations.size(), by_migration_.size()); ++i)
            migrations[i].statements = std::move(by_migration_[i]);
    }

  private:
    void take(const Json& parsed) {
        if (fault_) return;
        auto& statements = by_migration_.back();
        const auto path = "migrations[" + std::to_string(by_migration_.size() - 1) +
                          "].statements[" + std::to_string(statements.size()) + "]";
        try {
            Field{parsed, path}.to(statements.emplace_back());
        } catch (const Error& error) {
            fault_ = error;
        }
    }

    std::vector<std::vector<StatementPart>> by_migration_;
    bool is_list_ = false;
    bool is_inside_ = false;
    std::optional<Error> fault_;
};

}  // namespace

Report parse_json(const std::string& text) {
    StatementsAside statements;
    Json json;
    try {
        json = Json::parse(text, [&](int depth, Json::parse_event_t event, Json& parsed) {
            return statements.keeps(depth, event, parsed);
        });
    } catch (const Json::parse_error& error) {
        refuse("byte " + std::to_string(error.byte), "is not JSON");
    }
    Report report;
    read(Field{json, ""}, report);
    statements.give_to(report.migrations);
    return report;
}

}  // namespace rehearse::report
