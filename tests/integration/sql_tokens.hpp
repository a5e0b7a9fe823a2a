#pragma once

#include "sql/token_cursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rehearse::sql::test {

// Its tokens, with one space between them: psql leaves comments out and moves white space.
inline std::string tokens_of(const std::string& text) {
    std::string tokens;
    for (TokenCursor cursor{text}; !cursor.done(); cursor.advance()) {
        if (!tokens.empty()) tokens += ' ';
        // Blank lines in a token too: where psql passes over lines, only their line feeds are kept.
        // The server may see a quote where psql sees a variable and what follows it.
        for (const char c : cursor.token().text()) {
            if (c != '\n' || !tokens.ends_with('\n')) tokens += c;
        }
    }
    // psql sends the semicolons with it, but not the file's last line feed.
    tokens.resize(tokens.find_last_not_of("; \n") + 1);
    return tokens.substr(std::min(tokens.find_first_not_of("; "), tokens.size()));
}

inline std::vector<std::string> tokens_of(const std::vector<std::string>& statements) {
    std::vector<std::string> all;
    for (const std::string& statement : statements) {
        if (std::string tokens = tokens_of(statement); !tokens.empty())
            all.push_back(std::move(tokens));
    }
    return all;
}

// Fails at the first difference, and shows what is around it.
inline void expect_same(const std::vector<std::string>& ours,
                        const std::vector<std::string>& theirs, const std::string& note) {
    std::size_t same = 0;
    while (same < std::min(ours.size(), theirs.size()) && ours[same] == theirs[same]) ++same;
    if (same == ours.size() && same == theirs.size()) return;
    const auto shown = [same](const std::vector<std::string>& all) {
        std::string text;
        for (std::size_t i = same > 2 ? same - 2 : 0; i < std::min(all.size(), same + 3); ++i)
            text += "  [" + all[i] + "]\n";
        return text;
    };
    FAIL() << note << "statement " << same << " of " << ours.size() << " here and " << theirs.size()
           << " by psql\nhere:\n"
           << shown(ours) << "psql:\n"
           << shown(theirs);
}

}  // namespace rehearse::sql::test
