#include "restore/words.hpp"

#include "rehearse/base/text.hpp"

#include <cctype>

namespace rehearse::restore {

namespace {

bool is_word_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// The end of what `quote` at `begin` opens, behind its closing quote; a doubled quote does not
// close.
std::size_t quoted_end(std::string_view sql, std::size_t begin, char quote) {
    std::size_t i = begin + 1;
    while (i < sql.size()) {
        if (sql[i] != quote) {
            ++i;
        } else if (i + 1 < sql.size() && sql[i + 1] == quote) {
            i += 2;
        } else {
            return i + 1;
        }
    }
    return sql.size();
}

std::string without_quotes(std::string_view quoted) {
    std::string name;
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
        name += quoted[i];
        if (quoted[i] == '"') ++i;
    }
    return name;
}

}  // namespace

bool Word::is(std::string_view keyword) const {
    return !quoted_identifier && lower_cased(text) == lower_cased(keyword);
}

std::vector<Word> words_of(std::string_view sql) {
    std::vector<Word> words;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i + 1;
        if (c == '"' || c == '\'') {
            end = quoted_end(sql, i, c);
            const std::string_view token = sql.substr(i, end - i);
            words.push_back(c == '"' ? Word{without_quotes(token), true}
                                     : Word{std::string(token), false});
        } else if (is_word_character(c)) {
            while (end < sql.size() && is_word_character(sql[end])) ++end;
            words.push_back({std::string(sql.substr(i, end - i)), false});
        } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            words.push_back({std::string(1, c), false});
        }
        i = end;
    }
    return words;
}

}  // namespace rehearse::restore
