#include "rehearse/base/error.hpp"
#include "rehearse/publish/review_host.hpp"
#include "rehearse/publish/webhook.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace rehearse::publish::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// The system accepts connections to it; nobody reads them before take().
class Listener {
  public:
    Listener() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const general = reinterpret_cast<sockaddr*>(&address);
        if (socket_ < 0 || bind(socket_, general, size) != 0 || listen(socket_, 8) != 0 ||
            getsockname(socket_, general, &size) != 0) {
            throw std::runtime_error("no socket to listen on");
        }
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }
    ~Listener() { close(socket_); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    const std::string& url() const { return url_; }
    int take() const { return accept(socket_, nullptr, nullptr); }

  private:
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string url_;
};

// The real client, with less patience.
class Hasty final : public HttpClient {
  public:
    Response send(const Request& asked) override {
        auto request = asked;
        request.timeout = Millis{50};
        return client_->send(request);
    }

  private:
    std::unique_ptr<HttpClient> client_ = make_http_client("test");
};

template <typename Action>
std::string complaint(Action action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::delivery);
        return render_error(error);
    }
    return "none";
}

}  // namespace

TEST(CurlClient, AServerThatNeverAnswersIsLeftAfterTheTimeout) {
    const Listener silent;
    Hasty client;
    const auto response = client.send({.method = "GET", .url = silent.url()});
    EXPECT_EQ(response.status, 0);
    EXPECT_THAT(response.failure, HasSubstr("timed out"));
    EXPECT_TRUE(response.transient);
    EXPECT_FALSE(response.unsent);  // it may have read it
}

TEST(CurlClient, AHostOrAWebhookThatNeverAnswersIsToldWithWhatToDo) {
    const Listener silent;
    Hasty client;
    Target target;
    target.api_url = silent.url();
    target.project = "acme/shop";
    target.number = "12";
    target.token = "secret-token";
    EXPECT_THAT(complaint([&] { make_github(client, target, false)->read_labels(); }),
                AllOf(HasSubstr("cannot reach " + silent.url()), HasSubstr("timed out"),
                      HasSubstr("--timeout"), Not(HasSubstr("secret"))));
    EXPECT_THAT(complaint([&] { post_to_webhook(client, silent.url() + "/secret", "text"); }),
                AllOf(HasSubstr("timed out"), HasSubstr("https_proxy"), Not(HasSubstr("secret"))));
}

TEST(CurlClient, AnAnswerWithoutEndIsCutOffAndSaysSo) {
    const Listener listener;
    std::thread server([&] {
        const int connection = listener.take();
        std::string data = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
        data.resize(std::size_t{1} << 20, ' ');
        // Until the client hangs up.
        while (send(connection, data.data(), data.size(), MSG_NOSIGNAL) > 0) {
        }
        close(connection);
    });
    const auto response = make_http_client("test")->send({.method = "GET", .url = listener.url()});
    server.join();
    EXPECT_EQ(response.status, 0);
    EXPECT_EQ(response.failure, "its answer is longer than 32 MB");
    EXPECT_FALSE(response.transient);
}

}  // namespace rehearse::publish::test
