#pragma once

#include "rehearse/sql/script.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::sql {

using Kind = StatementKind;
using Use = TransactionUse;

struct Case {
    std::string text;
    Kind kind;
    Use use = Use::allowed;
    std::vector<std::string> relations = {};
};

inline std::vector<std::string> names_of(const Classification& c) {
    std::vector<std::string> names;
    for (const pg::RelationName& relation : c.relations) {
        names.push_back(relation.schema.empty() ? relation.name
                                                : relation.schema + "." + relation.name);
    }
    return names;
}

inline void expect_all(const std::vector<Case>& cases) {
    for (const Case& expected : cases) {
        SCOPED_TRACE(expected.text);
        const Classification c = classify(expected.text);
        EXPECT_EQ(to_string(c.kind), to_string(expected.kind));
        EXPECT_EQ(static_cast<int>(c.transaction_use), static_cast<int>(expected.use));
        EXPECT_EQ(names_of(c), expected.relations);
        EXPECT_EQ(c.syntax_error, "");
    }
}

}  // namespace rehearse::sql
