// SPDX-License-Identifier: Apache-2.0 OR MIT
// One program on two machines: the interpreter's and the reference's.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string_view>

#include "interp/interpreter.hpp"
#include "machine/machine.hpp"
#include "pvm/builder/assemble.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::engine::interp::testing {

/// The same choices for the engine and for the reference. The container is set by what makes the program.
struct Choices {
  Semantics semantics = Semantics::rv64_1;
  Metering metering = Metering::sync;
  GasModel gas_model = GasModel::flat_1;
  bool dynamic_paging = false;

  /// With the only gas model that the version has, if it has only one.
  static Choices of(Semantics semantics, Metering metering = Metering::sync, GasModel model = GasModel::flat_1);
};

/// Assembled code; in graypaper-0.7.2 a raw program without memory, otherwise one with 8 KiB of data at 0x20000 and a small stack.
std::shared_ptr<const Program> program_of(std::string_view text, const Choices& choices = {});
std::unique_ptr<Executor> executor_of(const std::shared_ptr<const Program>& program);
std::unique_ptr<Machine> machine_of(const std::shared_ptr<const Program>& program);

inline constexpr u32 data_address = 0x20000, data_size = 0x2000;

/// An interpreter and the reference with one program, in the same state from the start.
class Twins {
 public:
  Twins(const builder::CodeBlob& blob, const Choices& choices);
  static Twins of(std::string_view text, const Choices& choices = {});

  void set_pc(u32 pc);
  void set_gas(i64 gas);
  void set_reg(u32 number, u64 value);
  /// Paged memory: makes pages in both.
  void map(u32 address, u32 length, bool writable);
  /// Bytes of the data area or a writable page, in both.
  void write(u32 address, std::span<const u8> bytes);

  /// Runs both to the next exit, compares all that the document fixes, and gives the exit. Failures say `what`.
  Exit run(std::string_view what = "");
  /// Compares the contents of every accessible range.
  void compare_memory(std::string_view what = "");

  Machine& machine() { return *machine_; }
  const Program& program() const { return *program_; }

 private:
  Choices choices_;
  std::shared_ptr<const Program> program_;
  std::unique_ptr<Machine> machine_;
  std::unique_ptr<ref::Program> ref_program_;
  std::unique_ptr<ref::Machine> ref_machine_;
};

}  // namespace pvm::engine::interp::testing
