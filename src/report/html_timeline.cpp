#include "report/html_timeline.hpp"

#include "rehearse/base/text.hpp"
#include "rehearse/report/layout.hpp"
#include "rehearse/sql/script.hpp"

#include "report/html_escape.hpp"
#include "report/html_facts.hpp"
#include "report/phrases.hpp"
#include "report/timeline.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rehearse::report {

namespace {

constexpr std::size_t kLongestName = 63 * 2 + 1;  // schema.table
constexpr std::size_t kLongestLabel = 160;        // of SQL beside its bar

std::string per_cent(double value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.2f", value);
    std::string text{buffer.data()};
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text + "%";
}

std::string rect(const std::string& name, Stretch stretch, const std::vector<std::string>& facts) {
    std::string title;
    for (const auto& fact : facts) {
        if (!fact.empty()) title += (title.empty() ? "" : "\n") + html(fact);
    }
    return "<rect class=\"" + name + "\" x=\"" + per_cent(stretch.x) + "\" width=\"" +
           per_cent(stretch.width) + "\"><title>" + title + "</title></rect>";
}

// Nothing in it is told to a screen reader: the row's own text says the same.
std::string svg(const std::string& name, const std::string& inner) {
    return "<svg class=\"" + name + "\" aria-hidden=\"true\">" + inner + "</svg>";
}

std::string row(const std::string& kind, const std::string& name, const std::string& track,
                const std::string& number, const std::string& more) {
    return "<details class=\"" + kind + "\"><summary>" + element("span", "name", name) +
           svg("track", track) + element("span", "number", html(number)) + "</summary>" +
           element("div", "more", more) + "</details>\n";
}

// A line each, and no element each: a page may have twenty thousand.
std::string line_of(const std::string& fact) {
    return "• " + html(fact) + "\n";
}

std::string lines_of(const std::vector<std::string>& facts) {
    std::string lines;
    for (const auto& fact : facts) lines += line_of(fact);
    return lines;
}

class Drawing {
  public:
    Drawing(const Timeline& timeline, const MigrationPart& migration, const HtmlStyle& style)
        : timeline_(timeline),
          migration_(migration),
          style_(style),
          slowest_(slowest_statement(migration)) {}

    std::string axis() const {
        constexpr double kNearTheEnd = 90;
        std::string labels;
        std::string lines;
        for (const double tick : ticks_of(timeline_.total_ms)) {
            const double x = timeline_.total_ms > 0 ? 100 * tick / timeline_.total_ms : 0;
            const auto* anchor = x == 0 ? "start" : x > kNearTheEnd ? "end" : "middle";
            labels += "<text class=\"" + std::string{anchor} + "\" x=\"" + per_cent(x) +
                      "\" y=\"12\">" + html(tick == 0 ? "0" : limit(tick)) + "</text>";
            lines += "<line x1=\"" + per_cent(x) + "\" x2=\"" + per_cent(x) +
                     "\" y1=\"0\" y2=\"100%\"/>";
        }
        return svg("grid", lines) + element("div", "axis", svg("track", labels)) + "\n";
    }

    std::string statements() const {
        std::string text;
        for (const auto& timed : timeline_.statements) text += statement_row(timed);
        if (timeline_.statements_left_out > 0) {
            text += element("p", "left-out",
                            html(counted(timeline_.statements_left_out, "shorter statement") +
                                 " of " + std::to_string(migration_.statements.size()) +
                                 " not drawn, " + duration(timeline_.left_out_ms) +
                                 " together; report.json has them all")) +
                    "\n";
        }
        if (!timeline_.statements.empty() && !timeline_.statements.back().is_placed) {
            text += element("p", "left-out",
                            "Like statements that ran in turn with others are one "
                            "bar, where the "
                            "first of them began: that bar and those after it do not "
                            "stand exactly "
                            "above their locks.") +
                    "\n";
        }
        return text;
    }

    std::string locks() const {
        if (timeline_.lanes.empty()) return {};
        std::string text = element("h3", "", "Locks") + "\n";
        for (const auto& lane : timeline_.lanes) text += lane_row(lane);
        if (timeline_.longest_left_out) {
            const auto& longest = *timeline_.longest_left_out;
            text += element("p", "left-out",
                            html(counted(timeline_.lanes_left_out, "locked relation") + " of " +
                                 std::to_string(timeline_.lanes.size() + timeline_.lanes_left_out) +
                                 " not drawn; report.json has them all. The longest of those, " +
                                 longest.relation + ", " +
                                 held_number(longest.held_ms, longest.is_exact) + ", " +
                                 keeps_out_phrase(longest.keeps_out))) +
                    "\n";
        }
        return text;
    }

  private:
    Stretch stretch(double from_ms, double to_ms) const {
        return stretch_of(from_ms, to_ms, timeline_.total_ms);
    }

    std::string statement_row(const TimedStatement& timed) const {
        const auto& statement = *timed.statement;
        const auto sql =
            style_.mask_literals ? sql::with_masked_literals(statement.sql) : statement.sql;
        const bool failed = migration_.error && migration_.error->statement == statement.ordinal;
        const auto facts = statement_facts(timed, style_.mask_literals);
        auto title = facts;
        title.insert(title.begin(),
                     "line " + std::to_string(statement.line) + (failed ? ", failed" : ""));

        auto track = rect(failed ? "statement failed" : "statement",
                          stretch(timed.began_ms, timed.ended_ms), title);
        if (statement.commit_ms) {
            track += rect("commit", stretch(timed.ended_ms, timed.ended_ms + *statement.commit_ms),
                          {"COMMIT of line " + std::to_string(statement.line),
                           "took " + exact_duration(*statement.commit_ms)});
        }
        track += waits(timed) + phases(timed);

        const auto name =
            element("span", "line", std::to_string(statement.line)) +
            (statement.repeated > 1 ? "×" + std::to_string(statement.repeated) + " " : "") +
            html_code(one_line(printable(sql), kLongestLabel));
        const auto code = html_lines(sql) + (statement.sql_shortened ? "\n…" : "");
        const bool is_main = failed || timed.statement == slowest_;
        return row(is_main ? "row main" : "row", name, track, duration(statement.elapsed_ms),
                   element("pre", "", code) + lines_of(facts));
    }

    // Where it is not recorded when in the statement a wait was, it stands at the beginning, where
    // a lock is mostly waited for.
    std::string waits(const TimedStatement& timed) const {
        std::string text;
        double at = timed.began_ms;
        for (const auto& wait : timed.statement->waits) {
            if (wait.began_ms) at = timed.began_ms + *wait.began_ms;
            const double end = std::min(at + wait.waited_ms, timed.ended_ms);
            text += rect("wait", stretch(at, end),
                         {"waited " + exact_duration(wait.waited_ms) + " for " + waited_for(wait),
                          wait.on.empty() ? "" : "held by " + join(wait.on, ", "),
                          began_fact(wait.began_ms)});
            at = end;
        }
        return text;
    }

    // Where that is not recorded, one after the other, in the order in which they were seen.
    std::string phases(const TimedStatement& timed) const {
        std::string text;
        double at = timed.began_ms;
        bool odd = false;
        for (const auto& phase : timed.statement->phases) {
            if (phase.began_ms) at = timed.began_ms + *phase.began_ms;
            const double end = std::min(at + phase.elapsed_ms, timed.ended_ms);
            text += rect(odd ? "phase odd" : "phase", stretch(at, end),
                         {phase.command, phase.phase, "took " + exact_duration(phase.elapsed_ms),
                          began_fact(phase.began_ms)});
            at = end;
            odd = !odd;
        }
        return text;
    }

    static std::string began_fact(const std::optional<double>& began_ms) {
        return began_ms ? "seen from " + exact_duration(*began_ms) + " after the statement began"
                        : "when in the statement is not recorded";
    }

    std::string lane_row(const Lane& lane) const {
        std::string track;
        std::string more;
        for (const auto& hold : lane.holds) {
            track += hold_bars(hold);
            more += line_of(join(hold_facts(hold), ", "));
        }
        if (lane.holds_left_out > 0) {
            more += line_of(counted(lane.holds_left_out, "weaker or shorter hold") + " not drawn");
        }
        const auto name = html_code(shortened_in_middle(printable(lane.relation), kLongestName)) +
                          " " + html(keeps_out_phrase(lane.keeps_out));
        return row("row", name, track, held_number(lane.held_ms, lane.is_exact), more);
    }

    std::string hold_bars(const Hold& hold) const {
        const auto& lock = *hold.lock;
        const auto facts = hold_facts(hold);
        std::string name = hold.keeps_out == KeepsOut::everybody ? "everybody"
                           : hold.keeps_out == KeepsOut::writers ? "writers"
                                                                 : "nobody";
        std::string text;
        if (lock.evidence != "exact") {
            name += " sampled";
            if (lock.not_after_ms > lock.not_before_ms) {
                text += rect("bounds", stretch(lock.not_before_ms, lock.not_after_ms), facts);
            }
        }
        if (lock.waited_ms > 0) {
            text += rect("wait", stretch(lock.acquired_ms - lock.waited_ms, lock.acquired_ms),
                         {"waited " + exact_duration(lock.waited_ms) + " for " + lock.mode +
                          " on " + lock.relation});
        }
        return text + rect(name, stretch(lock.acquired_ms, lock.released_ms), facts);
    }

    const Timeline& timeline_;
    const MigrationPart& migration_;
    const HtmlStyle& style_;
    const StatementPart* slowest_;
};

}  // namespace

std::string html_timeline(const MigrationPart& migration, const HtmlStyle& style,
                          const TimelineLimits& limits) {
    if (migration.statements.empty()) return {};
    const auto timeline = timeline_of(migration, limits);
    const Drawing drawing{timeline, migration, style};
    return "<figure class=\"timeline\">\n" + drawing.axis() + element("h3", "", "Statements") +
           "\n" + drawing.statements() + drawing.locks() + "</figure>\n";
}

std::string html_legend() {
    const auto entry = [](const std::string& name, const std::string& words) {
        return element("li", "",
                       svg("key", "<rect class=\"" + name + "\" width=\"100%\"/>") + html(words));
    };
    return element("ul", "legend",
                   entry("statement", "statement") + entry("phase", "its phases") +
                       entry("wait", "waiting for a lock") +
                       entry("everybody", keeps_out_phrase(KeepsOut::everybody)) +
                       entry("writers", keeps_out_phrase(KeepsOut::writers)) +
                       entry("nobody", "blocks neither") +
                       entry("everybody sampled",
                             "polled: held at least so long, "
                             "the thin line is its bounds")) +
           "\n";
}

}  // namespace rehearse::report
