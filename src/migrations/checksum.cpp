#include "checksum.hpp"

#include "rehearse/base/error.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <zlib.h>

#include <array>
#include <memory>

namespace rehearse::migrations {

namespace {

const EVP_MD* algorithm_of(Digest digest) {
    switch (digest) {
        case Digest::md5:
            return EVP_md5();
        case Digest::sha1:
            return EVP_sha1();
        case Digest::sha256:
            return EVP_sha256();
        case Digest::sha384:
            return EVP_sha384();
    }
    return EVP_sha256();
}

[[noreturn]] void fail(const char* what) {
    throw Error(ErrorKind::internal, std::string("libcrypto cannot compute ") + what);
}

}  // namespace

std::string digest_of(std::string_view text, Digest digest) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, algorithm_of(digest),
                   nullptr) != 1)
        fail("a checksum");
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (unsigned i = 0; i < length; ++i) {
        hex += kDigits[bytes[i] >> 4U];
        hex += kDigits[bytes[i] & 15U];
    }
    return hex;
}

struct RunningSha256::Impl {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                    EVP_MD_CTX_free};
};

RunningSha256::RunningSha256() : impl_(std::make_unique<Impl>()) {
    if (EVP_DigestInit_ex(impl_->context.get(), EVP_sha256(), nullptr) != 1) fail("a checksum");
}

RunningSha256::~RunningSha256() = default;

void RunningSha256::add(std::string_view text) {
    if (EVP_DigestUpdate(impl_->context.get(), text.data(), text.size()) != 1) fail("a checksum");
}

std::string RunningSha256::base64() const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> copy(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    if (EVP_MD_CTX_copy_ex(copy.get(), impl_->context.get()) != 1 ||
        EVP_DigestFinal_ex(copy.get(), bytes.data(), &length) != 1)
        fail("a checksum");
    std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> text{};
    const int written = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(length));
    return {text.begin(), text.begin() + written};
}

std::uint32_t crc32_of(std::string_view text, std::uint32_t before) {
    return static_cast<std::uint32_t>(
        crc32_z(before, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

std::uint64_t siphash_1_3(std::string_view text) {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(
        EVP_MAC_fetch(nullptr, "SIPHASH", nullptr), EVP_MAC_free);
    if (!mac) fail("SipHash");
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
        EVP_MAC_CTX_new(mac.get()), EVP_MAC_CTX_free);
    const std::array<unsigned char, 16> key{};
    std::array<unsigned char, 8> bytes{};
    std::size_t size = bytes.size();
    unsigned compression = 1;
    unsigned finalization = 3;
    const std::array<OSSL_PARAM, 4> parameters{
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &compression),
        OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &finalization),
        OSSL_PARAM_construct_end()};
    std::size_t length = 0;
    if (EVP_MAC_init(context.get(), key.data(), key.size(), parameters.data()) != 1 ||
        EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1 ||
        EVP_MAC_final(context.get(), bytes.data(), &length, bytes.size()) != 1)
        fail("SipHash");
    std::uint64_t hash = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) hash = (hash << 8U) | bytes[i - 1];
    return hash;
}

}  // namespace rehearse::migrations
