// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the tests with a fixed seed, so that a failure in CI is a failure here.
#include <gtest/gtest.h>

#include <cstdlib>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  setenv("RC_PARAMS", "seed=20250117 max_success=2000 max_size=60", 0);
  return RUN_ALL_TESTS();
}
