#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

namespace rehearse::migrations {

// A folder that is read as one tool's.
class ToolFixture : public test::FolderFixture {
  protected:
    explicit ToolFixture(std::string tool) { options_.tool = std::move(tool); }

    std::unique_ptr<MigrationSource> open() const {
        SourceOptions options = options_;
        options.folder = folder();
        return open_source(options);
    }
    // The migration of a folder that has this file alone.
    Migration only(const std::string& file, const std::string& content) const {
        write(file, content);
        const auto all = open()->all();
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? Migration{} : all.front();
    }
    std::vector<std::string> versions() const {
        std::vector<std::string> found;
        for (const Migration& one : open()->all()) found.push_back(one.version);
        return found;
    }
    // "LINE:sql" of each text, white space around it left out.
    static std::vector<std::string> texts_of(const Migration& migration) {
        std::vector<std::string> found;
        for (const Text& text : migration.texts()) {
            const std::size_t begin = text.sql.find_first_not_of(" \r\n\t");
            const std::size_t end = text.sql.find_last_not_of(" \r\n\t") + 1;
            if (begin == std::string::npos) continue;
            const auto line =
                text.position.line +
                std::count(text.sql.begin(), text.sql.begin() + static_cast<std::ptrdiff_t>(begin),
                           '\n');
            found.push_back(std::to_string(line) + ":" + text.sql.substr(begin, end - begin));
        }
        return found;
    }
    // Of a call that has to fail, from the file's name on; a hint says what to do.
    template <typename Call>
    static std::string error_of(Call&& call) {
        try {
            call();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations) << error.message();
            EXPECT_FALSE(error.hints().empty()) << error.message();
            const std::size_t folder_end = error.message().find("migrations/");
            return folder_end == std::string::npos ? error.message()
                                                   : error.message().substr(folder_end + 11);
        }
        ADD_FAILURE() << "nothing was thrown";
        return "";
    }
    std::string error_of_listing() const {
        return error_of([&] { open(); });
    }
    std::string error_of_texts(const std::string& file, const std::string& content) const {
        const Migration migration = only(file, content);
        return error_of([&] { migration.texts(); });
    }

    SourceOptions options_;
};

}  // namespace rehearse::migrations
