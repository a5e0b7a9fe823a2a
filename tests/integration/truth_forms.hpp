#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace rehearse::test {

// What one form of statement does, in words as the table has them; "t_*" stands for the three
// indexes of t. TOAST tables, catalogs and transient relations are left out.
struct Done {
    // The strongest on each relation, by its name before: "t AccessExclusive, r RowShare".
    std::string locks = "";
    std::string rewritten = "";  // tables with a new file
    std::string built = "";      // indexes with a new file
    std::string scanned = "";    // tables that were read from end to end
};

// Where the form may stand.
enum class Where {
    in_transaction,
    // In one that the file begins itself. Replay puts none around it, because of a partitioned
    // table it commits in between.
    in_files_transaction,
    alone,             // PostgreSQL refuses it in a transaction block: only polling sees it
    alone_and_waiting  // and it waits for an open transaction that has read t or pt
};

struct Form {
    std::string name;
    std::string prepare;  // run before the replay
    std::string statement;
    Done done;
    Where where = Where::in_transaction;
    // Where versions differ: from this major on.
    std::map<int, Done> since = {};
    int first_major = 13;

    const Done& done_on(int major) const;
};

// t has 2,000 rows, r 100; pt is partitioned with the partitions p1 and ptd (default).
extern const char* const kFormsSchema;
const std::vector<Form>& forms();

void PrintTo(const Form& form, std::ostream* out);

}  // namespace rehearse::test
