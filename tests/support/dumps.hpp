#pragma once

#include <filesystem>
#include <string>

namespace rehearse::test {

// Empty when dumps can be made here, else the reason.
std::string why_no_dumps();

// A folder with dumps of the database in shop.sql by a real PostgreSQL: shop.dump (custom),
// shop.dir, shop.tar, shop.sql, shop.sql.gz, shop.sql.zst, and stalling.dump, whose restore does
// not end. Made by the first test that asks and kept in the build folder for a day: every test is a
// process of its own. Not to be changed.
const std::filesystem::path& dumps();
// Of the server that made them: 15.
int dumps_major();

}  // namespace rehearse::test
