#pragma once

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// A report as JSON, read field by field. It may come from anywhere: what is in it is held against
// the contract before anything is drawn from it.
namespace rehearse::report {

// Throws Error(usage): "not a report of rehearse: migrations[2].label is missing".
[[noreturn]] void refuse(const std::string& path, const std::string& what);

// The words that a field may hold, and no others.
using Words = std::span<const std::string_view>;

// A value and the way to it, so that an error can name the field: "migrations[2].elapsed_ms".
// Whatever is not as it should be throws Error(usage).
class Field {
  public:
    Field(const nlohmann::json& value, std::string path) : value_(value), path_(std::move(path)) {}

    Field at(const char* name) const;

    void to(std::string& text) const;
    void to(bool& flag) const;
    // From zero to kMost.
    void to(double& number) const;
    // The same below zero too: an age, where two clocks differ.
    void to_signed(double& number) const;
    // From zero to kMostWhole, where the type has room for it.
    template <std::integral Number>
    void to(Number& number) const {
        const auto whole = whole_number();
        if (!std::in_range<Number>(whole)) refuse(path_, "is out of range");
        number = static_cast<Number>(whole);
    }
    template <typename T>
    void to(std::optional<T>& value) const {
        if (value_.is_null()) return value.reset();
        to(value.emplace());
    }
    template <typename T>
    void to(std::vector<T>& list) const {
        if (!value_.is_array()) refuse(path_, "is not a list");
        for (std::size_t i = 0; i < value_.size(); ++i) {
            Field{value_[i], path_ + "[" + std::to_string(i) + "]"}.to(list.emplace_back());
        }
    }
    void to(std::map<std::string, std::string>& texts) const;
    // By the function read(const Field&, Part&) of the part.
    template <typename Part>
    requires std::is_class_v<Part>
    void to(Part& part) const { read(*this, part); }

    template <typename T>
    void read_field(const char* name, T& value) const {
        at(name).to(value);
    }
    // What reports of an earlier version do not have.
    template <typename T>
    void read_later_field(const char* name, T& value) const {
        if (value_.is_object() && value_.contains(name)) read_field(name, value);
    }
    void read_word(const char* name, std::string& word, Words known) const;

  private:
    // In either unit far more than anybody measures, and far from where sums and casts overflow.
    static constexpr double kMost = 1e15;
    // What every reader of JSON takes for the same number (RFC 8259, 6).
    static constexpr std::uint64_t kMostWhole = std::uint64_t{1} << 53;

    std::uint64_t whole_number() const;
    std::string path_of(const std::string& name) const;

    const nlohmann::json& value_;
    std::string path_;
};

}  // namespace rehearse::report
