#include "rehearse/observe/sampler.hpp"

#include "rehearse/base/error.hpp"
#include "rehearse/pg/watch_session.hpp"

#include "gap_histogram.hpp"
#include "poll_pace.hpp"
#include "statement_effects.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

namespace rehearse::observe {

namespace {

using namespace std::chrono_literals;

// Statements that follow each other within this span find the thread awake: waking it for each of
// ten thousand tiny statements would cost more than they do.
constexpr auto kDozeAfter = 20ms;
constexpr auto kListenerInterval = 250ms;
// How often a statement is asked for its phase, at most: so often that the time of a phase is known
// to about a tenth of the statement's.
constexpr int kPhasesPerStatement = 10;
constexpr Clock::duration kShortestPhaseInterval = 5ms;
constexpr Clock::duration kLongestPhaseInterval = 100ms;
constexpr Millis kEarliestEstimate = 2s;
constexpr auto kReconnectPause = 100ms;
constexpr int kReconnectAttempts = 50;

struct RunningStatement {
    std::size_t ordinal = 0;
    Millis on_clock{};
    Clock::time_point begun;
    PollFor what = PollFor::waits;
};

struct ToldPhase {
    std::uint64_t statement = 0;
    std::string phase;
    double share_done = 0;
    Clock::time_point since;
};

bool shows_a_wait(const pg::LockReading& reading) {
    return !reading.awaited.empty() ||
           std::any_of(reading.locks.begin(), reading.locks.end(),
                       [](const pg::LockRow& row) { return !row.granted; });
}

std::string lock_text(pg::LockMode mode, const pg::RelationName& relation) {
    return std::string{pg::to_string(mode)} + " on " + relation.text();
}

}  // namespace

struct Sampler::Impl {
    const pg::ConnInfo where;
    const Millis interval;
    const Listener listener;

    // Shared between the two threads.
    mutable std::mutex mutex;
    std::condition_variable wake;
    bool stopping = false;
    bool dozing = false;
    Clock::time_point sleeps_until;  // until the next poll
    int pid = 0;
    std::uint64_t statements = 0;  // begun so far: tells one statement's readings from the next's
    std::optional<RunningStatement> running;
    Clock::time_point idle_since;
    std::map<std::tuple<std::string, pg::Oid, pg::LockMode>, SampledHold> holds;
    StatementWatch watch;                            // of the statement that runs, or ran last
    std::optional<Clock::time_point> waiting_since;  // the last reading, where that showed a wait
    Clock::time_point phase_began;
    std::uint64_t readings = 0;
    GapHistogram gaps;
    bool lost = false;
    int socket = -1;  // of the session, while it has one

    // The sampler thread's alone.
    std::optional<pg::WatchSession> session;
    PollPace pace;
    bool was_lost = false;  // since the last reading
    std::uint64_t last_read_statement = 0;
    Clock::time_point last_reading;
    Clock::time_point last_told;
    Clock::time_point last_progress;
    ToldPhase told;
    int failed_attempts = 0;
    pg::RelationMap relations;

    std::thread thread;

    Impl(pg::ConnInfo to, Millis every, Listener who)
        : where{std::move(to)}, interval{every}, listener{std::move(who)}, pace{every} {}

    void run();
    std::optional<Clock::time_point> next_poll() const;
    void poll(std::unique_lock<std::mutex>& lock);
    void reconnect(std::unique_lock<std::mutex>& lock);
    void note(const pg::LockReading& reading, Clock::time_point at);
    void look_closer(std::unique_lock<std::mutex>& lock, const pg::LockReading& reading,
                     std::uint64_t statement, int backend, Clock::time_point at);
    bool note_wait(const pg::LockReading& reading, Clock::time_point at);
    void note_phase(const pg::ProgressRow& progress, Clock::time_point at);
    void tell(const pg::LockReading& reading, std::uint64_t statement, int backend, Millis elapsed);
    std::optional<Millis> left_of(std::uint64_t statement, const std::string& phase,
                                  double share_done);
    std::string strongest(const pg::LockReading& reading);
};

Sampler::Sampler(const pg::ConnInfo& where, Millis interval, Listener listener)
    : impl_{std::make_unique<Impl>(where, interval, std::move(listener))} {
    impl_->session.emplace(where, "rehearse sampler");
    impl_->socket = impl_->session->socket();
    impl_->session->read_locks(0);  // prepares the query before anything is measured
    impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

Sampler::~Sampler() {
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->stopping = true;
        // A server that hangs would keep the thread in its reading, and us waiting for the thread.
        if (impl_->socket >= 0) shutdown(impl_->socket, SHUT_RDWR);
    }
    impl_->wake.notify_one();
    impl_->thread.join();
}

void Sampler::watch(int pid) {
    const std::lock_guard lock{impl_->mutex};
    impl_->pid = pid;
}

PollFor poll_for(const sql::Classification& classification) {
    return takes_locks_as_it_begins(classification.kind) ? PollFor::waits : PollFor::late_locks;
}

void Sampler::statement_begins(std::size_t ordinal, Millis on_clock, PollFor what) {
    bool wake = false;
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->running = RunningStatement{ordinal, on_clock, Clock::now(), what};
        impl_->watch = {};
        impl_->waiting_since.reset();
        ++impl_->statements;
        // The next poll of the statement before may be far away.
        wake = impl_->dozing || what == PollFor::all_locks ||
               impl_->sleeps_until > Clock::now() + kDozeAfter;
    }
    if (wake) impl_->wake.notify_one();
}

void Sampler::statement_ended() {
    const std::lock_guard lock{impl_->mutex};
    impl_->running.reset();
    impl_->idle_since = Clock::now();
}

std::vector<SampledHold> Sampler::take_holds() {
    const std::lock_guard lock{impl_->mutex};
    std::vector<SampledHold> taken;
    for (auto& [key, hold] : impl_->holds) taken.push_back(std::move(hold));
    impl_->holds.clear();
    return taken;
}

StatementWatch Sampler::take_watch() {
    const std::lock_guard lock{impl_->mutex};
    StatementWatch taken = std::exchange(impl_->watch, {});
    if (!taken.phases.empty()) taken.phases.back().elapsed = impl_->idle_since - impl_->phase_began;
    return taken;
}

SamplerFigures Sampler::figures() const {
    const std::lock_guard lock{impl_->mutex};
    return {impl_->interval,
            impl_->readings,
            impl_->gaps.percentile(0.5),
            impl_->gaps.percentile(0.99),
            impl_->gaps.longest(),
            impl_->lost};
}

// When the statement that runs is to be polled next; nullopt when none runs.
std::optional<Clock::time_point> Sampler::Impl::next_poll() const {
    if (!running) return std::nullopt;
    const auto first =
        running->begun + (running->what == PollFor::all_locks
                              ? Clock::duration::zero()
                              : std::chrono::duration_cast<Clock::duration>(interval));
    return std::max(first,
                    last_read_statement == statements ? pace.next() : pace.next_of_another());
}

void Sampler::Impl::run() {
    std::unique_lock lock{mutex};
    while (!stopping) {
        const auto due = next_poll();
        if (lost) {
            wake.wait(lock, [this] { return stopping; });
        } else if (due && *due <= Clock::now()) {
            poll(lock);
        } else if (due) {
            sleeps_until = *due;
            wake.wait_until(lock, *due);
            sleeps_until = {};
        } else if (Clock::now() - idle_since < kDozeAfter) {
            wake.wait_for(lock, interval);
        } else {
            dozing = true;
            wake.wait(lock, [this] { return stopping || running; });
            dozing = false;
        }
    }
}

void Sampler::Impl::poll(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t statement = statements;
    const int backend = pid;
    const auto statement_begun = running->begun;
    const PollFor what = running->what;
    lock.unlock();
    std::optional<pg::LockReading> reading;
    const auto begun = Clock::now();
    try {
        if (session) reading = session->read_locks(backend);
    } catch (const Error&) {
        // It is made again below.
    }
    const auto ended = Clock::now();
    pace.polled(begun, ended, reading ? reading->locks.size() : 0, begun - statement_begun,
                what != PollFor::waits || (reading && shows_a_wait(*reading)));
    lock.lock();

    if (!reading) {
        was_lost = true;
        reconnect(lock);
        return;
    }
    ++readings;
    // A reading that ended after its statement may show the next one's locks.
    if (!running || statements != statement) return;
    if (last_read_statement == statement && (what != PollFor::waits || was_lost))
        gaps.add(ended - last_reading);
    was_lost = false;
    note(*reading, ended);
    last_read_statement = statement;
    last_reading = ended;
    look_closer(lock, *reading, statement, backend, ended);

    if (listener && ended - std::max(last_told, statement_begun) >= kListenerInterval) {
        last_told = ended;
        lock.unlock();
        tell(*reading, statement, backend, ended - statement_begun);
        lock.lock();
    }
}

// What takes a question of its own: whom a wait is for, and which phase a long command is in.
void Sampler::Impl::look_closer(std::unique_lock<std::mutex>& lock, const pg::LockReading& reading,
                                std::uint64_t statement, int backend, Clock::time_point at) {
    const bool ask_on_whom = note_wait(reading, at);
    const Clock::duration so_far = at - running->begun;
    const bool ask_for_phase =
        at - last_progress >=
        std::clamp(so_far / kPhasesPerStatement, kShortestPhaseInterval, kLongestPhaseInterval);
    if (!ask_on_whom && !ask_for_phase) return;
    lock.unlock();
    std::vector<std::string> blockers;
    std::optional<pg::ProgressRow> progress;
    try {
        if (ask_on_whom) blockers = session->read_blockers(backend);
        if (ask_for_phase) progress = session->read_progress(backend);
    } catch (const Error&) {
        // The next reading finds the connection broken, too, and makes it again.
    }
    const auto asked = Clock::now();
    if (ask_for_phase) last_progress = asked;
    lock.lock();
    if (!running || statements != statement) return;
    if (ask_on_whom) watch.waits.back().on = std::move(blockers);
    if (progress) note_phase(*progress, asked);
}

// True for a wait that is not known yet.
bool Sampler::Impl::note_wait(const pg::LockReading& reading, Clock::time_point at) {
    LockWait wait;
    const auto row = std::find_if(reading.locks.begin(), reading.locks.end(),
                                  [](const pg::LockRow& each) { return !each.granted; });
    if (row != reading.locks.end()) {
        wait.locktype = "relation";
        wait.relation_oid = row->relation;
        wait.mode = row->mode;
    } else if (!reading.awaited.empty()) {
        wait.locktype = reading.awaited;
    } else {
        waiting_since.reset();
        return false;
    }
    const auto before = std::exchange(waiting_since, at);
    const bool is_same = !watch.waits.empty() && watch.waits.back().locktype == wait.locktype &&
                         watch.waits.back().relation_oid == wait.relation_oid &&
                         watch.waits.back().mode == wait.mode;
    if (is_same && before) watch.waits.back().waited += at - *before;
    if (!is_same) {
        wait.began = at - running->begun;
        watch.waits.push_back(std::move(wait));
    }
    return !is_same;
}

void Sampler::Impl::note_phase(const pg::ProgressRow& progress, Clock::time_point at) {
    auto& phases = watch.phases;
    if (!phases.empty()) {
        if (phases.back().command == progress.command && phases.back().phase == progress.phase)
            return;
        phases.back().elapsed = at - phase_began;
    }
    phases.push_back({progress.command, progress.phase, {}, at - running->begun});
    phase_began = at;
}

void Sampler::Impl::reconnect(std::unique_lock<std::mutex>& lock) {
    socket = -1;
    session.reset();
    if (failed_attempts > 0) wake.wait_for(lock, kReconnectPause, [this] { return stopping; });
    if (stopping) return;
    lock.unlock();
    try {
        session.emplace(where, "rehearse sampler");
        failed_attempts = 0;
    } catch (const Error&) {
        ++failed_attempts;
    }
    lock.lock();
    if (session) socket = session->socket();
    if (failed_attempts >= kReconnectAttempts) lost = true;
}

void Sampler::Impl::note(const pg::LockReading& reading, Clock::time_point at) {
    const Millis now = running->on_clock + (at - running->begun);
    watch.last_polled = now;
    for (const pg::LockRow& row : reading.locks) {
        auto [entry, added] = holds.try_emplace({row.virtualtransaction, row.relation, row.mode});
        SampledHold& hold = entry->second;
        if (added) {
            hold.relation = row.relation;
            hold.mode = row.mode;
            hold.virtualtransaction = row.virtualtransaction;
            hold.ordinal = running->ordinal;
            hold.statement_started = running->on_clock;
            if (last_read_statement == statements)
                hold.last_without = running->on_clock + (last_reading - running->begun);
        }
        if (row.granted) {
            if (!hold.first_granted) hold.first_granted = now;
            hold.last_granted = now;
            hold.first_without.reset();
        } else if (!hold.first_waiting) {
            hold.first_waiting = now;
        }
    }
    if (reading.locks.size() == holds.size()) return;
    for (auto& [key, hold] : holds) {
        if (hold.last_granted && *hold.last_granted < now && !hold.first_without)
            hold.first_without = now;
    }
}

void Sampler::Impl::tell(const pg::LockReading& reading, std::uint64_t statement, int backend,
                         Millis elapsed) {
    LiveStatus status;
    status.elapsed = elapsed;
    try {
        status.strongest_lock = strongest(reading);
        if (const auto progress = session->read_progress(backend)) {
            status.phase = progress->phase;
            if (progress->total > 0) {
                status.share_done = std::min(1.0, static_cast<double>(progress->done) /
                                                      static_cast<double>(progress->total));
                status.phase_left = left_of(statement, progress->phase, *status.share_done);
            }
        }
    } catch (const Error&) {
        // The next reading finds the connection broken, too, and makes it again.
    }
    listener(status);
}

// A share that goes down is of the next relation: VACUUM and ANALYZE begin anew with each.
std::optional<Millis> Sampler::Impl::left_of(std::uint64_t statement, const std::string& phase,
                                             double share_done) {
    const auto now = Clock::now();
    if (told.statement != statement || told.phase != phase || share_done < told.share_done)
        told = {statement, phase, share_done, now};
    told.share_done = share_done;
    const Millis so_far = now - told.since;
    if (so_far < kEarliestEstimate || share_done <= 0) return std::nullopt;
    return so_far * ((1 - share_done) / share_done);
}

// Among relations that others can see.
std::string Sampler::Impl::strongest(const pg::LockReading& reading) {
    std::vector<pg::Oid> unknown;
    for (const pg::LockRow& row : reading.locks) {
        if (!relations.contains(row.relation)) unknown.push_back(row.relation);
    }
    relations.merge(session->read_relations(unknown));
    const pg::LockRow* strongest = nullptr;
    const pg::RelationFacts* on = nullptr;
    for (const pg::LockRow& row : reading.locks) {
        const auto known = relations.find(row.relation);
        if (known == relations.end() || known->second.is_index()) continue;
        if (known->second.relkind == 't') continue;
        // Of a partitioned table and its partitions, the table.
        const auto rank = [](const pg::LockRow& lock, const pg::RelationFacts& facts) {
            return std::pair{lock.mode, facts.relkind == 'p'};
        };
        if (strongest != nullptr && rank(row, known->second) <= rank(*strongest, *on)) continue;
        strongest = &row;
        on = &known->second;
    }
    return strongest == nullptr ? std::string{} : lock_text(strongest->mode, on->name);
}

}  // namespace rehearse::observe
