// SPDX-License-Identifier: Apache-2.0 OR MIT
// The programs of the conformance vectors, each with its configuration.
#pragma once

#include <string>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::testing {

struct VectorProgram {
  std::string id;  ///< Of the first case that has it.
  ref::Config config;
  std::vector<ref::u8> bytes;
};

/// Every pair of program and configuration once, in the order of the files' paths. Empty if the vectors can't be read.
const std::vector<VectorProgram>& vector_programs();

}  // namespace pvm::testing
