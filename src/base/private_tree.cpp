#include "rehearse/base/private_tree.hpp"

namespace rehearse {

namespace fs = std::filesystem;

void make_tree_private(const fs::path& path) {
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.is_symlink()) continue;
        const bool is_folder = entry.is_directory();
        fs::permissions(entry.path(), is_folder ? fs::perms::owner_all
                                                : fs::perms::owner_read | fs::perms::owner_write);
    }
}

}  // namespace rehearse
