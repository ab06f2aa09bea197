// SPDX-License-Identifier: Apache-2.0 OR MIT
// The assembler's buffer, and what is rare.
#include "jit/amd64/assembler.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pvm::engine::amd64 {

void Assembler::grow(std::size_t bytes) {
  constexpr std::size_t initial = 4096;
  const std::size_t used = offset();
  buffer_.resize(std::max({used + bytes + slack, buffer_.size() * 2, initial}));
  begin_ = buffer_.data();
  end_ = begin_ + used;
  limit_ = begin_ + buffer_.size() - slack;
}

jit::CodeBytes Assembler::take_code() {
  buffer_.resize(offset());
  begin_ = end_ = limit_ = nullptr;
  return std::exchange(buffer_, {});
}

std::vector<u8> Assembler::take() {
  const jit::CodeBytes code = take_code();
  return {code.begin(), code.end()};
}

// E9 cd has one byte before the displacement, 0F 80+c cd has two. What follows may be code already, so nothing beyond is written.
void Assembler::trap_instead_of_jump(u32 at) {
  constexpr std::array<u8, 6> ud2_and_nop = {0x0f, 0x0b, 0x0f, 0x1f, 0x40, 0x00};
  constexpr std::array<u8, 5> ud2_and_shorter_nop = {0x0f, 0x0b, 0x0f, 0x1f, 0x00};
  if (begin_[at - 1] == 0xe9) {
    std::memcpy(begin_ + at - 1, ud2_and_shorter_nop.data(), ud2_and_shorter_nop.size());
  } else {
    std::memcpy(begin_ + at - 2, ud2_and_nop.data(), ud2_and_nop.size());
  }
}

// SDM NOP, table 4-12: 90, 66 90, 0F 1F /0 with growing operands.
void Assembler::nop(u32 bytes) {
  constexpr std::array<std::array<u8, 10>, 10> forms = {{
      {},
      {0x90},
      {0x66, 0x90},
      {0x0f, 0x1f, 0x00},
      {0x0f, 0x1f, 0x40, 0x00},
      {0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
      {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
  }};
  while (bytes > 0) {
    const u32 part = std::min(bytes, u32{9});
    std::memcpy(end_, forms[part].data(), part);
    end_ += part;
    bytes -= part;
  }
}

}  // namespace pvm::engine::amd64
