#pragma once

#include <pqxx/pqxx>

#include <thread>

namespace rehearse::pg {

// While it lives, an interrupt cancels what the server does for this connection: who waits for an
// answer gets an error instead.
class CancelOnInterrupt {
  public:
    explicit CancelOnInterrupt(pqxx::connection& connection);
    CancelOnInterrupt(const CancelOnInterrupt&) = delete;
    CancelOnInterrupt& operator=(const CancelOnInterrupt&) = delete;
    ~CancelOnInterrupt();

  private:
    int done_;  // an eventfd(2)
    std::thread watcher_;
};

}  // namespace rehearse::pg
