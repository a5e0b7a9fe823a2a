#include "integration/scratch_contract.hpp"

namespace rehearse::scratch::test {

INSTANTIATE_TEST_SUITE_P(Local, ScratchContract,
                         testing::Values(EngineCase{"local", EngineKind::local, 0, ""}),
                         [](const auto& what) { return what.param.name; });

}  // namespace rehearse::scratch::test
