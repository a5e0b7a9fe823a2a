#include "rehearse/observe/observation.hpp"

namespace rehearse::observe {

std::string_view to_string(Evidence evidence) {
    switch (evidence) {
        case Evidence::exact:
            return "exact";
        case Evidence::sampled:
            return "sampled";
        case Evidence::log:
            return "log";
        case Evidence::text:
            return "text";
        case Evidence::none:
            return "none";
    }
    return "none";
}

}  // namespace rehearse::observe
