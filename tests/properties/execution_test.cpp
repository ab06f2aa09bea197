// SPDX-License-Identifier: Apache-2.0 OR MIT
// Properties of every run: it ends, in one of the defined exits, and always the same way.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "arbitrary.hpp"
#include "invariants.hpp"

namespace pvm::testing {
namespace {

constexpr u64 max_steps = 3000;

void expect_none(const std::optional<std::string>& fault, const Scenario& scenario) {
  if (fault) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Execution, every_exit_is_as_defined, ()) {
  const Scenario scenario = pick_scenario();
  ref::Machine machine = machine_of(scenario);
  expect_none(fault_in_state(scenario.program, machine), scenario);
  // A host that answers everything by going on.
  for (int runs = 0; runs < 4 && machine.next_pc(); ++runs) {
    const ref::Machine before = machine;
    const auto exit = machine.run_at_most(max_steps);
    if (!exit) return;
    expect_none(fault_in_exit(scenario.program, before, machine, *exit), scenario);
    if (exit->status == ref::Status::out_of_gas) machine.set_gas(100);
    if (exit->status == ref::Status::page_fault) machine.memory().map(exit->fault_address, 4096, true);
  }
}

RC_GTEST_PROP(Execution, runs_repeat, ()) {
  const Scenario scenario = pick_scenario();
  ref::Machine first = machine_of(scenario), second = machine_of(scenario);
  std::vector<u32> positions;
  const auto exit = first.run_at_most(max_steps);
  const auto again = second.run_at_most(max_steps, [&](const ref::TraceStep& step) { positions.push_back(step.pc); });
  expect_none(difference(first, second), scenario);
  RC_ASSERT(exit.has_value() == again.has_value());
  if (exit) {
    RC_ASSERT(exit->status == again->status);
    RC_ASSERT(exit->pc == again->pc);
    RC_ASSERT(exit->fault_address == again->fault_address);
  }
  RC_ASSERT((positions.empty() || positions.front() == scenario.pc));
}

RC_GTEST_PROP(Execution, pieces_equal_the_whole, ()) {
  const Scenario scenario = pick_scenario();
  const u64 piece = *rc::gen::inRange<u64>(1, 8);
  ref::Machine whole = machine_of(scenario), pieces = machine_of(scenario);
  const auto exit = whole.run_at_most(max_steps * piece);
  std::optional<ref::Exit> last;
  for (u64 count = 0; count < max_steps && !last; ++count) last = pieces.run_at_most(piece);
  expect_none(difference(whole, pieces), scenario);
  RC_ASSERT(exit.has_value() == last.has_value());
  if (exit) {
    RC_ASSERT(exit->status == last->status);
    RC_ASSERT(exit->pc == last->pc);
    RC_ASSERT(exit->next_pc == last->next_pc);
  }
}

RC_GTEST_PROP(Execution, a_copy_is_independent, ()) {
  const Scenario scenario = pick_scenario();
  ref::Machine machine = machine_of(scenario);
  if (machine.run_at_most(5)) return;
  const ref::Machine snapshot = machine;
  ref::Machine copy = machine;
  machine.run_at_most(max_steps);
  expect_none(difference(snapshot, copy), scenario);
  copy.run_at_most(max_steps);
  expect_none(difference(machine, copy), scenario);
}

// [access.address] [jump.dynamic]
RC_GTEST_PROP(Execution, unused_bits_of_addresses_do_not_matter, ()) {
  Scenario scenario = pick_scenario({.host_calls = false, .any_bytes = false});
  if (ref::register_bits(scenario.program.config.semantics) == 32) return;
  const isa::Op op = decode(scenario.program, scenario.pc).op;
  const auto& clause = isa::row_of(op).clause;
  if (!clause.starts_with("memory.load_indirect") && !clause.starts_with("memory.store_indirect") && op != isa::Op::jump_indirect) return;
  ref::Machine low = machine_of(scenario);
  const ref::Instruction in = decode(scenario.program, scenario.pc);
  const u8 base = op == isa::Op::jump_indirect ? in.reg1 : in.reg2;
  RC_PRE((op == isa::Op::jump_indirect || in.reg1 != in.reg2));
  ref::Machine high = low;
  high.set_reg(base, high.reg(base) ^ 0x1234567800000000);
  const auto exit = low.run_at_most(1), other = high.run_at_most(1);
  low.set_reg(base, 0), high.set_reg(base, 0);
  expect_none(difference(low, high), scenario);
  RC_ASSERT(exit.has_value() == other.has_value());
  if (exit) RC_ASSERT((exit->status == other->status && exit->fault_address == other->fault_address));
}

}  // namespace
}  // namespace pvm::testing
