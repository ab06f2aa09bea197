// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs scenes on the reference interpreter and compares the exits with the oracle's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "check.hpp"
#include "oracle.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::spec {

/// The trials of one instruction in one version.
class Trial {
 public:
  Trial(Subject subject, const CheckOptions& options, CheckReport& report, InstructionSummary& summary);

  const Subject& subject() const { return subject_; }
  Random& random() { return random_; }
  unsigned samples() const { return samples_; }

  /// jam-1 refuses code with invalid opcodes, and code that falls off its end. [validate.code]
  bool validates_code() const { return subject_.version.id == "jam-1"; }
  bool may_stand_alone() const { return !validates_code() || !subject_.entry.falls_through; }

  /// Registers of the fields drawn at random, sometimes the same ones.
  void draw_registers(Fields& fields, bool may_alias);
  /// Thirteen register values, cut to the version's width.
  Registers draw_values();
  std::uint64_t cut(std::uint64_t value) const { return subject_.version.bits == 32 ? value & 0xffffffff : value; }
  /// Sets the register of an operand letter.
  void set(Registers& registers, const Fields& fields, const std::string& letter, std::uint64_t value) const;

  /// A scene whose static jump, if it has one, goes to `target`; nullopt: the layout has no such position (it always has the start).
  std::optional<Scene> scene(Fields fields, bool alone, Target target = Target::start);

  ref::Config config(ref::Container container) const;
  /// The container `raw` of a scene, loaded. A refusal counts as a mismatch and gives nullopt.
  std::optional<ref::Program> load_raw(const Scene& scene, bool dynamic_paging = false);
  std::optional<ref::Program> load(const Bytes& container, const ref::Config& settings, const Scene& scene);

  /// Runs the scene from its instruction on, on a machine with the contents of `memory`, and compares everything. `machine`, if given, is
  /// used instead of a fresh one, and `memory` isn't put into it. `memory` becomes what the guest has made of it.
  void run(const Scene& scene, const ref::Program& program, const Registers& registers, GuestMemory& memory, const Gas& gas = {},
           ref::Machine* machine = nullptr);

  /// Counts a mismatch; the first few are kept.
  void mismatch(const Scene& scene, const Registers& before, const std::string& what);

 private:
  std::string differences(const Prediction& expected, const ref::Exit& exit, const ref::Machine& machine) const;
  std::string memory_difference(const GuestMemory& expected, const ref::Machine& machine) const;

  Subject subject_;
  Random random_;
  unsigned samples_;
  CheckReport& report_;
  InstructionSummary& summary_;
};

/// Puts the pages and bytes of the model into a machine; read-only data of mapped memory comes with the container.
void fill_memory(const GuestMemory& model, ref::Memory& memory);

/// "0x" and lowercase hexadecimal digits.
std::string hex(std::uint64_t value);

// The plans: which scenes are run for which kind of formula.

/// Arithmetic, moves, host calls and all that goes on at the next position.
void plan_values(Trial& trial);
/// Static jumps and branches.
void plan_static_jumps(Trial& trial);
/// Jumps through the jump table, and halts.
void plan_dynamic_jumps(Trial& trial);
/// Loads and stores.
void plan_accesses(Trial& trial);
/// sbrk.
void plan_heap(Trial& trial);
/// memset.
void plan_fill(Trial& trial);

/// What decides a plan, and the letters from which a formula makes its address.
struct FormulaUse {
  bool accesses = false, grows = false, fills = false, jumps = false, jumps_dynamically = false;
  std::optional<std::string> address_base;       ///< Letter of a register.
  std::optional<std::string> address_immediate;  ///< Letter of an immediate.
};
FormulaUse use_of(const Formula& formula);

/// Sets base register and immediate so that their sum, modulo 2^32, is `address`; the immediate is drawn where there is a base.
void aim(Trial& trial, const FormulaUse& use, std::uint32_t address, Fields& fields);
void aim_base(Trial& trial, const FormulaUse& use, std::uint32_t address, const Fields& fields, Registers& registers);

}  // namespace pvm::spec
