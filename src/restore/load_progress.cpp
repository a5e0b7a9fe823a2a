#include "restore/load_progress.hpp"

#include "rehearse/base/size.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rehearse::restore {

namespace {

// teSection in pg_backup.h.
constexpr int kPreData = 2;
constexpr int kPostData = 4;

std::string label_of(const snapshot::TocEntry& entry) {
    return entry.schema.empty() ? entry.tag : entry.schema + "." + entry.tag;
}

bool takes_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
    return format_count(count) + " " + (count == 1 ? one : many);
}

}  // namespace

LoadProgress::LoadProgress(const snapshot::Archive& archive, bool parallel, Progress& progress)
    : parallel_(parallel), progress_(progress) {
    for (const auto& entry : archive.entries) {
        by_id_[entry.dump_id] = &entry;
        if (entry.has_data) {
            rows_by_label_[label_of(entry)] = &entry;
            bytes_.total += entry.data_bytes;
            ++tables_.total;
        } else if (entry.section == kPreData) {
            ++schema_.total;
        } else if (entry.section == kPostData) {
            ++indexes_.total;
        }
    }
}

// Not before pg_restore speaks: an engine elsewhere has to be given the snapshot first.
void LoadProgress::begin() {
    if (!std::exchange(has_begun_, true)) progress_.begin("restoring the schema");
}

void LoadProgress::add_line(std::string_view line) {
    begin();
    // Workers write into one stream: a prefix may come twice, or before its line.
    while (takes_prefix(line, "pg_restore:") || takes_prefix(line, " ")) {
    }
    if (parallel_) {
        add_line_of_workers(line);
    } else {
        add_line_without_workers(line);
    }
}

// "processing item 218 TABLE invoices", "launching item 3539 TABLE DATA invoices", "finished item
// 3539 ..."
void LoadProgress::add_line_of_workers(std::string_view line) {
    if (takes_prefix(line, "processing item ")) {
        if (const auto* entry = entry_in(line)) ends(*entry);
    } else if (takes_prefix(line, "launching item ")) {
        if (const auto* entry = entry_in(line)) begins(*entry);
    } else if (takes_prefix(line, "finished item ")) {
        if (const auto* entry = entry_in(line)) ends(*entry);
    }
}

// "creating INDEX "public.i"", "processing data for table "public.t"": when it begins.
void LoadProgress::add_line_without_workers(std::string_view line) {
    if (takes_prefix(line, "processing data for table \"")) {
        if (loading_ != nullptr) ends(*loading_);
        const auto found = rows_by_label_.find(line.substr(0, line.rfind('"')));
        loading_ = found == rows_by_label_.end() ? nullptr : found->second;
        if (loading_ != nullptr) begins(*loading_);
    } else if (takes_prefix(line, "creating ")) {
        if (phase_ == Phase::rows) {
            if (loading_ != nullptr) ends(*loading_);
            loading_ = nullptr;
            enter(Phase::indexes);
        }
        // Grants and comments belong to no section and are in no total.
        Count& count = phase_ == Phase::schema ? schema_ : indexes_;
        count.done = std::min(count.done + 1, count.total);
        show(std::string(line));
    }
}

const snapshot::TocEntry* LoadProgress::entry_in(std::string_view text) const {
    int id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

void LoadProgress::begins(const snapshot::TocEntry& entry) {
    if (phase_ == Phase::schema && entry.section != kPreData) {
        enter(entry.has_data ? Phase::rows : Phase::indexes);
    }
    show(label_of(entry));
}

void LoadProgress::ends(const snapshot::TocEntry& entry) {
    if (entry.has_data) {
        bytes_.done += entry.data_bytes;
        ++tables_.done;
    } else if (entry.section == kPreData) {
        ++schema_.done;
    } else if (entry.section == kPostData) {
        ++indexes_.done;
    }
    show(label_of(entry));
    if (phase_ == Phase::rows && tables_.done == tables_.total) enter(Phase::indexes);
}

void LoadProgress::enter(Phase phase) {
    if (phase == phase_) return;
    finish();
    phase_ = phase;
    progress_.begin(phase == Phase::rows ? "loading rows" : "building indexes and constraints");
    show("");
}

void LoadProgress::show(const std::string& detail) {
    switch (phase_) {
        case Phase::schema:
            progress_.update(schema_.done, schema_.total, Progress::Unit::objects, detail);
            return;
        case Phase::rows:
            progress_.update(bytes_.done, bytes_.total, Progress::Unit::bytes, detail);
            return;
        case Phase::indexes:
            progress_.update(indexes_.done, indexes_.total, Progress::Unit::objects, detail);
            return;
    }
}

void LoadProgress::finish() {
    begin();
    switch (phase_) {
        case Phase::schema:
            progress_.end(counted(schema_.total, "object", "objects"));
            return;
        case Phase::rows:
            progress_.end(format_bytes(bytes_.total) + ", " +
                          counted(tables_.total, "table", "tables"));
            return;
        case Phase::indexes:
            progress_.end(counted(indexes_.total, "object", "objects"));
            return;
    }
}

}  // namespace rehearse::restore
