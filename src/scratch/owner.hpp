#pragma once

#include <string>
#include <string_view>

namespace rehearse::scratch {

// This process, in a label: "<boot id>/<pid namespace>/<pid>/<start time>" (proc_pid_stat(5), field
// 22). A process id alone is given to others again.
std::string owner_mark();

// True only where it is certain: the machine was started anew since, or the process would be seen
// from here and is not there. The lock in the run's folder says it where the folder can be seen; a
// service with a /tmp of its own (PrivateTmp, systemd.exec(5)) has it where nobody else looks.
bool is_owner_gone(std::string_view mark);

}  // namespace rehearse::scratch
