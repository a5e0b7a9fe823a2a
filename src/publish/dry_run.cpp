#include "rehearse/publish/review_host.hpp"

namespace rehearse::publish {

namespace {

class DryRun final : public ReviewHost {
  public:
    DryRun(ReviewHost& host, bool may_read, std::string& told)
        : host_(host), may_read_(may_read), told_(told) {}

    std::string request_name() const override { return host_.request_name(); }
    std::size_t comment_limit() const override { return host_.comment_limit(); }

    std::vector<Comment> own_comments_with(const std::string& marker) override {
        return may_read_ ? host_.own_comments_with(marker) : std::vector<Comment>{};
    }
    void check_label_name(const std::string& name) const override { host_.check_label_name(name); }
    std::vector<std::string> read_labels() override {
        return may_read_ ? host_.read_labels() : std::vector<std::string>{};
    }

    Outcome write_comment(const std::string& body) override {
        told_ += "the comment:\n\n" + body + "\n";
        return Outcome::done;
    }
    Outcome edit_comment(const std::string&, const std::string& body) override {
        return write_comment(body);
    }
    Outcome add_label(const Label&) override { return Outcome::done; }
    Outcome remove_label(const std::string&) override { return Outcome::done; }

    Outcome set_status(const Status& status) override {
        told_ += "the status:\n\n" + status.context + ": " + status.description + "\n";
        for (const auto& annotation : status.annotations) {
            told_ += annotation.path + ":" + std::to_string(annotation.line) + " " +
                     annotation.level + " " + annotation.title + "\n";
        }
        return Outcome::done;
    }

    std::string refusal() const override { return {}; }

  private:
    ReviewHost& host_;
    bool may_read_;
    std::string& told_;
};

}  // namespace

std::unique_ptr<ReviewHost> make_dry_run(ReviewHost& host, bool may_read, std::string& told) {
    return std::make_unique<DryRun>(host, may_read, told);
}

}  // namespace rehearse::publish
