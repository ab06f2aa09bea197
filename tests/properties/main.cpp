// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the property tests with a fixed seed, so that a failure in CI is a failure here.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  setenv("RC_PARAMS", "seed=20240917 max_success=3000 max_size=60", 0);
  std::cout << "RC_PARAMS=" << std::getenv("RC_PARAMS") << '\n';
  return RUN_ALL_TESTS();
}
