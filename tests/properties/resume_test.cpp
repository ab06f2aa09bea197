// SPDX-License-Identifier: Apache-2.0 OR MIT
// Properties of resumption: an interrupted run comes to the same end as one that wasn't interrupted.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "arbitrary.hpp"
#include "invariants.hpp"

namespace pvm::testing {
namespace {

constexpr u64 max_steps = 3000;

// Every ecalli of at least 2 bytes becomes `move_reg a0, a0` of the same size; shorter ones get in the way.
std::optional<ref::Program> without_host_calls(const ref::Program& program) {
  ref::Program result = program;
  for (u32 pc = 0; pc < program.code_size(); ++pc) {
    if (!program.is_marked(pc)) continue;
    const ref::Instruction in = decode(program, pc);
    if (in.op != isa::Op::ecalli) continue;
    if (in.next - pc < 2) return std::nullopt;
    result.code[pc] = *builder::opcode_of(program.config.semantics, isa::Op::move_reg);
    result.code[pc + 1] = 0x77;
  }
  return result;
}

RC_GTEST_PROP(Resume, host_calls_that_do_nothing_change_nothing, ()) {
  // Operands of any bytes could reach into the host calls that are replaced.
  Scenario scenario = pick_scenario({.any_bytes = false}, ref::Metering::sync);
  scenario.gas = 5000;
  if (*scenario.program.config.gas_model == ref::GasModel::pipeline_1) scenario.program.config.gas_model = ref::GasModel::flat_1;
  Scenario silent = scenario;
  auto program = without_host_calls(scenario.program);
  if (!program) return;
  silent.program = std::move(*program);
  ref::Machine calling = machine_of(scenario), straight = machine_of(silent);
  std::optional<ref::Exit> exit;
  for (int calls = 0; calls < 5000; ++calls) {
    exit = calling.run();
    if (exit->status != ref::Status::host_call) break;
  }
  const ref::Exit other = straight.run();
  RC_ASSERT(exit->status == other.status);
  RC_ASSERT(exit->pc == other.pc);
  if (const auto fault = difference(calling, straight)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Resume, pages_on_demand_equal_pages_from_the_start, ()) {
  Scenario scenario = pick_scenario({.host_calls = false, .any_bytes = false}, ref::Metering::sync);
  const ref::Program& program = scenario.program;
  RC_PRE((program.is_paged() && program.config.container != ref::Container::standard));
  scenario.gas = 3000;
  scenario.pages.clear();
  ref::Machine lazy = machine_of(scenario);
  const u32 size = lazy.memory().page_size();
  for (const u32 page : scenario_pages) {
    if (page % size == 0) scenario.pages.emplace_back(page, true);
  }
  // The Gray Paper's sbrk looks at which pages are there.
  for (u32 pc = 0; pc < program.code_size(); ++pc) RC_PRE(decode(program, pc).op != isa::Op::sbrk);
  ref::Machine eager = machine_of(scenario);
  i64 faults = 0;
  ref::Exit exit;
  for (;;) {
    exit = lazy.run();
    if (exit.status != ref::Status::page_fault) break;
    const bool known =
        std::any_of(scenario.pages.begin(), scenario.pages.end(), [&](const auto& page) { return page.first == exit.fault_address; });
    if (!known || exit.write_protected) break;
    ++faults;
    RC_ASSERT(lazy.memory().map(exit.fault_address, 1, true));
  }
  for (const auto& [page, writable] : scenario.pages) {
    if (lazy.memory().check(page, 1, true)) RC_ASSERT(lazy.memory().map(page, size, writable));
  }
  if (ref::is_graypaper(program.config.semantics)) {
    // Each retry is charged there.
    eager.set_gas(eager.gas() - faults);
    if (exit.status == ref::Status::out_of_gas || eager.gas() < 0) return;
  }
  const ref::Exit other = eager.run();
  RC_ASSERT(exit.status == other.status);
  RC_ASSERT(exit.pc == other.pc);
  RC_ASSERT(exit.fault_address == other.fault_address);
  if (const auto fault = difference(lazy, eager)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Resume, setting_the_same_position_pays_the_block_again, ()) {
  Scenario scenario = pick_scenario({.memset = false, .any_bytes = false}, ref::Metering::sync);
  const ref::Program& program = scenario.program;
  RC_PRE(!ref::is_graypaper(program.config.semantics));
  scenario.gas = 1'000'000;
  ref::Machine machine = machine_of(scenario);
  const auto exit = machine.run_at_most(max_steps);
  RC_PRE((exit && exit->status == ref::Status::host_call));
  ref::Machine again = machine;
  again.set_pc(*exit->next_pc);
  const auto start = block_start(program, *exit->next_pc);
  const auto free = machine.run_at_most(max_steps), paid = again.run_at_most(max_steps);
  RC_ASSERT(free.has_value() == paid.has_value());
  if (free) RC_ASSERT((free->status == paid->status && free->pc == paid->pc));
  // At an implicit trap execution can't begin: nothing is paid for.
  const i64 price = start ? block_cost(program, *start) : 0;
  RC_ASSERT(machine.gas() - again.gas() == price);
  if (const auto fault = difference(machine, again, false)) RC_FAIL(*fault + "\n" + text_of(scenario));
}

RC_GTEST_PROP(Resume, memset_in_portions_equals_stores, ()) {
  const Semantics version = *rc::gen::element(Semantics::rv32_1, Semantics::rv64_1);
  ref::Config config;
  config.semantics = version;
  config.container = ref::Container::raw;
  config.dynamic_paging = true;
  builder::CodeBlob blob;
  blob.code = {*builder::opcode_of(version, isa::Op::memset), 0};
  blob.bitmask = {3};
  const auto program = std::get<ref::Program>(ref::load(raw_container(blob), config));
  const u32 begin = *rc::gen::inRange<u32>(0x20000, 0x23010), count = *rc::gen::inRange<u32>(0, 300);
  const i64 portion = *rc::gen::inRange<i64>(1, 50);
  const u8 value = *rc::gen::arbitrary<u8>();
  ref::Machine machine(program);
  for (const u32 page : {0x20000u, 0x21000u, 0x22000u}) {
    if (*rc::gen::inRange(0, 4) != 0) machine.memory().map(page, 4096, *rc::gen::inRange(0, 5) != 0);
  }
  ref::Machine stores = machine;
  machine.set_reg(7, begin);
  machine.set_reg(8, value | 0x100);
  machine.set_reg(9, count);
  machine.set_pc(0);
  ref::Exit exit;
  i64 given = 0;
  do {
    machine.set_gas(machine.gas() + portion);
    given += portion;
    exit = machine.run();
  } while (exit.status == ref::Status::out_of_gas);
  u32 done = 0;
  while (done < count && stores.memory().host_write(begin + done, std::vector<u8>{value})) ++done;
  RC_ASSERT((exit.status == ref::Status::trap && exit.pc == 1u) == (done == count));
  RC_ASSERT(machine.reg(7) == begin + done);
  RC_ASSERT(machine.reg(9) == count - done);
  RC_ASSERT(given - machine.gas() == i64{2} + done);
  for (const u32 number : {7u, 8u, 9u}) stores.set_reg(number, machine.reg(number));
  const auto fault = difference(machine, stores, false);
  RC_ASSERT(!fault);
}

}  // namespace
}  // namespace pvm::testing
