// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs made from a list of choices: terminating loops, branches, calls of several kinds, tables, memory, host calls. They don't keep
// to the calling convention in what registers hold over calls; they do in what ra and sp are for.
#pragma once

#include <vector>

#include "ir.hpp"

namespace pvm::link::testing {

struct Taste {
  u32 register_bits = 64;
  bool scratch = false;  ///< With scratch registers.
};

/// The same choices give the same program; fewer or smaller ones give a simpler one. Block 0 is the entry of the first export.
Program random_program(const std::vector<u32>& choices, const Taste& taste);

}  // namespace pvm::link::testing
