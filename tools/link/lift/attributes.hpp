// SPDX-License-Identifier: Apache-2.0 OR MIT
// What an object says about itself that has no counterpart here: for warnings only.
#pragma once

#include <string>
#include <vector>

#include "elf/elf.hpp"

namespace pvm::link::lifting {

/// A line for each foreign flag of the file's header and each foreign extension of its attributes; empty for what compilers of guests make.
std::vector<std::string> foreign_attributes(const elf::Object& object);

}  // namespace pvm::link::lifting
