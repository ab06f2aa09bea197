// SPDX-License-Identifier: Apache-2.0 OR MIT
// Formulas of operands alone: every pair of boundary values, then random operands.
#include "trial.hpp"

namespace pvm::spec {

namespace {

// The immediates of a sweep; for load_imm64 any 64 bits.
std::vector<std::int64_t> immediates_of(const Subject& subject) {
  if (!subject.has("i")) return {0};
  if (subject.entry.format != "reg_imm64") return boundary_immediates();
  std::vector<std::int64_t> out;
  for (const std::uint64_t value : boundary_registers()) out.push_back(static_cast<std::int64_t>(value));
  return out;
}

std::vector<std::uint64_t> values_of(const Subject& subject, const char* letter) {
  return subject.has(letter) ? boundary_registers() : std::vector<std::uint64_t>{0};
}

void run_pairs(Trial& trial, const Fields& fields, std::uint64_t a) {
  const std::optional<Scene> scene = trial.scene(fields, false);
  const std::optional<ref::Program> program = trial.load_raw(*scene);
  if (!program) return;
  for (const std::uint64_t b : values_of(trial.subject(), "b")) {
    Registers registers = trial.draw_values();
    if (trial.subject().has("a")) trial.set(registers, fields, "a", a);
    if (trial.subject().has("b")) trial.set(registers, fields, "b", b);
    GuestMemory memory;
    trial.run(*scene, *program, registers, memory);
  }
}

void run_random(Trial& trial, bool alone) {
  Fields fields;
  trial.draw_registers(fields, true);
  fields.imm1 = trial.random().immediate();
  if (trial.subject().entry.format == "reg_imm64") fields.imm1 = static_cast<std::int64_t>(trial.random().register_value());
  const std::optional<Scene> scene = trial.scene(fields, alone);
  const std::optional<ref::Program> program = trial.load_raw(*scene);
  if (!program) return;
  GuestMemory memory;
  trial.run(*scene, *program, trial.draw_values(), memory);
}

}  // namespace

void plan_values(Trial& trial) {
  for (const std::int64_t immediate : immediates_of(trial.subject())) {
    for (const std::uint64_t a : values_of(trial.subject(), "a")) {
      Fields fields;
      trial.draw_registers(fields, false);
      fields.imm1 = immediate;
      run_pairs(trial, fields, a);
    }
  }
  for (unsigned sample = 0; sample < trial.samples(); ++sample) {
    run_random(trial, trial.may_stand_alone() && trial.random().one_in(8));
  }
}

}  // namespace pvm::spec
