#pragma once

#include "rehearse/pg/performer_session.hpp"

#include <string>
#include <string_view>

// What may be told of the server's words in public places: names, never a row's values.
namespace rehearse::pg {

// The server's message as far as it cannot hold row values; empty where it may hold anything. `sql`
// is the failed statement, whose text is its author's and no row's.
std::string public_message(const ServerError& error, std::string_view sql);

// The same where nobody tells the SQLSTATE or the statement: whatever stands in quotes is hidden,
// names too. `context` is the server's, empty where it is not known.
std::string public_message(std::string_view message, std::string_view context);

// Everything in double quotes in the message is a word of the statement, too.
bool quotes_only_words_of(std::string_view sql, std::string_view message);

}  // namespace rehearse::pg
