// SPDX-License-Identifier: Apache-2.0 OR MIT
#include <gtest/gtest.h>

#include <cstdlib>

// The seed is fixed, so that a failure is one of the change at hand. RC_PARAMS overrides it.
int main(int argc, char** argv) {
  setenv("RC_PARAMS", "seed=4 max_success=300", 0);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
