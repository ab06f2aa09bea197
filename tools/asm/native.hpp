// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native x86-64 code as text, beside the instructions it was made from.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::assembly {

/// The text of a module's native code. Without a decoder in this build the lines hold bytes only.
class NativeText {
 public:
  /// `positions`: code offset and where its native code begins, ascending in both. `code` must outlive it.
  NativeText(std::span<const ref::u8> code, std::vector<std::pair<ref::u32, ref::u32>> positions)
      : code_(code), positions_(std::move(positions)) {}

  /// One line for each native instruction: "    1a40: 48 89 c8    mov rax, rcx". Empty: the instruction at `pc` has none. The code behind
  /// that of an instruction, up to that of the next one, counts as its own: the charge of the next block, for example.
  std::vector<std::string> lines_of(ref::u32 pc) const;

  /// Was this built with a decoder?
  static bool has_decoder();

 private:
  std::span<const ref::u8> code_;
  std::vector<std::pair<ref::u32, ref::u32>> positions_;
};

}  // namespace pvm::assembly
