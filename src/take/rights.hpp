#pragma once

#include "rehearse/pg/production_facts.hpp"

#include <vector>

namespace rehearse::take {

// Throws Error(snapshot) that names what is missing, with the statements that give it.
void require_rights(const pg::ProductionIdentity& identity,
                    const std::vector<pg::MissingRight>& missing);

}  // namespace rehearse::take
