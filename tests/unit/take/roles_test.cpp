#include "take/roles.hpp"

#include <gtest/gtest.h>

namespace rehearse::take {
namespace {

struct Row {
    const char* statement;
    bool stays;
};

class SettingsOfRoles : public testing::TestWithParam<Row> {};

TEST_P(SettingsOfRoles, StayUnlessTheyMayBeSecrets) {
    const std::string before = "--\n-- Roles\n--\n\nCREATE ROLE app;\n";
    const std::string after = "\nGRANT readers TO app;\n\n--\n-- complete\n--\n";
    const std::string statement = GetParam().statement;
    EXPECT_EQ(without_custom_settings(before + statement + after),
              GetParam().stays ? before + statement + after : before + after);
}

INSTANTIATE_TEST_SUITE_P(
    Known, SettingsOfRoles,
    testing::Values(
        Row{"ALTER ROLE app SET work_mem TO '7MB';", true},
        Row{"ALTER ROLE app SET search_path TO 'a.b', 'c';", true},
        Row{"ALTER ROLE app WITH NOSUPERUSER INHERIT LOGIN;", true},
        Row{"ALTER ROLE \"a.b\" SET work_mem TO '7MB';", true},
        Row{"ALTER ROLE app IN DATABASE \"shop.live\" SET work_mem TO '7MB';", true},
        Row{"ALTER ROLE app SET \"app.key\" TO 'hush';", false},
        Row{"ALTER ROLE app SET \"app.key\" TO 'two\nlines; ALTER ROLE x SET a TO ''b'';';", false},
        Row{"ALTER ROLE \"o\"\"x' SET y\" SET \"app.key\" TO 'hush';", false},
        Row{"ALTER ROLE app IN DATABASE shop SET \"app.key\" TO 'hush';", false},
        Row{"ALTER ROLE app IN DATABASE \"a \"\" b\" SET \"app.key\" TO E'h\\\\ush';", false}));

TEST(SettingsOfRolesAtTheEnd, OfACutOffTextDoNoHarm) {
    for (const char* text : {"ALTER ROLE \"", "ALTER ROLE a SET \"", "ALTER ROLE ", ""})
        EXPECT_EQ(without_custom_settings(text), text);
}

}  // namespace
}  // namespace rehearse::take
