#pragma once

#include "rehearse/snapshot/manifest.hpp"

#include "unit/snapshot/archive_writer.hpp"
#include "unit/snapshot/snapshot_files.hpp"

namespace rehearse::test {

// Bundles as `rehearse snapshot take` leaves them.
class BundleFiles : public SnapshotFiles {
  protected:
    std::filesystem::path write_bundle(const std::string& name, const std::string& taken_at) {
        const auto bundle = place_.path() / name;
        std::filesystem::create_directory(bundle);
        ArchiveWriter writer;
        writer.add_table_data("users", "1\n\\.\n\n\n");
        writer.write_directory(bundle / "dump");
        write(name + "/roles.sql", "-- none\n");
        snapshot::Manifest manifest;
        manifest.tool_version = "0.1.0";
        manifest.taken_at = from_iso8601(taken_at).value();
        manifest.server_version = {150018};
        manifest.database = "shop";
        manifest.files = snapshot::files_below(bundle, *runner_);
        write(name + "/manifest.json", to_json(manifest));
        return bundle;
    }

    std::unique_ptr<process::ProcessRunner> runner_ = process::make_process_runner();
};

}  // namespace rehearse::test
