#include "app/prepare_scratch.hpp"

#include "rehearse/base/error.hpp"

#include <unistd.h>

#include <thread>

namespace rehearse::app {

namespace {

std::uint64_t memory_of(const RehearsalOptions& options) {
    if (options.memory_bytes) return *options.memory_bytes;
    return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
           static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

int cpus_of(const RehearsalOptions& options) {
    if (options.cpus) return std::max(1, static_cast<int>(*options.cpus));
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

int jobs_of(const RehearsalOptions& options) {
    return options.jobs > 0 ? options.jobs : cpus_of(options);
}

}  // namespace

std::unique_ptr<scratch::Engine> choose_engine(const RehearsalOptions& options,
                                               const RunFolder& run,
                                               const snapshot::Snapshot& snapshot,
                                               process::ProcessRunner& runner, Progress& progress) {
    scratch::EngineOptions engine;
    engine.run_id = run.id();
    engine.run_folder = run.path();
    engine.readable_input = snapshot.path;
    engine.image = options.image;
    engine.memory_bytes = options.memory_bytes;
    engine.cpus = options.cpus;
    engine.may_pull = options.may_pull;
    return scratch::make_engine(options.engine, snapshot.server_version, engine, runner, progress);
}

PreparedScratch::PreparedScratch(std::unique_ptr<scratch::Engine> engine,
                                 const snapshot::Snapshot& snapshot,
                                 const RehearsalOptions& options, Progress& progress)
    : engine_(std::move(engine)) {
    restore::require_space(snapshot, *engine_);
    progress.begin("starting PostgreSQL " + engine_->server_version().text() + " (" +
                   engine_->name() + ")");
    volume_ = engine_->create_volume();
    // Until this constructor returns nobody else would remove the volume.
    try {
        server_ = engine_->start(volume_, scratch::restore_settings());
        progress.end("");
        restore::RestoreOptions restore_options;
        restore_options.jobs = jobs_of(options);
        restored_ =
            restore::restore_snapshot(snapshot, *engine_, *server_, restore_options, progress);
        // What only speeds the restore is put back: with wal_level=minimal a rewrite would skip WAL
        // that production writes.
        progress.begin("starting again with production-like settings");
        server_->stop();
        server_.reset();
        auto settings = scratch::replay_settings(memory_of(options));
        if (!options.command.text.empty()) settings.merge(command::command_settings());
        server_ = engine_->start(volume_, settings);
        progress.end("");
    } catch (...) {
        server_.reset();
        engine_->remove_volume(volume_);
        throw;
    }
}

PreparedScratch::~PreparedScratch() {
    if (kept_) return;
    server_.reset();
    try {
        engine_->remove_volume(volume_);
    } catch (const std::exception&) {
        // The next run's sweep finds it by its name and label.
    }
}

pg::ConnInfo PreparedScratch::address() const {
    auto address = server_->address();
    address.dbname = restored_.database;
    return address;
}

scratch::KeptScratch PreparedScratch::keep() {
    kept_ = true;
    return server_->keep(restored_.database);
}

}  // namespace rehearse::app
