// SPDX-License-Identifier: Apache-2.0 OR MIT
// Numbers and bytes as the vectors spell them: lowercase hexadecimal, one spelling per value.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::conformance {

using ref::i64;
using ref::u32;
using ref::u64;
using ref::u8;
using Bytes = std::vector<u8>;

/// "0x0", "0xff": lowercase, no leading zeros.
std::string hex_u64(u64 value);
/// As hex_u64, with "-" in front of a negative value's magnitude: "-0x1".
std::string hex_i64(i64 value);
/// Two lowercase digits per byte, no prefix: "00ff".
std::string hex_bytes(std::span<const u8> bytes);

/// The inverse functions; nullopt for every other spelling (upper case, leading zeros, "-0x0", odd length, overflow).
std::optional<u64> parse_hex_u64(std::string_view text);
std::optional<i64> parse_hex_i64(std::string_view text);
std::optional<Bytes> parse_hex_bytes(std::string_view text);

}  // namespace pvm::conformance
