#pragma once

#include "rehearse/base/error.hpp"
#include "rehearse/migrations/migration.hpp"

#include "support/folder_fixture.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

namespace rehearse::test {

// A folder of one tool's, for tests of what its adapter reads there.
class ToolFolder : public FolderFixture {
  protected:
    explicit ToolFolder(std::string tool) : tool_(std::move(tool)) {}

    std::unique_ptr<migrations::MigrationSource> open() const {
        migrations::SourceOptions options = options_;
        options.folder = folder();
        options.tool = tool_;
        return migrations::open_source(options);
    }
    std::vector<migrations::Migration> all() const { return open()->all(); }
    std::vector<std::string> versions() const {
        std::vector<std::string> found;
        for (const auto& one : all()) found.push_back(one.version);
        return found;
    }
    // "LINE:COLUMN text", of the migration that the folder has as its first.
    std::vector<std::string> first_texts() const {
        std::vector<std::string> found;
        for (const auto& text : all().at(0).texts()) {
            found.push_back(std::to_string(text.position.line) + ":" +
                            std::to_string(text.position.column) + " " + text.sql);
        }
        return found;
    }
    // What is wrong with the folder; empty when nothing is.
    std::string error() const {
        return error_in([this] { open(); });
    }
    std::string error_of_first_texts() const {
        const auto migrations = all();
        return error_in([&] { migrations.at(0).texts(); });
    }
    // The tool for which rehearse takes the folder.
    std::string recognised() const {
        migrations::SourceOptions options;
        options.folder = folder();
        return migrations::open_source(options)->tool();
    }

    migrations::SourceOptions options_;

  private:
    template <typename Do>
    static std::string error_in(Do&& action) {
        try {
            action();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::migrations);
            EXPECT_FALSE(error.hints().empty()) << error.message();
            return error.message();
        }
        return "";
    }

    std::string tool_;
};

}  // namespace rehearse::test
