#pragma once

#include "rehearse/report/report.hpp"

#include <map>
#include <string>

namespace rehearse::report {

// Advice that stands on the page already need not stand there again: who was given it first.
using GivenAdvice = std::map<std::string, std::string>;

// "<span class="label noisy">noisy</span>"
std::string html_label(const std::string& label);

// Why it has its label, what it blocks, its axis and its findings; without its title.
std::string html_migration(const Report& report, const MigrationPart& migration,
                           const HtmlStyle& style, GivenAdvice& given);

// "Instead: ..." with its SQL.
std::string html_advice(const FindingPart& finding);

}  // namespace rehearse::report
