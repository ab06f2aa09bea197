// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine's back ends as targets: they pass, a guest that hangs costs one case, and what isn't available says so.
#include <nlohmann/json.hpp>

#include "engine_target.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

using test::conform;
using test::Ran;
using test::run_shell;
using test::TemporaryDirectory;

bool contains(const Ran& ran, const std::string& text) {
  return ran.output.find(text) != std::string::npos;
}

class EngineTargetTest : public testing::TestWithParam<const char*> {
 protected:
  static std::string target() { return std::string("--target engine:") + GetParam() + " "; }
};

TEST_P(EngineTargetTest, passes) {
  const Ran ran = conform("run " + target() + "--vectors '" PVM_TEST_DATA "'");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(contains(ran, std::string("pvm-engine:") + GetParam())) << ran.output;
  EXPECT_TRUE(contains(ran, "30 passed, 0 failed, 0 unsupported, 0 errors, 0 timeouts in ")) << ran.output;
}

// The first case becomes a jump to itself that costs nothing; the engine's own deadline ends it, so that nothing is started anew.
TEST_P(EngineTargetTest, loses_one_case_to_a_guest_that_hangs) {
  const TemporaryDirectory temporary;
  auto file = nlohmann::ordered_json::parse(test::read_file(PVM_TEST_DATA "/rv64-1.json"));
  auto& hanging = file["cases"][0];
  hanging["program"]["bytes"] = "0000012801";
  hanging["config"] = {{"gas_model", "flat-1"}, {"metering", "none"}};
  hanging["requires"] = {"raw", "flat-1"};
  hanging["disassembly"] = {"0: jump 0"};
  const std::size_t count = file["cases"].size();
  const std::string path = temporary.write("rv64-1.json", file.dump());
  const Ran ran = conform("run " + target() + "--timeout-ms 8000 --jobs 1 --vectors '" + path + "'");
  EXPECT_EQ(ran.code, 1) << ran.output;
  EXPECT_TRUE(contains(ran, "stopped after 6000 ms")) << ran.output;
  EXPECT_TRUE(contains(ran, std::to_string(count - 1) + " passed, 0 failed, 0 unsupported, 1 errors, 0 timeouts in ")) << ran.output;
}

INSTANTIATE_TEST_SUITE_P(levels, EngineTargetTest, testing::Values("jit", "jit-in-process", "interp"), [](const auto& test) {
  std::string name = test.param;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
});

TEST(EngineTarget, that_does_not_exist_is_bad_usage) {
  for (const std::string& target : {std::string("engine:"), std::string("engine:gpu"), std::string("engine")}) {
    const Ran ran = conform("run --target " + target + " --vectors '" PVM_TEST_DATA "'");
    EXPECT_EQ(ran.code, 2) << ran.output;
    EXPECT_TRUE(contains(ran, "engine:jit-in-process")) << ran.output;
  }
}

// Without descriptors there are no workers, and no weaker level in their place.
TEST(EngineTarget, that_the_machine_cannot_offer_says_so) {
  const Ran ran = run_shell("(ulimit -n 5; exec '" PVM_CONFORM "' host-engine jit) < /dev/null");
  EXPECT_EQ(ran.code, 3) << ran.output;
  EXPECT_TRUE(contains(ran, "engine:jit is not available on this machine: ")) << ran.output;
}

}  // namespace
}  // namespace pvm::runner
