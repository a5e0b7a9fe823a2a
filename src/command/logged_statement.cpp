#include "logged_statement.hpp"

#include <algorithm>
#include <charconv>

namespace rehearse::command {

namespace {

// Passes over the words where the text begins with them.
bool take(std::string_view& text, std::string_view words) {
    if (!text.starts_with(words)) return false;
    text.remove_prefix(words.size());
    return true;
}

// "12.003 ms"
std::optional<Millis> take_millis(std::string_view& text) {
    double millis = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!take(text, " ms")) return std::nullopt;
    return Millis{millis};
}

// "NAME: the text", "fetch from NAME/PORTAL: the text". A name may hold anything but ": ".
std::string_view after_name(std::string_view text) {
    const auto colon = text.find(": ");
    return colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 2);
}

WallClock::time_point before(WallClock::time_point time, Millis span) {
    return time - std::chrono::duration_cast<WallClock::duration>(span);
}

}  // namespace

std::vector<std::optional<std::string>> parameters_in(std::string_view detail) {
    // "Parameters: " since PostgreSQL 16.
    if (!take(detail, "parameters: ") && !take(detail, "Parameters: ")) return {};
    std::vector<std::optional<std::string>> parameters;
    while (take(detail, "$")) {
        const auto equals = detail.find(" = ");
        if (equals == std::string_view::npos) break;
        detail.remove_prefix(equals + 3);
        if (take(detail, "NULL")) {
            parameters.emplace_back();
        } else if (take(detail, "'")) {
            std::string value;
            while (!detail.empty() && (detail[0] != '\'' || detail.starts_with("''"))) {
                if (detail[0] == '\'') detail.remove_prefix(1);
                value += detail[0];
                detail.remove_prefix(1);
            }
            take(detail, "'");
            parameters.emplace_back(std::move(value));
        } else {
            break;
        }
        take(detail, ", ");
    }
    return parameters;
}

StatementAssembler::Open& StatementAssembler::open(const LogEntry& entry, std::string text,
                                                   WallClock::time_point began) {
    Open& opened = open_[entry.process_id];
    opened = {};
    opened.statement.pid = entry.process_id;
    opened.statement.database = entry.database_name;
    opened.statement.virtualtransaction = entry.virtual_transaction_id;
    opened.statement.text = std::move(text);
    opened.statement.began = began;
    return opened;
}

void StatementAssembler::close(int pid, std::vector<LoggedStatement>& ended) {
    auto closed = open_.extract(pid);
    if (closed.empty()) return;
    if (closed.mapped().has_run) ended.push_back(std::move(closed.mapped().statement));
}

// What follows "duration: ".
void StatementAssembler::add_duration(const LogEntry& entry, std::string_view words,
                                      std::vector<LoggedStatement>& ended) {
    const auto millis = take_millis(words);
    if (!millis || take(words, "  plan:")) return;  // auto_explain's
    const auto began = before(entry.log_time, *millis);
    if (take(words, "  parse ")) {
        Open& parsed = open(entry, std::string{after_name(words)}, began);
        parsed.is_extended = true;
        parsed.statement.elapsed = *millis;
        return;
    }
    if (take(words, "  bind ")) {
        const auto text = after_name(words);
        const auto known = open_.find(entry.process_id);
        const bool was_parsed =
            known != open_.end() && !known->second.has_run && known->second.statement.text == text;
        Open& bound = was_parsed ? known->second : open(entry, std::string{text}, began);
        bound.is_extended = true;
        bound.statement.elapsed += *millis;
        bound.statement.parameters = parameters_in(entry.detail);
        return;
    }
    const auto known = open_.find(entry.process_id);
    if (known == open_.end()) return;
    Open& run = known->second;
    run.has_run = true;
    run.statement.elapsed = run.is_extended ? run.statement.elapsed + *millis : *millis;
    run.statement.command_tag = entry.command_tag;
    close(entry.process_id, ended);
}

void StatementAssembler::add_failure(const LogEntry& entry, std::vector<LoggedStatement>& ended) {
    const bool is_open = open_.contains(entry.process_id);
    // Of the session, as "password authentication failed": no statement's.
    if (!is_open && entry.query.empty()) return;
    if (!is_open) open(entry, entry.query, entry.log_time);
    Open& failed = open_.at(entry.process_id);
    failed.has_run = true;
    failed.statement.elapsed = std::max<Millis>(
        Millis{}, std::chrono::duration_cast<Millis>(entry.log_time - failed.statement.began));
    pg::ServerError error;
    error.sqlstate.code = entry.sql_state_code;
    error.message = entry.message;
    error.detail = entry.detail;
    error.hint = entry.hint;
    error.context = entry.context;
    error.position = entry.query_pos;
    failed.statement.error = std::move(error);
    failed.statement.was_cut_off = entry.error_severity != "ERROR";
    close(entry.process_id, ended);
}

std::vector<LoggedStatement> StatementAssembler::add(const LogEntry& entry) {
    std::vector<LoggedStatement> ended;
    std::string_view words = entry.message;
    if (entry.error_severity == "ERROR" || entry.error_severity == "FATAL" ||
        entry.error_severity == "PANIC") {
        add_failure(entry, ended);
    } else if (entry.error_severity != "LOG") {
        const auto known = open_.find(entry.process_id);
        if (known == open_.end()) return ended;
        auto& notices = known->second.statement.notices;
        if (notices.size() < pg::kMostNotices)
            notices.push_back({entry.error_severity, {entry.sql_state_code}, entry.message});
    } else if (take(words, "duration: ")) {
        add_duration(entry, words, ended);
    } else if (take(words, "statement: ")) {
        close(entry.process_id, ended);
        open(entry, std::string{words}, entry.log_time).has_run = true;
    } else if (take(words, "execute ")) {
        const auto text = after_name(words);
        const auto known = open_.find(entry.process_id);
        if (known == open_.end() || known->second.statement.text != text) {
            close(entry.process_id, ended);
            open(entry, std::string{text}, entry.log_time).is_extended = true;
        }
        Open& executed = open_.at(entry.process_id);
        executed.has_run = true;
        executed.statement.parameters = parameters_in(entry.detail);
        // At the Parse of a session that was at rest, the transaction had not begun.
        executed.statement.virtualtransaction = entry.virtual_transaction_id;
    } else if (words.starts_with("disconnection: ")) {
        const auto known = open_.find(entry.process_id);
        if (known != open_.end()) known->second.statement.was_cut_off = true;
        close(entry.process_id, ended);
    }
    return ended;
}

std::vector<LoggedStatement> StatementAssembler::rest() {
    std::vector<LoggedStatement> cut_off;
    while (!open_.empty()) {
        open_.begin()->second.statement.was_cut_off = true;
        close(open_.begin()->first, cut_off);
    }
    std::stable_sort(cut_off.begin(), cut_off.end(),
                     [](const auto& a, const auto& b) { return a.began < b.began; });
    return cut_off;
}

}  // namespace rehearse::command
