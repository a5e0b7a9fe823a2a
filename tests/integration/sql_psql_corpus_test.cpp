// Scripts made at random, thousands at once: what psql sends, read from the server's log, is what
// the splitter makes of them.

#include "rehearse/sql/psql_script.hpp"
#include "rehearse/sql/script.hpp"

#include "integration/sql_tokens.hpp"
#include "property/random_scripts.hpp"
#include "support/folder_fixture.hpp"
#include "support/statement_log.hpp"
#include "unit/sql/script_pieces.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rehearse::sql {
namespace {

using rehearse::test::FilledFolder;
using rehearse::test::Random;
using rehearse::test::StatementLog;
using test::expect_same;
using test::tokens_of;
using Texts = std::vector<std::string>;

class PsqlCorpus : public rehearse::test::PostgresTest, protected FilledFolder {
  protected:
    void SetUp() override {
        PostgresTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        // psql takes data after COPY only where the server asks for them.
        run_sql("CREATE TABLE \"from\"(a text, b text)");
    }

    // psql goes on behind an error, so that most of what is sent may be nonsense.
    void run_psql(const fs::path& file) const {
        server().run_client("psql", {"-X", "-q", "-o", "/dev/null", "-f", file.string()},
                            database());
    }
};

// For psql, E'...' ends at the end of its line; the splitter is with the server there.
bool has_continued_escape_string(const std::string& script) {
    return script.find("E'a'\n'") != std::string::npos;
}

TEST_F(PsqlCorpus, a_large_one_comes_apart_as_psql_takes_it_apart) {
    Random random;
    std::string all;
    int scripts = 0;
    std::size_t bytes = 0;
    while (scripts < 4000) {
        const std::string script = test::random_script(random).text;
        if (has_continued_escape_string(script)) continue;
        ++scripts;
        bytes += script.size();
        all += (script.starts_with("\xEF\xBB\xBF") ? script.substr(3) : script) +
               "\nselect 'the end of script " + std::to_string(scripts) + "';\n";
    }
    const fs::path file = write("all.sql", all);

    StatementLog log(server(), database());
    run_psql(file);
    const Texts theirs = tokens_of(log.take());
    ASSERT_GT(theirs.size(), 10'000U) << "the log shows too little";

    Texts ours;
    for (const Statement& piece : test::pieces_of(all).all) {
        if (!piece.is_meta_command) ours.push_back(piece.text);
    }
    expect_same(tokens_of(ours), theirs, random.seed_text());

    Texts by_psql_script;
    PsqlScript reader{file};
    while (const auto statement = reader.next()) by_psql_script.push_back(statement->text);
    expect_same(tokens_of(by_psql_script), theirs, random.seed_text());
}

}  // namespace
}  // namespace rehearse::sql
