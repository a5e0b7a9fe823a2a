#include "report/json_tree.hpp"

#include "rehearse/base/text.hpp"

#include "report/json_field.hpp"

#include <utility>
#include <vector>

namespace rehearse::report {

namespace {

using Json = nlohmann::json;

// The library's own parser can leave values out by a callback, but looks through the whole list
// after each object in it: the time would grow with the square of the list.
class TreeBuilder final : public nlohmann::json_sax<Json> {
  public:
    TreeBuilder(std::size_t text_size, const TakeStatement& take)
        : text_size_(text_size), take_(take) {}

    Json& root() { return root_; }

    bool null() override { return add(nullptr); }
    bool boolean(bool flag) override { return add(flag); }
    bool number_integer(number_integer_t number) override { return add(number); }
    bool number_unsigned(number_unsigned_t number) override { return add(number); }
    bool number_float(number_float_t number, const string_t&) override { return add(number); }
    bool string(string_t& text) override { return add(std::move(text)); }
    bool binary(binary_t&) override { return false; }  // no text has one

    bool start_object(std::size_t) override { return open(Json::object()); }
    bool key(string_t& name) override {
        const auto [place, is_new] = open_.back()->emplace(name, nullptr);
        if (!is_new) refuse("'" + name + "'", "is there twice");
        next_ = &*place;
        return true;
    }
    bool end_object() override {
        if (is_statement()) {
            take_(open_[1]->size() - 1, *open_.back());
            open_[3]->get_ref<Json::array_t&>().pop_back();
        }
        open_.pop_back();
        return true;
    }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_array() override {
        open_.pop_back();
        return true;
    }

    bool parse_error(std::size_t position, const std::string&,
                     const Json::exception& error) override {
        constexpr int kOutOfRange = 406;
        if (error.id == kOutOfRange) {
            refuse("the number that ends at byte " + std::to_string(position), "is out of range");
        }
        if (position > text_size_) {
            refuse("the text",
                   "ends after " + std::to_string(text_size_) + " bytes, before the report does");
        }
        refuse("byte " + std::to_string(position), "is not JSON");
    }

  private:
    // report, migrations, migration, statements, statement
    static constexpr std::size_t kDepthOfStatement = 5;
    static constexpr std::size_t kDeepest = 100;

    bool add(Json&& value) {
        put(std::move(value));
        return true;
    }
    bool open(Json&& value) {
        if (open_.size() == kDeepest) refuse("the text", "is nested too deep");
        open_.push_back(put(std::move(value)));
        return true;
    }
    Json* put(Json&& value) {
        if (open_.empty()) return &(root_ = std::move(value));
        if (!open_.back()->is_array()) return &(*next_ = std::move(value));
        open_.back()->push_back(std::move(value));
        return &open_.back()->back();
    }

    bool is_statement() const {
        return open_.size() == kDepthOfStatement && is_list(0, "migrations", 1) &&
               is_list(2, "statements", 3);
    }
    bool is_list(std::size_t object, const char* name, std::size_t value) const {
        const auto found = open_[object]->find(name);
        return found != open_[object]->end() && &*found == open_[value] && open_[value]->is_array();
    }

    std::size_t text_size_;
    const TakeStatement& take_;
    Json root_;
    std::vector<Json*> open_;  // from the root to the innermost; each stays while it is open
    Json* next_ = nullptr;     // where the value of the last key goes
};

}  // namespace

Json parse_tree(const std::string& text, const TakeStatement& take) {
    if (trimmed(text).empty()) refuse("the text", "is empty");
    TreeBuilder builder(text.size(), take);
    Json::sax_parse(text, &builder);
    return std::move(builder.root());
}

}  // namespace rehearse::report
