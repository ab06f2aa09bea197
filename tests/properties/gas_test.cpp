// SPDX-License-Identifier: Apache-2.0 OR MIT
// Properties of gas: what is used follows from what ran, and how much there is changes nothing but when a run stops.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "arbitrary.hpp"
#include "invariants.hpp"

namespace pvm::testing {
namespace {

constexpr u64 max_steps = 3000;
constexpr i64 ample = 1'000'000;

// Gas that a trace accounts for: each block entered, and each byte that a memset wrote.
struct Account {
  const ref::Program& program;
  i64 used = 0;
  bool enters_block = true;  // the coming step
  std::optional<u32> fill_count = {};

  void step(const ref::TraceStep& step) {
    settle(step.registers);
    if (ref::is_graypaper(program.config.semantics)) {
      ++used;
      return;
    }
    if (enters_block) used += block_cost(program, *block_start(program, step.pc));
    enters_block = ref::ends_block(step.instruction.op);
    if (step.instruction.op == isa::Op::memset) fill_count = static_cast<u32>(step.registers[9]);
  }
  void settle(const std::array<u64, 13>& registers) {
    if (fill_count) used += *fill_count - static_cast<u32>(registers[9]);
    fill_count.reset();
  }
};

RC_GTEST_PROP(Gas, used_is_what_the_trace_accounts_for, ()) {
  Scenario scenario = pick_scenario({}, ref::Metering::sync);
  scenario.gas = ample;
  if (!ref::is_graypaper(scenario.program.config.semantics) && !block_start(scenario.program, scenario.pc)) return;
  ref::Machine machine = machine_of(scenario);
  // A fallthrough off the end charges no block behind it; the implicit trap into a gap does.
  Account account{.program = scenario.program};
  const auto exit = machine.run_at_most(max_steps, [&](const ref::TraceStep& step) { account.step(step); });
  account.settle(machine.registers());
  if (exit && exit->status == ref::Status::out_of_gas) return;
  if (ample - machine.gas() != account.used) {
    RC_FAIL("used " + std::to_string(ample - machine.gas()) + ", accounted " + std::to_string(account.used) + "\n" + text_of(scenario));
  }
}

RC_GTEST_PROP(Gas, flat_cost_is_the_number_of_instructions, ()) {
  Scenario scenario = pick_scenario();
  const ref::Program& program = scenario.program;
  RC_PRE(*program.config.gas_model == ref::GasModel::flat_1);
  for (u32 pc = 0; pc < program.code_size(); ++pc) {
    if (!program.is_marked(pc)) continue;
    const auto block = block_at(program, pc);
    RC_ASSERT(block_cost(program, pc) == static_cast<i64>(block.size()));
    for (std::size_t index = 0; index + 1 < block.size(); ++index) {
      RC_ASSERT(!ref::ends_block(block[index].op));
      RC_ASSERT(block[index + 1].pc == block[index].next);
    }
    RC_ASSERT(ref::ends_block(block.back().op));
  }
}

RC_GTEST_PROP(Gas, more_gas_changes_nothing_else, ()) {
  Scenario scenario = pick_scenario({}, ref::Metering::sync);
  ref::Machine little = machine_of(scenario);
  const i64 more = *rc::gen::inRange<i64>(1, 100000);
  ref::Machine much = little;
  much.set_gas(little.gas() + more);
  const auto exit = little.run_at_most(max_steps);
  if (!exit || exit->status == ref::Status::out_of_gas) return;
  const auto other = much.run_at_most(max_steps);
  RC_ASSERT(other.has_value());
  RC_ASSERT(other->status == exit->status);
  RC_ASSERT(other->pc == exit->pc);
  RC_ASSERT(much.gas() == little.gas() + more);
  if (const auto fault = difference(little, much, false)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Gas, running_out_and_going_on_equals_enough_at_once, ()) {
  Scenario scenario = pick_scenario({}, ref::Metering::sync);
  const ref::Program& program = scenario.program;
  const i64 portion = *rc::gen::inRange<i64>(1, 30);
  scenario.gas = ample;
  ref::Machine whole = machine_of(scenario), portions = machine_of(scenario);
  const auto exit = whole.run_at_most(max_steps);
  if (!exit) return;
  portions.set_gas(0);
  i64 given = 0;
  std::optional<ref::Exit> last;
  // pipeline-1 has blocks of some hundred cycles, so that several portions in a row may not suffice.
  for (int tries = 0; tries < 200000; ++tries) {
    last = portions.run();
    if (last->status != ref::Status::out_of_gas) break;
    given += portion;
    // The Gray Paper's counter is negative now, by the charge that failed: the instruction is charged again.
    portions.set_gas((ref::is_graypaper(program.config.semantics) ? portions.gas() + 1 : portions.gas()) + portion);
  }
  if (last->status != exit->status || last->pc != exit->pc) RC_FAIL("another exit\n" + text_of(scenario));
  RC_ASSERT(given - portions.gas() == ample - whole.gas());
  if (const auto fault = difference(whole, portions, false)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Gas, without_metering_a_run_is_the_same, ()) {
  Scenario scenario = pick_scenario({.memset = false, .any_bytes = false}, ref::Metering::sync);
  scenario.gas = ample;
  Scenario free = scenario;
  free.program.config.metering = ref::Metering::none;
  ref::Machine metered = machine_of(scenario), unmetered = machine_of(free);
  const auto exit = metered.run_at_most(max_steps), other = unmetered.run_at_most(max_steps);
  RC_ASSERT(exit.has_value() == other.has_value());
  if (exit) RC_ASSERT((exit->status == other->status && exit->pc == other->pc && exit->next_pc == other->next_pc));
  RC_ASSERT(unmetered.gas() == ample);
  if (const auto fault = difference(metered, unmetered, false)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

// Whatever the host chooses to see, it sees the same verdict: enough or not.
RC_GTEST_PROP(Gas, asynchronous_metering_gives_the_same_verdict, ()) {
  Scenario scenario = pick_scenario({.memset = false, .any_bytes = false}, ref::Metering::sync);
  RC_PRE(!ref::is_graypaper(scenario.program.config.semantics));
  Scenario async = scenario;
  async.program.config.metering = ref::Metering::async;
  ref::Machine one = machine_of(scenario), other = machine_of(async);
  const auto exit = one.run_at_most(max_steps), verdict = other.run_at_most(max_steps);
  RC_ASSERT((exit.has_value() && verdict.has_value()));
  RC_ASSERT(exit->status == verdict->status);
  if (exit->status != ref::Status::out_of_gas) RC_ASSERT(one.gas() == other.gas());
}

RC_GTEST_PROP(Gas, pipeline_cost_is_positive_and_has_no_memory, ()) {
  const Semantics version = *rc::gen::element(Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1);
  ref::Config config;
  config.semantics = version;
  config.container = ref::Container::raw;
  config.gas_model = ref::GasModel::pipeline_1;
  config.memory_cost = *rc::gen::element<u32>(1, 4, 25, 37, 1000);
  const auto lines = *arbitrary_lines();
  // The same lines twice: a block costs the same wherever it stands, but for branches, which look at their surroundings.
  auto loaded = ref::load(raw_container(code_of(version, lines)), config);
  RC_PRE(std::holds_alternative<ref::Program>(loaded));
  const auto& program = std::get<ref::Program>(loaded);
  for (u32 pc = 0; pc < program.code_size(); ++pc) {
    if (!program.is_marked(pc)) continue;
    const i64 cost = block_cost(program, pc);
    RC_ASSERT(cost >= 1);
    RC_ASSERT(cost == block_cost(program, pc));
    // No instruction takes longer than the slowest alone, and the last of them retires some cycles later.
    const i64 slowest = std::max<i64>(100, config.memory_cost);
    RC_ASSERT(cost <= static_cast<i64>(block_at(program, pc).size()) * (slowest + 5));
  }
}

}  // namespace
}  // namespace pvm::testing
