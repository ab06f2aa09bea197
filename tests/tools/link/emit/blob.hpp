// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitted programs on the reference interpreter.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "link.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::link::test {

using Registers = std::array<u64, machine_register_count>;

/// A program of blocks, all in the layout in their order, the first exported as "f".
Program program_of(std::vector<Block> blocks, u32 bits = 64);

/// What a condition means in 64 bits, said anew: the linker's own reading of it is under test.
bool holds(Condition condition, i64 a, i64 b);

/// The image; fails the test, and gives an empty one, where there is an error.
Image emitted(const Program& program, const LinkOptions& options = {});
/// The error; fails the test where there is none.
LinkError refused(const Program& program, const LinkOptions& options = {});

/// An image, loaded.
class Loaded {
 public:
  explicit Loaded(const Image& image);
  /// Runs from the first export, with these registers, to the first exit.
  ref::Exit run(const Registers& registers = {});
  Registers registers() const;
  ref::Machine& machine() { return *machine_; }

 private:
  std::unique_ptr<ref::Program> program_;
  std::unique_ptr<ref::Machine> machine_;
};

}  // namespace pvm::link::test
