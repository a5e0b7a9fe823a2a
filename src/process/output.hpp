#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace rehearse::process {

// One output stream of a program: keeps its last bytes and hands on its lines as they become whole.
class Output {
  public:
    Output(std::size_t keep_bytes, std::function<void(const std::string&)> on_line);

    void add(std::string_view bytes);
    // The stream has ended: hands on a last line without a line feed.
    void finish();
    std::string take_kept();

  private:
    std::size_t keep_bytes_;
    std::function<void(const std::string&)> on_line_;
    std::string kept_;
    std::string open_line_;
};

}  // namespace rehearse::process
