#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

namespace rehearse::test {

// Root may read and write everywhere: as nobody a test sees what a user would.
class AsUser {
  public:
    AsUser() {
        if (geteuid() == 0) is_changed_ = seteuid(kNobody) == 0;
    }
    AsUser(const AsUser&) = delete;
    AsUser& operator=(const AsUser&) = delete;
    ~AsUser() {
        if (is_changed_ && seteuid(0) != 0) ADD_FAILURE() << "cannot be root again";
    }

  private:
    static constexpr uid_t kNobody = 65'534;
    bool is_changed_ = false;
};

}  // namespace rehearse::test
