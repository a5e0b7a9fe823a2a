#include "rehearse/pg/types.hpp"

#include <gtest/gtest.h>

namespace rehearse::pg {
namespace {

TEST(ServerVersions, AreReadFromWhatServersAndDumpsPrint) {
    const struct {
        std::string_view text;
        int number;
    } cases[] = {
        {"15.18 (Debian 15.18-0+deb12u1)", 150018},
        {"15.18", 150018},
        {"17beta1", 170000},
        {"18devel", 180000},
        {"10.0", 100000},
        {"9.6.24", 90624},
        {"9.6", 90600},
        {"13", 130000},
    };
    for (const auto& each : cases) {
        const auto version = ServerVersion::parse(each.text);
        ASSERT_TRUE(version) << each.text;
        EXPECT_EQ(version->number, each.number) << each.text;
    }
    for (const std::string_view text : {"", "beta", "-1", "0.1", " 15.1", "99999999999"})
        EXPECT_EQ(ServerVersion::parse(text), std::nullopt) << text;
}

TEST(ServerVersions, ArePrintedAsPostgresqlNamesThem) {
    EXPECT_EQ(ServerVersion{150018}.text(), "15.18");
    EXPECT_EQ(ServerVersion{90624}.text(), "9.6.24");
    EXPECT_EQ(ServerVersion{90624}.major(), 9);
    EXPECT_LT(ServerVersion{90624}, ServerVersion{150018});
}

TEST(RelationNames, LeaveOutPublicAndQuoteWhereNeeded) {
    EXPECT_EQ((RelationName{"public", "audit_log"}).text(), "audit_log");
    EXPECT_EQ((RelationName{"", "audit_log"}).text(), "audit_log");
    EXPECT_EQ((RelationName{"billing", "invoices"}).text(), "billing.invoices");
    EXPECT_EQ((RelationName{"public", "Order"}).text(), "\"Order\"");
    EXPECT_EQ((RelationName{"my schema", "a\"b"}).text(), "\"my schema\".\"a\"\"b\"");
}

}  // namespace
}  // namespace rehearse::pg
