#pragma once

#include "rehearse/base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rehearse {

// What a long step tells while it works. The terminal draws it as one changing line, a log as plain
// lines.
class Progress {
  public:
    virtual ~Progress() = default;

    enum class Unit { none, bytes, objects };

    // A step begins: "restoring shop.dump", "vacuum and analyze". Ends the step before it.
    virtual void begin(const std::string& step) = 0;
    // How far the current step is. `detail` is what it works on just now ("data public.audit_log").
    virtual void update(std::uint64_t done, std::optional<std::uint64_t> total, Unit unit,
                        const std::string& detail) = 0;
    // The current step ended well; `summary` may add figures ("2.4 GB, 212 objects").
    virtual void end(const std::string& summary) = 0;
    // Something the reader should know, said once: a skipped snapshot, a fallback engine.
    virtual void note(const std::string& text) = 0;
    virtual void warn(const std::string& text) = 0;
};

// Says nothing.
class SilentProgress final : public Progress {
  public:
    void begin(const std::string&) override {}
    void update(std::uint64_t, std::optional<std::uint64_t>, Unit, const std::string&) override {}
    void end(const std::string&) override {}
    void note(const std::string&) override {}
    void warn(const std::string&) override {}
};

}  // namespace rehearse
