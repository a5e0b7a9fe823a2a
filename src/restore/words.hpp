#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rehearse::restore {

// One token of a statement that pg_dump wrote about a database: a word, a quoted identifier without
// its quotes, a literal as it stands with its quotes, or a single other character.
struct Word {
    std::string text;
    bool quoted_identifier = false;

    // Keywords are never quoted.
    bool is(std::string_view keyword) const;
};

std::vector<Word> words_of(std::string_view sql);

}  // namespace rehearse::restore
