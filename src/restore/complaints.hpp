#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rehearse::restore {

// One error that pg_restore or psql reported and went on from.
struct Complaint {
    std::string message;    // "ERROR:  relation "x" already exists", or the program's own words;
                            // DETAIL, HINT and CONTEXT in lines after it
    std::string statement;  // beginning of the statement, where the program tells it
    std::string entry;      // pg_restore: "TABLE DATA invoices app_owner"
};

enum class Severity {
    expected,  // comes with every restore into a server that is not empty: not worth a word
    harmless,  // what it is about does not change what is rehearsed: listed
    fatal,
};

Severity severity_of(const Complaint& complaint);

// One line, for public places too: without what stands in the message's quotes and in the
// statement's literals, where a password or a row's value may be.
std::string public_summary_of(const Complaint& complaint);

// Takes the lines of pg_restore's or psql's stderr and makes complaints of those that belong
// together. pg_restore's workers write into one stream, so that prefixes may come twice and pieces
// of lines late.
class ComplaintReader {
  public:
    explicit ComplaintReader(std::function<void(const Complaint&)> on_complaint);

    // Both programs' messages in their untranslated form.
    void add_line(std::string_view line);
    void finish();

    // pg_restore's own count at its end ("errors ignored on restore: 3").
    std::optional<std::size_t> count_told() const { return count_told_; }
    std::size_t count_seen() const { return count_seen_; }

  private:
    void begin(std::string_view message);

    std::function<void(const Complaint&)> on_complaint_;
    std::optional<Complaint> current_;
    std::string entry_;
    std::size_t count_seen_ = 0;
    std::optional<std::size_t> count_told_;
};

}  // namespace rehearse::restore
