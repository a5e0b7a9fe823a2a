#include "snapshot/dates.hpp"

#include <ctime>
#include <regex>
#include <string>

namespace rehearse::snapshot {

std::optional<WallClock::time_point> date_in(std::string_view text) {
    static const std::regex kDate(
        R"((?:^|[^0-9])((?:19|20)[0-9]{2})([-_.]?)([0-9]{2})\2([0-9]{2}))"
        R"((?:[T_ .-]?([0-2][0-9])[-:_.h]?([0-5][0-9])(?:[-:_.m]?([0-5][0-9]))?)?)"
        R"(( ?UTC|Z)?(?![0-9]))");
    const std::string searched(text);
    for (std::sregex_iterator match(searched.begin(), searched.end(), kDate), end; match != end;
         ++match) {
        const auto number = [&](std::size_t group) {
            return (*match)[group].matched ? std::stoi((*match)[group].str()) : 0;
        };
        std::tm fields{};
        fields.tm_year = number(1) - 1900;
        fields.tm_mon = number(3) - 1;
        fields.tm_mday = number(4);
        fields.tm_hour = number(5);
        fields.tm_min = number(6);
        fields.tm_sec = number(7);
        fields.tm_isdst = -1;
        const std::tm wanted = fields;
        const std::time_t time = (*match)[8].matched ? timegm(&fields) : std::mktime(&fields);
        // mktime() turns the 31st of February into a day of March.
        if (time == -1 || fields.tm_mday != wanted.tm_mday || fields.tm_mon != wanted.tm_mon) {
            continue;
        }
        return WallClock::from_time_t(time);
    }
    return std::nullopt;
}

}  // namespace rehearse::snapshot
