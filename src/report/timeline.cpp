#include "report/timeline.hpp"

#include "rehearse/pg/types.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace rehearse::report {

namespace {

constexpr double kNarrowest = 0.4;  // per cent: two or three pixels

double ended_with_commit(const TimedStatement& timed) {
    return timed.ended_ms + timed.statement->commit_ms.value_or(0);
}

// Whether the next one began before the last of those that this one stands for.
bool ran_in_turn(const StatementPart& statement, const StatementPart& next) {
    return statement.repeated > 1 && next.ordinal - statement.ordinal < statement.repeated;
}

std::vector<TimedStatement> all_statements(const MigrationPart& migration) {
    std::vector<TimedStatement> result;
    double now = 0;
    const SettingsPart* settings = nullptr;
    bool is_placed = true;
    const auto& statements = migration.statements;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        const auto& statement = statements[i];
        if (statement.settings) settings = &*statement.settings;
        is_placed =
            is_placed && (i + 1 == statements.size() || !ran_in_turn(statement, statements[i + 1]));
        result.push_back({&statement, now, now + statement.elapsed_ms, settings, is_placed});
        now = ended_with_commit(result.back());
    }
    return result;
}

void keep_longest(Timeline& timeline, const MigrationPart& migration, std::size_t most) {
    auto& statements = timeline.statements;
    if (statements.size() <= most) return;
    const auto weight = [&](const TimedStatement& timed) {
        const bool failed =
            migration.error && migration.error->statement == timed.statement->ordinal;
        return std::pair{failed, ended_with_commit(timed) - timed.began_ms};
    };
    std::stable_sort(statements.begin(), statements.end(),
                     [&](const auto& a, const auto& b) { return weight(a) > weight(b); });
    for (std::size_t i = most; i < statements.size(); ++i) {
        timeline.left_out_ms += ended_with_commit(statements[i]) - statements[i].began_ms;
    }
    timeline.statements_left_out = statements.size() - most;
    statements.resize(most);
    std::sort(statements.begin(), statements.end(),
              [](const auto& a, const auto& b) { return a.began_ms < b.began_ms; });
}

std::vector<Lane> all_lanes(const MigrationPart& migration) {
    std::map<std::string, Lane> by_relation;
    for (const auto& statement : migration.statements) {
        for (const auto& lock : statement.locks) {
            auto& lane = by_relation[lock.relation];
            const Hold hold{&lock, &statement, kept_out_by(lock)};
            const bool is_stronger = lane.holds.empty() || hold.keeps_out > lane.keeps_out;
            if (is_stronger || (hold.keeps_out == lane.keeps_out && lock.held_ms > lane.held_ms)) {
                lane.keeps_out = hold.keeps_out;
                lane.held_ms = lock.held_ms;
                lane.is_exact = lock.evidence == to_string(observe::Evidence::exact);
            }
            lane.holds.push_back(hold);
        }
    }
    std::vector<Lane> lanes;
    for (auto& [relation, lane] : by_relation) {
        lane.relation = relation;
        lanes.push_back(std::move(lane));
    }
    return lanes;
}

void keep_strongest(Lane& lane, std::size_t most) {
    const auto weight = [](const Hold& hold) {
        return std::pair{hold.keeps_out, hold.lock->held_ms};
    };
    std::stable_sort(lane.holds.begin(), lane.holds.end(),
                     [&](const Hold& a, const Hold& b) { return weight(a) > weight(b); });
    if (lane.holds.size() > most) {
        lane.holds_left_out = lane.holds.size() - most;
        lane.holds.resize(most);
    }
    std::reverse(lane.holds.begin(), lane.holds.end());
}

// The step of an axis: a round number of milliseconds, seconds, minutes or hours.
double step_of(double total_ms) {
    constexpr double kMostSteps = 6;
    constexpr double kSecond = 1'000;
    constexpr double kMinute = 60 * kSecond;
    constexpr double kHour = 60 * kMinute;
    constexpr double kSteps[] = {kSecond,      2 * kSecond,  5 * kSecond,  10 * kSecond,
                                 15 * kSecond, 30 * kSecond, kMinute,      2 * kMinute,
                                 5 * kMinute,  10 * kMinute, 15 * kMinute, 30 * kMinute};
    const double least = total_ms / kMostSteps;
    if (least > kSteps[0] && least <= 30 * kMinute) {
        return *std::find_if(std::begin(kSteps), std::end(kSteps),
                             [least](double step) { return step >= least; });
    }
    const double unit = least > kSteps[0] ? kHour : 1;
    const double decade = std::pow(10, std::floor(std::log10(least / unit)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (step * decade * unit >= least) return step * decade * unit;
    }
    return 10 * decade * unit;
}

}  // namespace

KeepsOut kept_out_by(const LockPart& lock) {
    const auto mode = pg::lock_mode_from(lock.mode);
    // Nobody else knows a new relation, and nobody waits for a TOAST table by itself.
    if (!mode || lock.new_relation || lock.relation.starts_with("pg_toast.")) {
        return KeepsOut::nobody;
    }
    if (pg::blocks_reads(*mode)) return KeepsOut::everybody;
    return pg::blocks_writes(*mode) ? KeepsOut::writers : KeepsOut::nobody;
}

Stretch stretch_of(double from_ms, double to_ms, double total_ms) {
    if (total_ms <= 0) return {0, 100};
    const auto at = [total_ms](double ms) { return std::clamp(100 * ms / total_ms, 0.0, 100.0); };
    const double width = std::max(kNarrowest, at(to_ms) - at(from_ms));
    return {std::min(at(from_ms), 100 - width), width};
}

std::vector<double> ticks_of(double total_ms) {
    constexpr double kRounding = 1e-9;
    // Nothing is measured finer than a microsecond, and the logarithm of what is next to nothing
    // has no decade.
    constexpr double kFinest = 0.001;
    if (!(total_ms >= kFinest)) return {0};
    const double step = step_of(total_ms);
    std::vector<double> ticks;
    for (int i = 0; i * step <= total_ms * (1 + kRounding); ++i) ticks.push_back(i * step);
    return ticks;
}

TimelineLimits limits_for(std::size_t migrations) {
    constexpr std::size_t kRowsOnPage = 3'000;
    constexpr std::size_t kFewest = 6;
    const TimelineLimits most;
    const std::size_t each = std::max(kFewest, kRowsOnPage / std::max<std::size_t>(1, migrations));
    return {std::min(most.statements, each), std::min(most.lanes, each),
            std::min(most.holds_in_lane, each)};
}

Timeline timeline_of(const MigrationPart& migration, const TimelineLimits& limits) {
    Timeline timeline;
    timeline.total_ms = migration.elapsed_ms;
    timeline.statements = all_statements(migration);
    timeline.lanes = all_lanes(migration);
    if (!timeline.statements.empty()) {
        timeline.total_ms =
            std::max(timeline.total_ms, ended_with_commit(timeline.statements.back()));
    }
    for (const auto& lane : timeline.lanes) {
        for (const auto& hold : lane.holds) {
            timeline.total_ms = std::max(timeline.total_ms, hold.lock->released_ms);
        }
    }
    keep_longest(timeline, migration, limits.statements);

    auto& lanes = timeline.lanes;
    const auto weight = [](const Lane& lane) {
        return std::pair{lane.keeps_out != KeepsOut::nobody, lane.held_ms};
    };
    std::stable_sort(lanes.begin(), lanes.end(),
                     [&](const Lane& a, const Lane& b) { return weight(a) > weight(b); });
    if (lanes.size() > limits.lanes) {
        timeline.longest_left_out = lanes[limits.lanes];
        timeline.lanes_left_out = lanes.size() - limits.lanes;
        lanes.resize(limits.lanes);
    }
    for (auto& lane : lanes) keep_strongest(lane, limits.holds_in_lane);
    return timeline;
}

}  // namespace rehearse::report
