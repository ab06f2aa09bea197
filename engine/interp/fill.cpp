// SPDX-License-Identifier: Apache-2.0 OR MIT
// memset, page by page.
#include "interp/fill.hpp"

namespace pvm::engine::interp {
namespace {

// Bytes between two looks for an interrupt.
constexpr u32 stretch = 1 << 18;

}  // namespace

// [memory.memset] [fill.order] [fill.registers] [gas.memset]
Flow fill(const RunState& state) {
  const u64 register_mask = state.program.mode() == Mode::blocks_32 ? ~u32{0} : ~u64{0};
  u64& address = state.registers[reg_a0];
  const u8 value = static_cast<u8>(state.registers[reg_a1]);
  u32 count = static_cast<u32>(state.registers[reg_a2]);
  if (!state.budget.can_pay(count)) return Flow::fill;
  Flow flow = Flow::next;
  for (u32 since_look = 0; count != 0;) {
    const u32 written = state.memory.fill_in_page(static_cast<u32>(address), count, value);
    if (written == 0) {
      flow = Flow::access;
      break;
    }
    address = (address + written) & register_mask;
    count -= written;
    state.budget.take(written);
    since_look += written;
    if (since_look >= stretch && count != 0) {
      since_look = 0;
      if (state.budget.is_interrupted()) {
        flow = Flow::interrupted;
        break;
      }
    }
  }
  state.registers[reg_a2] = count;
  return state.budget.is_overdrawn() ? Flow::out_of_gas : flow;
}

}  // namespace pvm::engine::interp
