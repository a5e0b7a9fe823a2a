#include "relaxed_json.hpp"

#include <algorithm>
#include <cctype>

namespace rehearse::migrations {

namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool begins_name(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}

bool continues_name(char c) {
    return begins_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

class Rewriter {
  public:
    explicit Rewriter(std::string_view text) : text_(text) {}

    std::string rewrite() {
        while (at_ < text_.size()) step();
        return std::move(made_);
    }

  private:
    void step() {
        const char c = text_[at_];
        if (text_.substr(at_).starts_with("//")) {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (text_.substr(at_).starts_with("/*")) {
            const std::size_t end = text_.find("*/", at_ + 2);
            at_ = end == std::string_view::npos ? text_.size() : end + 2;
        } else if (c == '"' || c == '\'') {
            copy_string(c);
        } else if (begins_name(c)) {
            copy_name();
        } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
            while (at_ < text_.size() && (continues_name(text_[at_]) || text_[at_] == '.'))
                made_ += text_[at_++];
        } else {
            if (c == '}' || c == ']') drop_comma();
            made_ += c;
            ++at_;
        }
    }

    void copy_string(char quote) {
        made_ += '"';
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            const char c = text_[at_];
            if (c == '\\' && at_ + 1 < text_.size()) {
                const char escaped = text_[++at_];
                if (escaped == '\n') continue;  // the string goes on in the next line
                if (escaped != '\'') made_ += '\\';
                made_ += escaped;
            } else {
                if (c == '"') made_ += '\\';
                made_ += c;
            }
        }
        ++at_;
        made_ += '"';
    }

    void copy_name() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
        const std::string name(text_.substr(begin, at_ - begin));
        const bool is_value = name == "true" || name == "false" || name == "null";
        made_ += is_value ? name : '"' + name + '"';
    }

    void drop_comma() {
        const std::size_t last = made_.find_last_not_of(kSpace);
        if (last != std::string::npos && made_[last] == ',') made_.erase(last, 1);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string made_;
};

}  // namespace

std::string as_strict_json(std::string_view text) {
    return Rewriter(text).rewrite();
}

}  // namespace rehearse::migrations
