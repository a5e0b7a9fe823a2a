#include "command/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rehearse::command {

using testing::ElementsAre;

TEST(Environment, NamesWhatCouldLeadToAnotherDatabase) {
    EXPECT_THAT(
        names_of_addresses({"PATH=/bin", "PGHOST=db.example", "DATABASE_URL=anything",
                            "SHOP_DATABASE_URL=x", "REPLICA=postgres://u:p@db.example/shop",
                            "SPRING_URL=jdbc:postgresql://db.example/shop",
                            "SQLALCHEMY=postgresql+psycopg2://db.example", "HOME=/home/postgres:x",
                            "NOTE=see postgres://", "no equals sign"}),
        ElementsAre("PGHOST", "DATABASE_URL", "SHOP_DATABASE_URL", "REPLICA", "SPRING_URL",
                    "SQLALCHEMY"));
}

TEST(Environment, AddressesAreTheScratchs) {
    pg::ConnInfo where;
    where.host = "127.0.0.1";
    where.port = 40123;
    where.dbname = "my shop/ü";
    where.password = "abc";
    const auto variables = address_variables(where);
    EXPECT_EQ(variables.at("DATABASE_URL"),
              "postgresql://postgres:abc@127.0.0.1:40123/my%20shop%2F%C3%BC");
    EXPECT_EQ(variables.at("PGDATABASE"), "my shop/ü");
    EXPECT_EQ(variables.at("PGPORT"), "40123");
    EXPECT_EQ(variables.at("FLYWAY_URL"), "jdbc:postgresql://127.0.0.1:40123/my%20shop%2F%C3%BC");
}

}  // namespace rehearse::command
