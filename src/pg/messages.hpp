#pragma once

#include "rehearse/pg/performer_session.hpp"

#include <libpq-fe.h>

#include <string>
#include <string_view>

namespace rehearse::pg {

// libpq's "ERROR:  relation "t" does not exist\nLINE 1: ..." -> "relation "t" does not exist".
std::string first_message(std::string_view libpq_text);

// The fields of an ErrorResponse or NoticeResponse (PQresultErrorField).
ServerError error_from(const PGresult* result);
Notice notice_from(const PGresult* result);

// Bytes that a LOG line of log_temp_files tells of; 0 for every other line.
std::int64_t temp_bytes_in(const Notice& notice);

// The affected or returned rows that a command tag ends in ("INSERT 0 3", "SELECT 12", "COPY 7").
std::optional<std::int64_t> rows_of_tag(std::string_view command_tag);

}  // namespace rehearse::pg
