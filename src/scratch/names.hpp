#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace rehearse::scratch {

// Every object of ours: its name begins with rehearse-<run>, and its labels say the run, the run's
// folder (whose lock tells whether the run lives), the host that the folder is on, and the process.
inline constexpr std::string_view kRunLabel = "rehearse.run";
inline constexpr std::string_view kFolderLabel = "rehearse.folder";
inline constexpr std::string_view kHostLabel = "rehearse.host";
inline constexpr std::string_view kOwnerLabel = "rehearse.owner";  // owner_mark()
// The server parameter that says the run: who connects can tell a scratch of ours from any other
// server.
inline constexpr std::string_view kMarkerParameter = "rehearse.run";

// In the run folder.
inline constexpr std::string_view kLockFile = "lock";
inline constexpr std::string_view kKeptFile = "kept";  // --keep-scratch: not to be swept

// "rehearse-<run>", "rehearse-<run>-data", and for the second of a kind "rehearse-<run>-data2".
std::string object_name(std::string_view run_id, std::string_view kind = {}, int number = 1);
bool belongs_to_run(std::string_view name, std::string_view run_id);
// This machine in kHostLabel: its name and, where it has one, the beginning of its machine-id
// (machine-id(5)). Machines that share an engine may share a name such as localhost.
std::string host_mark();

// The folder for the socket of the run's nth server.
std::filesystem::path socket_folder(const std::filesystem::path& run_folder, int number);
// Throws Error(scratch) when a socket there would have a path that the kernel does not take
// (sun_path, unix(7)).
void check_socket_path(const std::filesystem::path& folder);

}  // namespace rehearse::scratch
