#include "rehearse/pg/production_address.hpp"

#include "rehearse/base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::pg {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kPassword = "p@ss word'\"%";

struct Row {
    const char* name;
    const char* text;
};

class AddressWithPassword : public testing::TestWithParam<Row> {};

TEST_P(AddressWithPassword, KeepsItApart) {
    const auto address = ProductionAddress::parse(GetParam().text);
    EXPECT_EQ(address.password(), kPassword);
    EXPECT_THAT(address.without_password(),
                AllOf(HasSubstr("host='db.example'"), HasSubstr("user='read er'"),
                      HasSubstr("dbname='shop'"), HasSubstr("application_name='rehearse snapshot'"),
                      HasSubstr("options='-c default_transaction_read_only=on'"),
                      Not(HasSubstr("p@ss")), Not(HasSubstr("password"))));
}

INSTANTIATE_TEST_SUITE_P(
    Forms, AddressWithPassword,
    testing::Values(
        Row{"url", "postgres://read%20er:p%40ss%20word'%22%25@db.example/shop"},
        Row{"parameter",
            "postgresql://db.example/shop?user=read%20er&password=p%40ss%20word'%22%25"},
        Row{"key_value", R"(host=db.example dbname=shop user='read er' password='p@ss word\'"%')"}),
    [](const auto& row) { return std::string(row.param.name); });

// Whatever part of it libpq takes the password for.
TEST(ProductionAddresses, ThatAreNotUnderstoodAreNotRepeated) {
    for (const char* text :
         {"db.example", "postgres://u:secret%zz@db.example/shop",
          "postgres://u:12@secret@db.example/shop", "postgres://u@db.example:secret/shop?x=y",
          "host=db.example secret", "postgres://u@db.example/shop?sslpassword=secret"}) {
        try {
            ProductionAddress::parse(text);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage) << text;
            EXPECT_THAT(render_error(error), Not(HasSubstr("secret"))) << text;
            EXPECT_FALSE(error.hints().empty()) << text;
        }
    }
}

TEST(ProductionAddresses, KeepTheirOwnOptions) {
    const auto address =
        ProductionAddress::parse("host=h options='-c search_path=a' connect_timeout=3");
    EXPECT_THAT(address.without_password(),
                AllOf(HasSubstr("options='-c search_path=a -c default_transaction_read_only=on'"),
                      HasSubstr("connect_timeout='3'")));
}

TEST(ProductionAddresses, OfSeveralHostsGoToTheOneThatAnswered) {
    auto address = ProductionAddress::parse("postgres://a,b:5433/shop");
    address.pin_to("b", "", "5433");
    EXPECT_THAT(address.without_password(),
                AllOf(HasSubstr("host='b'"), HasSubstr("port='5433'"), Not(HasSubstr("hostaddr"))));
}

// A name may lead to another server each time that it is looked up.
TEST(ProductionAddresses, OfSeveralServersUnderOneNameGoToTheOneThatAnswered) {
    auto address = ProductionAddress::parse("host=replicas hostaddr=10.0.0.1,10.0.0.2 dbname=shop");
    address.pin_to("replicas", "10.0.0.2", "5432");
    EXPECT_THAT(address.without_password(),
                AllOf(HasSubstr("host='replicas'"), HasSubstr("hostaddr='10.0.0.2'")));
}

}  // namespace
}  // namespace rehearse::pg
