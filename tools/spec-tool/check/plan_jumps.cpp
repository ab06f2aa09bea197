// SPDX-License-Identifier: Apache-2.0 OR MIT
// Static jumps to every kind of target, branches on every pair of boundary values, and dynamic jumps through tables of every width.
#include "trial.hpp"

namespace pvm::spec {

namespace {

void run_static(Trial& trial, const Fields& fields, bool alone, Target target, const Registers& registers) {
  const std::optional<Scene> scene = trial.scene(fields, alone, target);
  if (!scene) return;
  const std::optional<ref::Program> program = trial.load_raw(*scene);
  if (!program) return;
  GuestMemory memory;
  trial.run(*scene, *program, registers, memory);
}

// A branch on each pair of boundary values, with a valid target and successor.
void sweep_comparison(Trial& trial) {
  const bool compares_registers = trial.subject().has("b");
  for (const std::uint64_t a : boundary_registers()) {
    for (std::size_t index = 0; index < (compares_registers ? boundary_registers().size() : boundary_immediates().size()); ++index) {
      Fields fields;
      trial.draw_registers(fields, false);
      Registers registers = trial.draw_values();
      trial.set(registers, fields, "a", a);
      if (compares_registers) trial.set(registers, fields, "b", boundary_registers()[index]);
      if (!compares_registers) fields.imm1 = boundary_immediates()[index];
      run_static(trial, fields, false, Target::landing, registers);
    }
  }
}

// The entries of the table: valid and invalid positions, and one that is valid only if its upper bytes are lost.
std::vector<std::uint64_t> entries_for(const Layout& layout, unsigned width) {
  std::vector<std::uint64_t> entries;
  const std::uint64_t limit = width >= 8 ? 0 : std::uint64_t{1} << (8 * width);
  for (const Target target : all_targets) {
    const std::optional<std::uint32_t> position = layout.position_of(target);
    if (position && (limit == 0 || *position < limit)) entries.push_back(width == 0 ? 0 : *position);
  }
  if (width == 4) entries.push_back(0xffffffff);
  if (width > 4) entries.push_back(std::uint64_t{1} << 32);
  return entries;
}

void run_dynamic(Trial& trial, const FormulaUse& use, bool alone, unsigned width, std::uint32_t address) {
  Fields fields;
  trial.draw_registers(fields, true);
  fields.imm1 = trial.random().immediate();
  aim(trial, use, address, fields);
  std::optional<Scene> scene = trial.scene(fields, alone);
  scene->entry_size = width;
  scene->jump_table = entries_for(scene->layout, width);
  const std::optional<ref::Program> program = trial.load_raw(*scene);
  if (!program) return;
  Registers registers = trial.draw_values();
  aim_base(trial, use, address, fields, registers);
  GuestMemory memory;
  trial.run(*scene, *program, registers, memory);
}

}  // namespace

void plan_static_jumps(Trial& trial) {
  if (trial.subject().has("a")) sweep_comparison(trial);
  for (const Target target : all_targets) {
    for (unsigned sample = 0; sample < 2 + trial.samples() / 4; ++sample) {
      Fields fields;
      trial.draw_registers(fields, true);
      fields.imm1 = trial.random().immediate();
      Registers registers = trial.draw_values();
      const bool equal = trial.subject().has("a") && trial.random().one_in(2);  // else equality would hardly ever be seen
      if (equal && !trial.subject().has("b")) trial.set(registers, fields, "a", static_cast<std::uint64_t>(fields.imm1));
      if (equal && trial.subject().has("b")) fields.reg1 = fields.reg2;
      run_static(trial, fields, sample % 2 == 1 && trial.may_stand_alone(), target, registers);
    }
  }
}

void plan_dynamic_jumps(Trial& trial) {
  const FormulaUse use = use_of(trial.subject().formula);
  std::vector<std::uint32_t> addresses = {0xffff0000, 0xffff0001, 0xffff0002, 0xfffeffff, 0xfffffffe, 0xffffffff, 0x80000000, 1};
  for (std::uint32_t address = 0; address < 30; ++address) addresses.push_back(address);
  const unsigned last_width = trial.subject().graypaper() ? 8 : 4;
  for (unsigned width = 0; width <= last_width; ++width) {
    for (const std::uint32_t address : addresses) {
      run_dynamic(trial, use, false, width, address);
      if (trial.may_stand_alone()) run_dynamic(trial, use, true, width, address);
    }
    for (unsigned sample = 0; sample < trial.samples(); ++sample) {
      const auto address = static_cast<std::uint32_t>(trial.random().one_in(4) ? trial.random().bits() : trial.random().below(24));
      run_dynamic(trial, use, false, width, address);
    }
  }
}

}  // namespace pvm::spec
