#include "rehearse/publish/webhook.hpp"

#include "rehearse/base/error.hpp"

#include "unit/publish/scripted_http.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace rehearse::publish::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kUrl = "https://hooks.example.org/services/T0/B0/secret-part";

std::string complaint(ScriptedHttp& http) {
    try {
        post_to_webhook(http, kUrl, "text");
    } catch (const Error& error) {
        return render_error(error);
    }
    return "none";
}

TEST(Webhook, TakesOneNoticeInSlacksForm) {
    ScriptedHttp http{{.status = 200, .body = "ok"}};
    post_to_webhook(http, kUrl, "0042 a<b>&c: ok -> noisy\n\"second\"");
    ASSERT_EQ(http.requests.size(), 1U);
    const auto& request = http.requests.front();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, kUrl);
    EXPECT_TRUE(request.repeatable);  // twice is better than never
    EXPECT_EQ(nlohmann::json::parse(request.body),
              (nlohmann::json{{"text", "0042 a&lt;b&gt;&amp;c: ok -&gt; noisy\n\"second\""}}));
}

TEST(Webhook, SaysWhyItWasNotTakenAndNotWhereItIs) {
    ScriptedHttp gone{{.status = 404}};
    EXPECT_THAT(complaint(gone), AllOf(HasSubstr("did not take the notice: HTTP 404"),
                                       HasSubstr("REHEARSE_WEBHOOK"), Not(HasSubstr("secret"))));
    ScriptedHttp silent{{.failure = "no answer within 15 s"}};
    EXPECT_THAT(complaint(silent), HasSubstr("no answer within 15 s"));
    for (const Response& response :
         {Response{.status = 302}, Response{.status = 503}, Response{.failure = "certificate"},
          Response{.failure = "timed out", .transient = true}}) {
        ScriptedHttp http{response};
        EXPECT_THAT(complaint(http), HasSubstr("hint: "));
    }
}

TEST(Webhook, IsAnHttpAddress) {
    EXPECT_NO_THROW(check_webhook(kUrl));
    EXPECT_NO_THROW(check_webhook("http://127.0.0.1:8080/hook"));
    for (const char* url : {"", "hooks.example.org/secret", "file:///etc/secret"}) {
        try {
            check_webhook(url);
            ADD_FAILURE() << url;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::usage);
            EXPECT_THAT(render_error(error), Not(HasSubstr("secret")));
        }
    }
}

}  // namespace
}  // namespace rehearse::publish::test
