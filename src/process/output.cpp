#include "process/output.hpp"

#include <utility>

namespace rehearse::process {

Output::Output(std::size_t keep_bytes, std::function<void(const std::string&)> on_line)
    : keep_bytes_(keep_bytes), on_line_(std::move(on_line)) {}

void Output::add(std::string_view bytes) {
    kept_ += bytes;
    // Cut in big steps, so that each byte is moved about once.
    if (kept_.size() / 2 > keep_bytes_) kept_.erase(0, kept_.size() - keep_bytes_);
    if (!on_line_) return;

    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos;
         end = bytes.find('\n')) {
        open_line_ += bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        on_line_(std::exchange(open_line_, {}));
    }
    open_line_ += bytes;
}

void Output::finish() {
    if (on_line_ && !open_line_.empty()) on_line_(std::exchange(open_line_, {}));
}

std::string Output::take_kept() {
    if (kept_.size() > keep_bytes_) kept_.erase(0, kept_.size() - keep_bytes_);
    return std::move(kept_);
}

}  // namespace rehearse::process
