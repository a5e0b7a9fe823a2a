#pragma once

#include "rehearse/scratch/engine.hpp"

#include "scratch/container_client.hpp"
#include "scratch/reach.hpp"

namespace rehearse::scratch {

// postgres:<major> unless the options name another image.
std::string image_for(pg::ServerVersion wanted, const EngineOptions& options);

// For an engine that answers at `site`. Pulls the image if it is not there and may be pulled.
// Throws Error(scratch).
std::unique_ptr<Engine> make_container_engine(const ContainerClient& client, const EngineSite& site,
                                              pg::ServerVersion wanted,
                                              const EngineOptions& options, Progress& progress);

}  // namespace rehearse::scratch
