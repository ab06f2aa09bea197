// SPDX-License-Identifier: Apache-2.0 OR MIT
// The worker program, embedded.
#pragma once

#include <span>

#include "pvm/types.hpp"

namespace pvm::engine::sandbox::process {

/// An ELF file for the kernel's loader.
std::span<const u8> worker_image();

}  // namespace pvm::engine::sandbox::process
