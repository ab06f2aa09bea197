// SPDX-License-Identifier: Apache-2.0 OR MIT
// Small pieces of text tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pvm::command {

/// Text with spaces up to `width` behind it, or in front of it.
std::string padded(std::string_view text, std::size_t width);
std::string padded_left(std::string_view text, std::size_t width);

/// A name for one line of text: at most `max` bytes, "..." in the place of the rest.
std::string shortened(std::string_view text, std::size_t max = 100);

/// "0x1f"
std::string hex(std::uint64_t value);
/// "0x0000001f": at least `digits` digits.
std::string hex_padded(std::uint64_t value, unsigned digits);

/// "1 byte", "12 bytes"; `plural` where adding an s doesn't make it.
std::string counted(std::uint64_t count, std::string_view thing, std::string_view plural = {});
/// "512 B", "8.0 KiB", "4.0 GiB"
std::string binary_size(std::uint64_t bytes);
/// "12.5 %" of the whole; "0.0 %" of nothing.
std::string percent(std::uint64_t part, std::uint64_t whole);

/// A horizontal bar: `width` characters for `largest`, at least one for everything above 0.
std::string bar(std::uint64_t value, std::uint64_t largest, unsigned width);

}  // namespace pvm::command
