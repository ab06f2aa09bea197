// SPDX-License-Identifier: Apache-2.0 OR MIT
// Entries, exits, faults and memory of guests in workers.
#include <gtest/gtest.h>

#include <array>

#include "guests.hpp"

namespace pvm::engine::sandbox::test {
namespace {

using native::ExitReason;
using native::FaultExit;
using native::StubExit;

TEST(Space, carries_all_registers_and_gas_both_ways) {
  const auto space = space_of(code_of([](Assembler& as) { leave(as, ExitReason::host_call, 7); }));
  ASSERT_NE(space, nullptr);
  CpuState state;
  for (u32 i = 0; i < register_count; ++i) state.regs[i] = u64{0x1111'2222'3333'0000} * (i + 1);
  state.gas = -0x1234'5678'9abc;
  const CpuState before = state;
  for (u32 i = 0; i < 1000; ++i) {
    const auto exit = enter(*space, state);
    ASSERT_TRUE(std::holds_alternative<StubExit>(exit));
    EXPECT_EQ(std::get<StubExit>(exit).reason, static_cast<u32>(ExitReason::host_call));
    EXPECT_EQ(std::get<StubExit>(exit).index, 7U);
    EXPECT_EQ(state.regs, before.regs);
    EXPECT_EQ(state.gas, before.gas);
  }
}

}  // namespace
}  // namespace pvm::engine::sandbox::test
