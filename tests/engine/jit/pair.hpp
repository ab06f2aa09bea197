// SPDX-License-Identifier: Apache-2.0 OR MIT
// One program on the reference interpreter and as native code in this process, run side by side.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "jit/compile.hpp"
#include "machine/machine.hpp"
#include "pvm/builder/code.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::engine::jit {

using Registers = std::array<u64, register_count>;

/// What a pair of machines is for.
struct Setting {
  Semantics version = Semantics::rv64_1;
  CpuFeatures features = CpuFeatures::detect();
  std::optional<GasModel> gas_model = std::nullopt;
  Metering metering = Metering::sync;
  u32 memory_cost = 25;
  bool dynamic_paging = false;
};

/// Bytes of memory that may be written, from here on.
inline constexpr u32 memory_start = 0x20000, memory_bytes = 0x2000;

/// The container of a program with this code, and memory at memory_start where the container says so.
builder::Bytes container_of(Semantics version, const builder::CodeBlob& blob);
ProgramConfig config_of(const Setting& setting);
/// Where instructions begin, in order.
std::vector<u32> marked_positions(const builder::CodeBlob& blob);

class Pair {
 public:
  /// Fails the test, and makes an empty pair, where something refuses the program.
  Pair(const Setting& setting, const builder::CodeBlob& blob);

  bool ok() const { return engine_ != nullptr; }
  /// Begins at `pc` and runs to the first exit; runs on after host calls, page faults and out of gas, `resumptions` times. False, and a
  /// failed test, where the machines differ in anything that the document fixes.
  bool run(u32 pc, const Registers& registers, i64 gas, u32 resumptions = 0);
  /// As `run`, without setting the pc and the registers.
  bool go_on();

  Machine& engine() { return *engine_; }
  ref::Machine& reference() { return *reference_; }

 private:
  bool same_state(const Exit& exit, const ref::Exit& expected);

  Setting setting_;
  std::unique_ptr<ref::Program> reference_program_;
  std::unique_ptr<ref::Machine> reference_;
  std::unique_ptr<Machine> engine_;
  std::optional<ref::Exit> last_;
};

}  // namespace pvm::engine::jit
