#include "psql_variables.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/sql/psql_script.hpp"

namespace rehearse::migrations {

void check_psql_variables(const std::map<std::string, std::string>& variables) {
    for (const auto& [name, value] : variables) {
        const std::string given = "--set " + name + "=" + value + ": ";
        if (!sql::is_psql_variable_name(name)) {
            throw Error(ErrorKind::usage, given + "psql has no variables of that name",
                        {"Names are letters, digits and underscores."});
        }
        if (const auto outcome = sql::what_psql_would_do_with(name, value)) {
            throw Error(ErrorKind::usage, given + *outcome,
                        {"Leave it out: a rehearsal stops at the first error and commits as the "
                         "file says."});
        }
    }
}

}  // namespace rehearse::migrations
