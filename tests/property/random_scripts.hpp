#pragma once

#include "property/random.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace rehearse::sql::test {

using rehearse::test::Random;
using Texts = std::vector<std::string>;

// Things that a splitter can trip over, each closed in itself.
inline const Texts kWhole = {"select",
                             "insert into t",
                             "a",
                             "b1",
                             "$1",
                             "e",
                             "E",
                             "n",
                             "U",
                             "\"q;\"\"'\"",
                             "'s;'",
                             "''",
                             "';'';'",
                             "E'\\';'",
                             "e'\\\\'",
                             "E'a'\n'\\';'",
                             "U&'\\;'",
                             "u&\"x;'\"",
                             "B'01'",
                             "x'FF;'",
                             "N';'",
                             "$$;'$$",
                             "$t$ $$ ; $u$ $t$",
                             "$t1$;\n-- $t$ $t1$",
                             "$_$'$_$",
                             "1",
                             "1.5e-3",
                             "1..2",
                             ".5",
                             "+",
                             "-",
                             "<=",
                             "@>",
                             "::",
                             ":=",
                             "?|",
                             "#>>",
                             "*",
                             "/",
                             "->>'x;'",
                             "[1]",
                             "(1; 2)",
                             "(a, (b; ')'))",
                             "( -- ;)\n )",
                             "/* ; */",
                             "/* /* ; */ ' */",
                             "-- ;'$$\n",
                             "-- \r",
                             "begin",
                             "end",
                             "case",
                             "atomic",
                             "ümläut",
                             "a$b$",
                             "t$$",
                             "null",
                             "as",
                             "from",
                             "copy",
                             "stdin"};

inline const Texts kBlanks = {" ", "\n", "\t", "\r\n", "  ", "\f", " /* x */ ", " -- y\n"};

struct Script {
    std::string text;
    Texts statements;
    Texts copy_data;
};

inline std::string random_statement(Random& random) {
    static const Texts kFirst = {"select", "with", "update t", "call"};
    std::string text = random.pick(kFirst);
    for (std::size_t parts = random.below(12); parts > 0; --parts) {
        text += random.pick(kBlanks) + random.pick(kWhole);
    }
    // A statement ends with its last token, not with a comment.
    return text + " z";
}

inline std::string random_routine(Random& random) {
    static const Texts kFirst = {"create function", "CREATE OR REPLACE FUNCTION",
                                 "Create /* x */ Procedure"};
    static const Texts kBody = {"select 1;", "select case when a then 'end;' else $$end;$$ end;",
                                "-- end;\n", "select (case a when 1 then 2 end);",
                                "insert into t values ('end');"};
    std::string text = random.pick(kFirst);
    text += " f(a int default (case when true then 1 end)) begin atomic\n";
    for (std::size_t parts = random.below(4); parts > 0; --parts) {
        text += random.pick(kBody) + random.pick(kBlanks);
    }
    return text + "END";
}

inline std::string random_copy_data(Random& random) {
    static const Texts kLines = {"1\t2",     "",     "\\N",   "\\\\.", "\\.x",
                                 "'; $$ --", " \\.", "/* \"", "\\",    std::string(5000, 'x')};
    static const Texts kLineEnds = {"\n", "\r\n"};
    std::string data;
    for (std::size_t lines = random.below(5); lines > 0; --lines) {
        data += random.pick(kLines) + random.pick(kLineEnds);
    }
    return data;
}

inline void add_copy(Script& script, Random& random) {
    static const Texts kStatementEnds = {";\n", " ; -- x;\r\n", "; /* y */ ; \n"};
    static const Texts kDataEnds = {"\\.\n", "\\.\r\n"};
    script.statements.push_back("copy \"from\" (a, b) from\nSTDIN with (format text)");
    script.copy_data.push_back(random_copy_data(random));
    script.text += script.statements.back() + random.pick(kStatementEnds) +
                   script.copy_data.back() + random.pick(kDataEnds);
}

inline Script random_script(Random& random) {
    Script script;
    if (random.below(8) == 0) script.text += "\xEF\xBB\xBF";
    for (std::size_t count = random.below(8); count > 0; --count) {
        script.text += random.pick(kBlanks);
        if (random.below(6) == 0) script.text += ";";
        switch (random.below(6)) {
            case 0:
                script.statements.push_back(random_routine(random));
                script.text += script.statements.back() + ";";
                break;
            case 1:
                add_copy(script, random);
                break;
            case 2:
                script.statements.push_back("\\echo ';' $$ \"");
                script.text += script.statements.back() + "\n";
                break;
            default:
                script.statements.push_back(random_statement(random));
                script.text += script.statements.back() + random.pick(kBlanks) + ";";
        }
    }
    script.text += random.pick(kBlanks);
    return script;
}

}  // namespace rehearse::sql::test
