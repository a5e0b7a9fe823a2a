// Whatever the text is, it is classified, normalised, masked and asked for roles.

#include "rehearse/sql/script.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rehearse::sql;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Classification c = classify(text);
    if (c.takes_weak_locks_only && c.transaction_use != TransactionUse::allowed) std::abort();
    const std::string plain = normalized(text);
    if (normalized(plain) != plain) std::abort();
    with_masked_literals(text);
    roles_named_in(text);
    return 0;
}
