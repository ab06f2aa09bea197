// SPDX-License-Identifier: Apache-2.0 OR MIT
// A guest of the public API at any isolation level, and the reference beside it, which says what must happen.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "programs.hpp"
#include "pvm/builder/container.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::hostile {

/// Code in a container that its version can have: polkavm with 4 KiB of read-only and 8 KiB of other data and a stack; raw in graypaper.
std::vector<u8> contained(const builder::CodeBlob& blob, const ProgramConfig& config);
ProgramConfig config_of(Semantics semantics, bool paged = false);

/// Both have run the same code from the same state; a difference fails the test.
class Twin {
 public:
  Twin(const Engine& engine, const builder::CodeBlob& blob, const ProgramConfig& config);

  /// In paged memory: makes pages.
  void map(u32 address, u32 length, bool writable);
  /// Sets registers, gas and pc, runs, and compares all that the document fixes. False: they differ; the failure says `what`.
  bool run(u32 pc, const Registers& registers, i64 gas, const std::string& what);
  /// Compares the bytes around an address, where they can be read.
  bool same_around(u32 address, const std::string& what);
  bool same_memory(const std::string& what);
  std::vector<ref::Memory::Range> ranges() const { return ref_->memory().ranges(); }
  Instance& instance() { return *instance_; }
  const Module& module() const { return *module_; }

 private:
  ProgramConfig config_;
  std::unique_ptr<ref::Program> ref_program_;
  std::unique_ptr<ref::Machine> ref_;
  std::unique_ptr<Module> module_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace pvm::hostile
