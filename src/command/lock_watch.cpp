#include "lock_watch.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/pg/watch_session.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

namespace rehearse::command {

namespace {

using namespace std::chrono_literals;

// A poll may take this share of the time, so that it does not slow what it looks at.
constexpr int kRestPerPoll = 9;

using Key = std::tuple<std::string, pg::Oid, pg::LockMode>;

Millis percentile(const std::vector<Millis>& sorted, double share) {
    if (sorted.empty()) return {};
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// Between readings while there was something to read.
observe::SamplerFigures figures_of(std::vector<Millis> gaps, std::size_t readings, Millis interval,
                                   bool lost) {
    std::sort(gaps.begin(), gaps.end());
    observe::SamplerFigures figures;
    figures.interval = interval;
    figures.readings = readings;
    figures.gap_p50 = percentile(gaps, 0.5);
    figures.gap_p99 = percentile(gaps, 0.99);
    figures.longest_gap = gaps.empty() ? Millis{} : gaps.back();
    figures.lost = lost;
    return figures;
}

}  // namespace

struct LockWatch::Impl {
    const Millis interval;
    pg::WatchSession polling;
    pg::WatchSession between;

    std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;
    bool lost = false;
    std::set<int> pids;
    std::map<Key, LockSpan> spans;
    std::vector<WallClock::time_point> readings;
    std::map<std::string, WallClock::time_point> read_exactly;

    // The polling thread's alone.
    std::vector<Key> shown;  // by the last reading
    std::vector<Millis> gaps;
    std::optional<WallClock::time_point> last_reading;  // since there is something to read

    std::thread thread;

    Impl(const pg::ConnInfo& where, Millis every)
        : interval{every},
          polling{where, "rehearse sampler"},
          between{where, "rehearse witness", pg::WatchSession::WhenLost::asks_again} {}

    void run();
    void note(const pg::BackendLocks& locks, WallClock::time_point at);
    LockSpan& span_of(const pg::BackendLock& lock);
};

LockWatch::LockWatch(const pg::ConnInfo& where, Millis interval)
    : impl_{std::make_unique<Impl>(where, interval)} {
    // Prepares the query before anything is measured.
    impl_->polling.read_backends_locks({});
    impl_->between.read_backends_locks({});
    impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

LockWatch::~LockWatch() {
    take();
}

void LockWatch::watch(int pid) {
    const std::lock_guard lock{impl_->mutex};
    impl_->pids.insert(pid);
    impl_->wake.notify_one();
}

void LockWatch::forget(int pid) {
    const std::lock_guard lock{impl_->mutex};
    impl_->pids.erase(pid);
}

LocksSeen LockWatch::take() {
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->stopping = true;
        impl_->wake.notify_one();
    }
    if (impl_->thread.joinable()) impl_->thread.join();
    LocksSeen seen;
    for (auto& [key, span] : impl_->spans) seen.spans.push_back(std::move(span));
    impl_->spans.clear();
    seen.figures = figures_of(impl_->gaps, impl_->readings.size(), impl_->interval, impl_->lost);
    seen.readings = std::move(impl_->readings);
    seen.read_exactly = std::move(impl_->read_exactly);
    return seen;
}

void LockWatch::Impl::run() {
    std::unique_lock lock{mutex};
    while (!stopping) {
        if (pids.empty() || lost) {
            last_reading.reset();
            wake.wait(lock, [this] { return stopping || (!pids.empty() && !lost); });
            continue;
        }
        const std::vector<int> backends{pids.begin(), pids.end()};
        lock.unlock();
        const auto begun = Clock::now();
        std::optional<pg::BackendLocks> locks;
        try {
            locks = polling.read_backends_locks(backends);
        } catch (const Error&) {
            // Told by the figures; what was read until now stands.
        }
        const auto at = WallClock::now();
        const auto cost = Clock::now() - begun;
        lock.lock();
        if (locks) {
            note(*locks, at);
        } else {
            lost = true;
        }
        const auto pause = std::max<Clock::duration>(
            std::chrono::duration_cast<Clock::duration>(interval), cost * kRestPerPoll);
        wake.wait_for(lock, pause, [this] { return stopping; });
    }
}

LockSpan& LockWatch::Impl::span_of(const pg::BackendLock& lock) {
    const auto [entry, added] =
        spans.try_emplace({lock.row.virtualtransaction, lock.row.relation, lock.row.mode});
    LockSpan& span = entry->second;
    if (added) {
        span.pid = lock.pid;
        span.relation = lock.row.relation;
        span.mode = lock.row.mode;
        span.virtualtransaction = lock.row.virtualtransaction;
    }
    return span;
}

void LockWatch::Impl::note(const pg::BackendLocks& locks, WallClock::time_point at) {
    std::vector<Key> shown_now;
    for (const pg::BackendLock& lock : locks) {
        if (lock.row.relation == 0) continue;
        LockSpan& span = span_of(lock);
        shown_now.emplace_back(span.virtualtransaction, span.relation, span.mode);
        if (!span.first_waiting && !span.first_granted) span.last_without = last_reading;
        if (lock.row.granted) {
            if (!span.first_granted) span.first_granted = at;
            span.last_granted = at;
            span.first_without.reset();
        } else if (!span.first_waiting) {
            span.first_waiting = at;
        }
    }
    for (const Key& key : std::exchange(shown, std::move(shown_now))) {
        LockSpan& span = spans.at(key);
        if (span.last_granted && *span.last_granted < at && !span.first_without)
            span.first_without = at;
    }
    if (last_reading) gaps.push_back(std::chrono::duration_cast<Millis>(at - *last_reading));
    readings.push_back(at);
    last_reading = at;
}

void LockWatch::read_between(int pid) {
    pg::BackendLocks locks;
    try {
        locks = impl_->between.read_backends_locks({pid});
    } catch (const Error&) {
        return;  // its locks are then known from polls alone, and their evidence says so
    }
    const auto at = WallClock::now();
    const std::lock_guard guard{impl_->mutex};
    for (const pg::BackendLock& lock : locks) {
        if (lock.row.relation == 0 || !lock.row.granted) continue;
        LockSpan& span = impl_->span_of(lock);
        if (span.first_exact) continue;
        span.first_exact = at;
        const auto before = impl_->read_exactly.find(lock.row.virtualtransaction);
        if (before != impl_->read_exactly.end()) span.last_exact_without = before->second;
    }
    for (const pg::BackendLock& lock : locks) impl_->read_exactly[lock.row.virtualtransaction] = at;
}

}  // namespace rehearse::command
