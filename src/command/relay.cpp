#include "relay.hpp"

#include "rehearse/base/error.hpp"

#include "socket.hpp"
#include "wire.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <list>
#include <thread>
#include <vector>

namespace rehearse::command {

namespace {

// Of each direction; who is faster than the other side waits.
constexpr std::size_t kBuffer = std::size_t{64} << 10;

// Bytes on their way. `is_over`: the sender has closed.
struct Stream {
    std::string pending;
    bool is_over = false;
    bool is_broken = false;

    bool has_room() const { return !is_over && pending.size() < kBuffer; }

    void receive(const Socket& from) {
        const std::size_t before = pending.size();
        pending.resize(kBuffer);
        const ssize_t got = recv(from.get(), pending.data() + before, kBuffer - before, 0);
        pending.resize(before + static_cast<std::size_t>(std::max<ssize_t>(0, got)));
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) is_over = true;
    }

    // How much of the first `size` bytes went; 0 when the receiver is busy.
    std::size_t send_to(const Socket& to, std::size_t size) {
        const ssize_t sent = send(to.get(), pending.data(), size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) is_broken = true;
        return static_cast<std::size_t>(std::max<ssize_t>(0, sent));
    }
};

class Connection {
  public:
    Connection(Socket client, Socket server, RelayListener& listener)
        : client_(std::move(client)), server_(std::move(server)), listener_(listener) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (pid_ != 0) listener_.session_ended(pid_);
    }

    bool has_ended() const {
        return up_.is_broken || down_.is_broken || up_.is_over ||
               (down_.is_over && down_.pending.empty());
    }
    bool is_let_in() const { return pid_ != 0; }

    void ask_for(std::vector<pollfd>& watched) const {
        watched.push_back({client_.get(), events(up_, down_), 0});
        watched.push_back({server_.get(), events(down_, up_), 0});
    }

    void go_on(short client_events, short server_events) {
        if (client_events != 0 && up_.has_room()) up_.receive(client_);
        if (server_events != 0 && down_.has_room()) down_.receive(server_);
        pass_down();
        pass_up();
        // What we answered ourselves.
        pass_down();
    }

  private:
    static short events(const Stream& in, const Stream& out) {
        return static_cast<short>((in.has_room() ? POLLIN : 0) |
                                  (out.pending.empty() ? 0 : POLLOUT));
    }

    void pass_up() {
        while (!up_.pending.empty() && !up_.is_broken) {
            const std::size_t size = is_open_ ? next_message() : next_opening();
            if (size == 0) return;
            const std::size_t sent = up_.send_to(server_, size);
            if (sent == 0) return;
            if (is_open_) {
                from_client_.passed(sent, up_.pending);
            } else {
                opening_left_ -= sent;
                is_open_ = opening_left_ == 0;
            }
            up_.pending.erase(0, sent);
        }
    }

    // Bytes of the opening that may pass.
    std::size_t next_opening() {
        if (opening_left_ > 0) return std::min(opening_left_, up_.pending.size());
        const auto opening = opening_in(up_.pending);
        if (!opening) return 0;
        if (opening->size == 0) {
            up_.is_broken = true;
            return 0;
        }
        if (opening->kind == Opening::Kind::encryption) {
            if (up_.pending.size() < opening->size) return 0;
            up_.pending.erase(0, opening->size);
            down_.pending += 'N';
            return up_.pending.empty() ? 0 : next_opening();
        }
        opening_left_ = opening->size;
        return std::min(opening_left_, up_.pending.size());
    }

    std::size_t next_message() {
        const auto frame = from_client_.peek(up_.pending);
        if (frame && (frame->type == 'Q' || frame->type == 'P')) {
            const auto text = text_of(*frame);
            const bool is_large = frame->size > kFramePeek;
            if (is_in_transaction_ && (strong_ran_ || (anything_ran_ && ends_transaction(text)))) {
                listener_.between_statements(pid_);
                strong_ran_ = anything_ran_ = false;
            }
            anything_ran_ = true;
            strong_ran_ = strong_ran_ || is_large || !is_weak(text);
        }
        return from_client_.passable(up_.pending);
    }

    void pass_down() {
        while (!down_.pending.empty() && !down_.is_broken) {
            // Before the session is open only our own answer can be here.
            const std::size_t size =
                is_open_ ? to_client_.passable(down_.pending) : down_.pending.size();
            const auto frame = is_open_ ? to_client_.peek(down_.pending) : std::nullopt;
            // A cut-off message goes out as it is.
            const std::size_t passable = size == 0 && down_.is_over ? down_.pending.size() : size;
            if (passable == 0) return;
            const std::size_t sent = down_.send_to(client_, passable);
            if (sent == 0) return;
            if (frame) note(*frame);
            if (is_open_) to_client_.passed(sent, down_.pending);
            down_.pending.erase(0, sent);
        }
    }

    // What the server says of the session.
    void note(const Frame& frame) {
        constexpr char kBackendKeyData = 'K';
        constexpr char kReadyForQuery = 'Z';
        if (frame.type == kBackendKeyData && frame.payload.size() >= 4 && pid_ == 0) {
            pid_ = static_cast<int>(number_at(frame.payload, 0));
            listener_.session_began(pid_);
        } else if (frame.type == kReadyForQuery && !frame.payload.empty()) {
            is_in_transaction_ = frame.payload[0] == 'T';
            if (!is_in_transaction_) strong_ran_ = anything_ran_ = false;
        }
    }

    Socket client_;
    Socket server_;
    RelayListener& listener_;
    Stream up_;
    Stream down_;
    bool is_open_ = false;  // the start-up message has passed
    std::size_t opening_left_ = 0;
    FrameCursor from_client_;
    FrameCursor to_client_;
    int pid_ = 0;
    bool is_in_transaction_ = false;
    // Since the last call of between_statements().
    bool anything_ran_ = false;
    bool strong_ran_ = false;
};

}  // namespace

struct Relay::Impl {
    const pg::ConnInfo server;
    RelayListener& listener;
    Socket listening = listen_on_loopback();
    Socket stopping{eventfd(0, EFD_CLOEXEC)};
    std::atomic<int> connections = 0;
    std::atomic<int> sessions = 0;
    std::list<Connection> open;
    std::thread thread;

    Impl(pg::ConnInfo where, RelayListener& who) : server(std::move(where)), listener(who) {}

    void run() {
        std::vector<pollfd> watched;
        for (;;) {
            watched.assign({{stopping.get(), POLLIN, 0}, {listening.get(), POLLIN, 0}});
            for (const Connection& each : open) each.ask_for(watched);
            if (poll(watched.data(), watched.size(), -1) < 0) continue;  // EINTR
            if (watched[0].revents != 0) return;
            std::size_t at = 2;
            for (auto each = open.begin(); each != open.end(); at += 2) {
                const bool was_let_in = each->is_let_in();
                each->go_on(watched[at].revents, watched[at + 1].revents);
                if (!was_let_in && each->is_let_in()) ++sessions;
                each = each->has_ended() ? open.erase(each) : std::next(each);
            }
            if (watched[1].revents != 0) take_one();
        }
    }

    void take_one() {
        Socket client = accept_from(listening);
        if (!client.is_open()) return;
        ++connections;
        Socket to = connect_to(server);
        if (to.is_open()) open.emplace_back(std::move(client), std::move(to), listener);
    }
};

Relay::Relay(const pg::ConnInfo& server, RelayListener& listener)
    : impl_(std::make_unique<Impl>(server, listener)) {
    impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Relay::~Relay() {
    stop();
}

int Relay::port() const {
    return port_of(impl_->listening);
}

int Relay::connections() const {
    return impl_->connections;
}

int Relay::sessions() const {
    return impl_->sessions;
}

void Relay::stop() {
    if (!impl_->thread.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(impl_->stopping.get(), &one, sizeof one);
    impl_->thread.join();
    impl_->open.clear();
}

}  // namespace rehearse::command
