// SPDX-License-Identifier: Apache-2.0 OR MIT
// Cuts a fuzzer's bytes into numbers and a rest.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "pvm/ref/types.hpp"

namespace pvm::fuzz {

using ref::i64;
using ref::u32;
using ref::u64;
using ref::u8;

/// Reads from the front; where nothing is left, zeros.
class Input {
 public:
  Input(const u8* data, std::size_t size) : bytes_(data, size) {}

  u8 byte() {
    if (bytes_.empty()) return 0;
    const u8 first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  /// 0..bound-1
  u32 below(u32 bound) { return byte() % bound; }
  bool flag() { return (byte() & 1) != 0; }
  u64 number(u32 bytes) {
    u64 value = 0;
    for (u32 index = 0; index < bytes; ++index) value |= u64{byte()} << (8 * index);
    return value;
  }
  std::span<const u8> rest() const { return bytes_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const u8> bytes_;
};

/// A finding.
[[noreturn]] inline void fail(std::string_view text) {
  static_cast<void>(std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data()));
  std::abort();
}

}  // namespace pvm::fuzz
