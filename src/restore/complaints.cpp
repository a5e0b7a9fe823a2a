#include "restore/complaints.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/pg/public_message.hpp"
#include "rehearse/sql/script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rehearse::restore {

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool takes_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// A complaint is of this severity when its statement begins with the first text (any, when empty)
// and its message contains the second.
struct Known {
    std::string_view statement;
    std::string_view message;
    Severity severity;
};

constexpr std::array kKnown{
    // The database was made before psql came to it, and initdb made the others.
    Known{"CREATE DATABASE ", "already exists", Severity::expected},
    // The same, where the pg_dump was newer than the server.
    Known{"CREATE DATABASE ", "option \"locale_provider\" not recognized", Severity::expected},
    Known{"CREATE SCHEMA public", "already exists", Severity::expected},
    Known{"CREATE PROCEDURAL LANGUAGE plpgsql", "already exists", Severity::expected},
    Known{"CREATE LANGUAGE plpgsql", "already exists", Severity::expected},
    // pg_dump --clean: there was nothing to drop.
    Known{"DROP ", "does not exist", Severity::expected},
    Known{"SELECT pg_catalog.lo_unlink", "does not exist", Severity::expected},
    // A psql that is older than these words of pg_dump.
    Known{"", "invalid command \\restrict", Severity::expected},
    Known{"", "invalid command \\unrestrict", Severity::expected},
    // A pg_dump that is newer than the server.
    Known{"SET ", "unrecognized configuration parameter", Severity::harmless},
    Known{"SET default_tablespace", "", Severity::harmless},
    // Nothing that changes rows, locks or times.
    Known{"COMMENT ON ", "", Severity::harmless},
    Known{"SECURITY LABEL ", "", Severity::harmless},
    Known{"GRANT ", "", Severity::harmless},
    Known{"REVOKE ", "", Severity::harmless},
    Known{"ALTER DEFAULT PRIVILEGES ", "", Severity::harmless},
    Known{"ALTER DATABASE ", "", Severity::harmless},
    Known{"CREATE EVENT TRIGGER ", "", Severity::harmless},
    Known{"ALTER EVENT TRIGGER ", "", Severity::harmless},
    Known{"CREATE PUBLICATION ", "", Severity::harmless},
    Known{"ALTER PUBLICATION ", "", Severity::harmless},
    Known{"CREATE SUBSCRIPTION ", "", Severity::harmless},
    Known{"ALTER SUBSCRIPTION ", "", Severity::harmless},
    // Statistics of PostgreSQL 18: VACUUM (ANALYZE) makes them anew.
    Known{"SELECT * FROM pg_catalog.pg_restore_", "", Severity::harmless},
    // Its query may ask a server that the scratch cannot reach.
    Known{"REFRESH MATERIALIZED VIEW ", "", Severity::harmless},
};

// The other half of pg_dump --clean: ALTER TABLE ... DROP CONSTRAINT, ALTER TABLE ... ALTER COLUMN
// ... DROP DEFAULT.
bool drops_what_is_not_there(const Complaint& complaint) {
    return complaint.statement.starts_with("ALTER ") && contains(complaint.statement, " DROP ") &&
           contains(complaint.message, "does not exist");
}

}  // namespace

Severity severity_of(const Complaint& complaint) {
    if (drops_what_is_not_there(complaint)) return Severity::expected;
    const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) {
        return complaint.statement.starts_with(one.statement) &&
               contains(complaint.message, one.message);
    });
    return known == kKnown.end() ? Severity::fatal : known->severity;
}

std::string public_summary_of(const Complaint& complaint) {
    const std::string_view all = complaint.message;
    std::string_view message = all.substr(0, all.find('\n'));
    takes_prefix(message, "ERROR:  ");
    // A query over the rows, and the code that it calls.
    const bool may_say_anything = complaint.statement.starts_with("REFRESH MATERIALIZED VIEW ");
    std::string text = may_say_anything ? "" : pg::public_message(message, all);
    if (text.empty()) text = "an error whose words may hold a row's values";
    if (!complaint.statement.empty()) {
        text += " (" + one_line(sql::with_masked_literals(complaint.statement), 120) + ")";
    }
    return text;
}

ComplaintReader::ComplaintReader(std::function<void(const Complaint&)> on_complaint)
    : on_complaint_(std::move(on_complaint)) {}

void ComplaintReader::begin(std::string_view message) {
    finish();
    takes_prefix(message, "could not execute query: ");
    current_ = Complaint{std::string(message), "", std::exchange(entry_, std::string())};
}

void ComplaintReader::finish() {
    if (!current_) return;
    ++count_seen_;
    const Complaint complaint = *std::exchange(current_, std::nullopt);
    on_complaint_(complaint);
}

void ComplaintReader::add_line(std::string_view line) {
    bool of_pg_restore = false;
    while (takes_prefix(line, "pg_restore:")) {
        of_pg_restore = true;
        while (takes_prefix(line, " ")) {
        }
    }
    if (of_pg_restore) {
        if (takes_prefix(line, "from TOC entry ")) {
            // "219; 1259 16619 TABLE invoices app_owner"
            finish();
            const auto words = split(line, ' ');
            entry_ = words.size() > 3 ? join({words.begin() + 3, words.end()}, " ") : "";
        } else if (takes_prefix(line, "error: ") || takes_prefix(line, "fatal: ")) {
            begin(line);
        } else if (takes_prefix(line, "warning: errors ignored on restore: ")) {
            finish();
            std::size_t count = 0;
            std::from_chars(line.data(), line.data() + line.size(), count);
            count_told_ = count;
        } else {
            finish();
        }
        return;
    }
    if (takes_prefix(line, "psql:")) {
        // "psql:<stdin>:12: ERROR:  ...", "psql:<stdin>:12: STATEMENT:  ...", "psql: error:
        // connection ... failed"
        const std::size_t colon = line.find(' ');
        if (colon != std::string_view::npos) line.remove_prefix(colon + 1);
        if (takes_prefix(line, "STATEMENT:  ")) {
            if (current_) current_->statement = line;
        } else if (line.starts_with("ERROR:  ") || line.starts_with("FATAL:  ")) {
            begin(line);
        } else if (takes_prefix(line, "error: ")) {
            begin(line);
        } else {
            finish();
        }
        return;
    }
    if (!current_) return;
    if (takes_prefix(line, "Command was: ")) {
        current_->statement = line;
    } else if (line.starts_with("DETAIL:  ") || line.starts_with("HINT:  ") ||
               line.starts_with("CONTEXT:  ")) {
        current_->message += "\n" + std::string(line);
    }
}

}  // namespace rehearse::restore
