// SPDX-License-Identifier: Apache-2.0 OR MIT
// SHA-256 (FIPS 180-4), for the manifest.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "pvm/conformance/hex.hpp"

namespace pvm::conformance {

/// The digest of any bytes.
std::array<u8, 32> sha256(std::string_view bytes);
/// The digest as 64 lowercase hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace pvm::conformance
