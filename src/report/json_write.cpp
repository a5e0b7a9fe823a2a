#include "rehearse/report/report.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

// The order of the fields is the contract's; what was added later stands behind what it belongs to.
namespace rehearse::report {

namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json json_of(const LockPart& part);
Json json_of(const RewritePart& part);
Json json_of(const IndexBuildPart& part);
Json json_of(const RowsChangedPart& part);
Json json_of(const ScanPart& part);
Json json_of(const SizePart& part);
Json json_of(const WaitPart& part);
Json json_of(const PhasePart& part);
Json json_of(const ChangePart& part);
Json json_of(const NoticePart& part);

template <typename Part>
Json list_of(const std::vector<Part>& parts) {
    Json list = Json::array();
    for (const auto& part : parts) list.push_back(json_of(part));
    return list;
}

Json json_of(const SnapshotPart& part) {
    return {{"name", part.name},
            {"path", part.path},
            {"format", part.format},
            {"taken_at", part.taken_at},
            {"age_days", part.age_days},
            {"server_version", part.server_version},
            {"size_bytes", part.size_bytes},
            {"sha256", part.sha256}};
}

Json json_of(const BasePart& part) {
    return {{"id", part.id},
            {"reused", part.reused},
            {"restore_ms", part.restore_ms},
            {"clone_ms", part.clone_ms},
            {"vacuum_ms", part.vacuum_ms},
            {"restored", part.restored}};
}

Json json_of(const ScratchPart& part) {
    Json settings = Json::object();
    for (const auto& [name, value] : part.settings) settings[name] = value;
    return {{"engine", part.engine},
            {"image", part.image},
            {"server_version", part.server_version},
            {"settings", settings},
            {"base", json_of(part.base)}};
}

Json json_of(const SamplerPart& part) {
    return {{"interval_ms", part.interval_ms},
            {"readings", part.readings},
            {"gap_p50_ms", part.gap_p50_ms},
            {"gap_p99_ms", part.gap_p99_ms},
            {"longest_gap_ms", part.longest_gap_ms}};
}

Json json_of(const ViolationsPart& part) {
    return {{"constraint_kind", part.constraint_kind},
            {"relation", part.relation},
            {"rows", or_null(part.rows)},
            {"duplicate_keys", or_null(part.duplicate_keys)},
            {"complete", part.complete},
            {"limit_ms", part.limit_ms},
            {"why_not", part.why_not}};
}

Json json_of(const ErrorPart& part) {
    return {{"sqlstate", part.sqlstate},
            {"message", part.message},
            {"path", part.path},
            {"line", part.line},
            {"column", part.column},
            {"statement", part.statement},
            {"detail", part.detail},
            {"hint", part.hint},
            {"left_behind", part.left_behind},
            {"violations", part.violations ? json_of(*part.violations) : Json(nullptr)}};
}

Json json_of(const LockPart& part) {
    return {{"relation", part.relation},
            {"mode", part.mode},
            {"acquired_ms", part.acquired_ms},
            {"released_ms", part.released_ms},
            {"held_ms", part.held_ms},
            {"waited_ms", part.waited_ms},
            {"evidence", part.evidence},
            {"new_relation", part.new_relation},
            {"not_before_ms", part.not_before_ms},
            {"not_after_ms", part.not_after_ms},
            {"child_of", part.child_of}};
}

Json json_of(const RewritePart& part) {
    return {{"relation", part.relation},
            {"bytes_before", part.bytes_before},
            {"bytes_after", part.bytes_after}};
}

Json json_of(const IndexBuildPart& part) {
    return {{"index", part.index},
            {"relation", part.relation},
            {"elapsed_ms", part.elapsed_ms},
            {"valid", part.valid}};
}

Json json_of(const RowsChangedPart& part) {
    return {{"relation", part.relation},
            {"inserted_rows", part.inserted_rows},
            {"updated_rows", part.updated_rows},
            {"deleted_rows", part.deleted_rows}};
}

Json json_of(const ScanPart& part) {
    return {{"relation", part.relation}, {"scanned_rows", part.scanned_rows}};
}

Json json_of(const SizePart& part) {
    return {{"relation", part.relation},
            {"bytes_before", part.bytes_before},
            {"bytes_after", part.bytes_after}};
}

Json json_of(const WaitPart& part) {
    return {{"locktype", part.locktype},
            {"relation", part.relation},
            {"mode", part.mode},
            {"waited_ms", part.waited_ms},
            {"on", part.on},
            {"began_ms", or_null(part.began_ms)}};
}

Json json_of(const PhasePart& part) {
    return {{"command", part.command},
            {"phase", part.phase},
            {"elapsed_ms", part.elapsed_ms},
            {"began_ms", or_null(part.began_ms)}};
}

Json json_of(const ChangePart& part) {
    return {{"relation", part.relation},
            {"change", part.change},
            {"name", part.name},
            {"detail", part.detail},
            {"statement", or_null(part.statement)}};
}

Json json_of(const NoticePart& part) {
    return {{"severity", part.severity}, {"sqlstate", part.sqlstate}, {"message", part.message}};
}

Json json_of(const SettingsPart& part) {
    return {{"lock_timeout_ms", part.lock_timeout_ms},
            {"statement_timeout_ms", part.statement_timeout_ms},
            {"search_path", part.search_path},
            {"role", part.role}};
}

Json json_of(const StatementPart& part) {
    Json json;
    json["ordinal"] = part.ordinal;
    json["path"] = part.path;
    json["line"] = part.line;
    json["column"] = part.column;
    json["last_line"] = part.last_line;
    json["sql"] = part.sql;
    json["sql_shortened"] = part.sql_shortened;
    json["repeated"] = part.repeated;
    json["kind"] = part.kind;
    json["command_tag"] = part.command_tag;
    json["elapsed_ms"] = part.elapsed_ms;
    json["commit_ms"] = or_null(part.commit_ms);
    json["rows"] = or_null(part.rows);
    json["wal_bytes"] = or_null(part.wal_bytes);
    json["temp_bytes"] = part.temp_bytes;
    json["evidence"] = part.evidence;
    json["wrapped"] = part.wrapped;
    json["gave_up"] = part.gave_up;
    json["settings"] = part.settings ? json_of(*part.settings) : Json(nullptr);
    json["would_be_cancelled_after_ms"] = or_null(part.would_be_cancelled_after_ms);
    json["locks"] = list_of(part.locks);
    json["rewrites"] = list_of(part.rewrites);
    json["index_builds"] = list_of(part.index_builds);
    json["rows_changed"] = list_of(part.rows_changed);
    json["scans"] = list_of(part.scans);
    json["sizes"] = list_of(part.sizes);
    json["waits"] = list_of(part.waits);
    json["phases"] = list_of(part.phases);
    json["notices"] = list_of(part.notices);
    return json;
}

Json json_of(const BlockingPart& part) {
    return {{"relation", part.relation},
            {"mode", part.mode},
            {"blocks", part.blocks},
            {"held_ms", part.held_ms},
            {"acquired_by", part.acquired_by},
            {"stretched_by", part.stretched_by},
            {"evidence", part.evidence},
            {"index", part.index},
            {"transactions", part.transactions}};
}

Json json_of(const FindingPart& part) {
    return {{"rule", part.rule},
            {"severity", part.severity},
            {"statement", or_null(part.statement)},
            {"line", or_null(part.line)},
            {"relation", or_null(part.relation)},
            {"message", part.message},
            {"instead", part.instead},
            {"evidence", part.evidence},
            {"allowed_because", part.allowed_because}};
}

// An object as text. Its long lists are written one element at a time: as one tree of nodes they
// would take several times their text.
class ObjectText {
  public:
    // `depth`: of the object's own braces.
    ObjectText(std::string& text, int depth) : text_{text}, depth_{depth} { text_ += '{'; }

    void add(std::string_view name, const Json& value) {
        begin_field(name);
        write(value, depth_ + 1);
    }

    template <typename Part, typename WritePart>
    void add_list(std::string_view name, const std::vector<Part>& parts, WritePart write_part) {
        begin_field(name);
        text_ += '[';
        const char* separator = "";
        for (const Part& part : parts) {
            text_ += separator;
            begin_line(depth_ + 2);
            write_part(part, depth_ + 2);
            separator = ",";
        }
        if (!parts.empty()) begin_line(depth_ + 1);
        text_ += ']';
    }
    template <typename Part>
    void add_list(std::string_view name, const std::vector<Part>& parts) {
        add_list(name, parts, [this](const Part& part, int depth) { write(json_of(part), depth); });
    }

    void close() {
        begin_line(depth_);
        text_ += '}';
    }

  private:
    static constexpr int kIndent = 2;

    void begin_line(int depth) {
        text_ += '\n';
        text_.append(static_cast<std::size_t>(depth * kIndent), ' ');
    }
    void begin_field(std::string_view name) {
        text_ += separator_;
        separator_ = ",";
        begin_line(depth_ + 1);
        text_ += Json(name).dump() + ": ";
    }
    void write(const Json& value, int depth) {
        // A path or a server's message may be in another encoding; JSON is UTF-8. A line feed
        // within a string is escaped.
        for (const char c : value.dump(kIndent, ' ', false, Json::error_handler_t::replace)) {
            if (c == '\n') {
                begin_line(depth);
            } else {
                text_ += c;
            }
        }
    }

    std::string& text_;
    int depth_;
    const char* separator_ = "";
};

void write_migration(std::string& text, int depth, const MigrationPart& part) {
    ObjectText object{text, depth};
    object.add("version", part.version);
    object.add("name", part.name);
    object.add("path", part.path);
    object.add("tool", part.tool);
    object.add("transaction_mode", part.transaction_mode);
    object.add("in_change", part.in_change);
    object.add("label", part.label);
    object.add("elapsed_ms", part.elapsed_ms);
    object.add("because", part.because);
    object.add("error", part.error ? json_of(*part.error) : Json(nullptr));
    object.add_list("statements", part.statements);
    object.add_list("blocking", part.blocking);
    object.add_list("rows_changed", part.rows_changed);
    object.add_list("changes", part.changes);
    object.add("largest_table", part.largest_table
                                    ? Json{{"relation", part.largest_table->relation},
                                           {"bytes", part.largest_table->bytes}}
                                    : Json(nullptr));
    object.add_list("findings", part.findings);
    object.close();
}

}  // namespace

std::string render_json(const Report& report) {
    std::string text;
    ObjectText object{text, 0};
    object.add("schema_version", report.schema_version);
    object.add("tool", {{"name", "rehearse"}, {"version", report.tool_version}});
    object.add("run_id", report.run_id);
    object.add("started_at", report.started_at);
    object.add("finished_at", report.finished_at);
    object.add("label", report.label);
    object.add("snapshot", json_of(report.snapshot));
    object.add("scratch", json_of(report.scratch));
    object.add("thresholds", {{"noisy_ms", report.noisy_ms}, {"rethink_ms", report.rethink_ms}});
    object.add("sampler", json_of(report.sampler));
    object.add("warnings", report.warnings);
    object.add_list("migrations", report.migrations, [&text](const MigrationPart& part, int depth) {
        write_migration(text, depth, part);
    });
    object.close();
    text += '\n';
    return text;
}

}  // namespace rehearse::report
