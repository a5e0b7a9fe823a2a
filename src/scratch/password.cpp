#include "scratch/password.hpp"

#include "rehearse/base/error.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace rehearse::scratch {

std::string random_password() {
    std::array<unsigned char, 24> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw Error(ErrorKind::internal,
                    std::string("the system gives no random bytes: ") + std::strerror(errno));
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string password;
    for (const unsigned char byte : bytes) {
        password += kDigits[byte >> 4];
        password += kDigits[byte & 15];
    }
    return password;
}

}  // namespace rehearse::scratch
