#pragma once

#include <string>

namespace rehearse::scratch {

// 192 random bits as hexadecimal digits: a password that lives as long as a run.
std::string random_password();

}  // namespace rehearse::scratch
