#include "snapshot/remote_marks.hpp"

#include "rehearse/snapshot/manifest.hpp"

namespace rehearse::snapshot {

void mark_as_unfinished(Rclone& rclone, const std::string& name, const std::string& what) {
    rclone.run_with_input({"rcat", rclone.path_of(name) + "/" + kWriterLockName},
                          "rehearse is writing this folder, or removing it.\n", what);
}

void remove_marked(Rclone& rclone, const std::string& name) {
    const std::string path = rclone.path_of(name);
    const std::string what = "remove " + path;
    mark_as_unfinished(rclone, name, what);
    rclone.run({"delete", path, "--include", std::string("/") + kManifestName}, what);
    rclone.run({"delete", path, "--exclude", std::string("/") + kWriterLockName}, what);
    rclone.run({"purge", path}, what);
}

}  // namespace rehearse::snapshot
