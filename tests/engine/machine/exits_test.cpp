// SPDX-License-Identifier: Apache-2.0 OR MIT
// What events come to: exits, faults, heap, and mechanisms that break.
#include "scripted.hpp"

namespace pvm::engine::testing {
namespace {

using Kind = Event::Kind;

ProgramConfig paged(Semantics version = Semantics::rv64_1) {
  ProgramConfig config = raw(version);
  config.dynamic_paging = true;
  return config;
}

// [exit.halt] [exit.trap] [exit.host_call]
TEST(Exits, of_the_gray_paper_have_pc_0_and_wide_numbers) {
  Scripted s = scripted(raw(Semantics::graypaper_0_7_2), "fallthrough\n ecalli -1\n trap");
  EXPECT_EQ(text_of(s.run({event(Kind::trap, 3)}, 0, 10)), "trap pc 0 next none");
  EXPECT_EQ(text_of(s.run({event(Kind::halt)}, 0)), "halt pc 0 next none");
  EXPECT_EQ(text_of(s.run({event(Kind::host_call, 1, 3, 0xffffffff)}, 0)), "host_call pc 1 next 3 number 18446744073709551615");
  Scripted polkavm = scripted(raw(), "ecalli -1\n trap");
  EXPECT_EQ(text_of(polkavm.run({event(Kind::halt)}, 0, 10)), "halt pc none next none");
  EXPECT_EQ(text_of(polkavm.run({event(Kind::host_call, 0, 2, 0xffffffff)}, 0)), "host_call pc 0 next 2 number 4294967295");
}

// [exit.async]
TEST(Exits, on_credit_are_out_of_gas) {
  ProgramConfig config = raw();
  config.metering = Metering::async;
  Scripted s = scripted(config, "ecalli 0\n memset\n sbrk a0, a0\n trap");
  for (const Kind kind :
       {Kind::halt, Kind::trap, Kind::host_call, Kind::access, Kind::sbrk, Kind::fill, Kind::out_of_gas, Kind::interrupted}) {
    s.machine->set_pc(0);
    s.machine->set_gas(1);
    const Exit exit = s.run_turns({[kind](CpuState& state) {
      state.gas = -1;
      return event(kind, 0, 1, 0);
    }});
    EXPECT_EQ(text_of(exit), "out_of_gas pc none next none");
    EXPECT_FALSE(s.machine->next_pc());
  }
}

// [access.range] [map.rights]
TEST(Exits, of_bad_accesses_to_mapped_memory_are_traps) {
  Scripted s = scripted(raw(), "load_indirect_u8 a0, a1, 0:1\n store_indirect_u64 a0, a1, 8\n trap");
  EXPECT_EQ(text_of(s.run({event(Kind::access, 0)}, 0, 10)), "trap pc 0 next none");
  EXPECT_EQ(text_of(s.run({event(Kind::access, 3)}, 0, 10)), "trap pc 3 next none");
}

// [paging.lowest] [paging.write_protected] [paging.low] [access.wrap]
TEST(Exits, of_bad_accesses_to_pages_are_faults) {
  Scripted s = scripted(paged(), "load_indirect_u32 a0, a1, 0:1\n store_indirect_u32 a0, a1, 0:1\n trap");
  ASSERT_TRUE(s.machine->map(0x20000, 0x1000, false));
  ASSERT_TRUE(s.machine->map(0xfffff000, 0x1000, true));
  const auto access = [&](u32 pc, u64 address) {
    s.machine->set_reg(8, address);
    return text_of(s.run({event(Kind::access, pc)}, 0, 10));
  };
  EXPECT_EQ(access(0, 0x20fff), "page_fault pc 0 next 0 at 135168");
  EXPECT_EQ(access(3, 0x20ffe), "page_fault pc 3 next 3 at 131072 protected");
  EXPECT_EQ(access(3, 0x1fffe), "page_fault pc 3 next 3 at 126976");
  EXPECT_EQ(access(3, 0x1'0002'0000), "page_fault pc 3 next 3 at 131072 protected");
  EXPECT_EQ(access(0, 0xffff), "trap pc 0 next none");
  EXPECT_EQ(access(0, 0xfffffffd), "trap pc 0 next none");
  ASSERT_TRUE(s.machine->unmap(0xfffff000, 0x1000));
  EXPECT_EQ(access(0, 0xfffffffd), "trap pc 0 next none");
  EXPECT_EQ(access(0, 0xfffffffc), "page_fault pc 0 next 0 at 4294963200");
}

// [resume.page_fault]
TEST(Exits, by_faults_are_continued_without_a_charge) {
  Scripted s = scripted(paged(), "load_imm a0, 1\n load_u8 a0, 0x20000\n trap");
  EXPECT_EQ(text_of(s.run({event(Kind::access, 3)}, 0, 10)), "page_fault pc 3 next 3 at 131072");
  s.run({event(Kind::trap, 8)});
  EXPECT_TRUE(s.last_entry()->paid);
  EXPECT_EQ(s.last_entry()->pc, 3U);
}

// [access.wrap]
TEST(Exits, of_the_gray_paper_at_the_top_of_memory) {
  Scripted s = scripted(raw(Semantics::graypaper_0_7_2), "load_indirect_u32 a0, a1, 0:1\n trap");
  s.machine->set_reg(8, 0xfffffffe);
  EXPECT_EQ(text_of(s.run({event(Kind::access, 0)}, 0, 10)), "page_fault pc 0 next 0 at 4294963200");
  ASSERT_TRUE(s.machine->map(0xfffff000, 0x1000, true));
  EXPECT_EQ(text_of(s.run({event(Kind::access, 0)}, 0, 10)), "trap pc 0 next none");
}

// [heap.grow]: the example of the document.
TEST(Heap, grows_as_the_document_shows) {
  auto program = std::make_shared<Program>(*load_text(raw(), "sbrk a0, a1\n trap"));
  program->rw_data_size = 5;
  program->stack_size = 4096;
  Scripted s = scripted(program);
  const auto sbrk = [&](u64 size, u64 result, u64 end) {
    s.machine->set_reg(8, size);
    s.run({event(Kind::sbrk, 0, 2), event(Kind::trap, 2)}, 0, 10);
    EXPECT_EQ(s.machine->reg(7), result) << size;
    EXPECT_EQ(s.last_entry()->pc, 2U);
    EXPECT_TRUE(s.last_entry()->paid);
    EXPECT_EQ(s.executor->rights.range_at(0x20000)->end, end) << size;
    EXPECT_EQ(s.executor->rights.ranges(), s.machine->ranges());
  };
  sbrk(0, 0x20005, 0x21000);
  sbrk(1, 0x20006, 0x21000);
  sbrk(0xffa, 0x21000, 0x21000);
  sbrk(1, 0x21001, 0x22000);
  sbrk(0xfff9f000, 0, 0x22000);
  sbrk(0x1'0000'0001, 0, 0x22000);
  sbrk(~u64{0}, 0, 0x22000);
  sbrk(0xfff9efff, 0xfffc0000, 0xfffc0000);
  EXPECT_EQ(*s.machine->sbrk(0), 0xfffc0000U);
  EXPECT_EQ(*s.machine->sbrk(1), 0U);
}

// [heap.paged]
TEST(Heap, does_not_exist_in_paged_memory) {
  Scripted s = scripted(paged(), "sbrk a0, a1\n trap");
  EXPECT_EQ(text_of(s.run({event(Kind::sbrk, 0, 2)}, 0, 10)), "trap pc 0 next none");
  EXPECT_FALSE(s.machine->sbrk(0));
}

// [heap.allocate]: the example of the document.
TEST(Heap, of_the_gray_paper_is_found_as_the_document_shows) {
  auto program = std::make_shared<Program>(*load_text(raw(Semantics::graypaper_0_7_2), "sbrk a0, a1\n trap"));
  program->config.container = Container::standard;
  program->ro_data = {1, 2};
  program->ro_data_size = 2;
  program->rw_data = {3, 4, 5};
  program->rw_data_size = 3;
  program->heap_pages = 1;
  program->stack_size = 8192;
  Scripted s = scripted(program);
  EXPECT_EQ(s.machine->reg(0), 0xffff0000U);
  EXPECT_EQ(s.machine->reg(1), 0xfefe0000U);
  EXPECT_EQ(s.machine->reg(7), 0xfeff0000U);
  const auto sbrk = [&](u64 size) {
    s.machine->set_reg(8, size);
    s.run({event(Kind::sbrk, 0, 2), event(Kind::trap, 2)}, 0, 10);
    EXPECT_FALSE(s.last_entry()->paid);
    EXPECT_EQ(s.executor->rights.ranges(), s.machine->ranges());
    return s.machine->reg(7);
  };
  EXPECT_EQ(sbrk(0), 0x30000U);
  EXPECT_EQ(sbrk(1), 0x32000U);
  EXPECT_EQ(sbrk(0x1001), 0x33000U);
  EXPECT_EQ(sbrk(0xfefa9001), 0U);
  EXPECT_EQ(sbrk(0x1020000), 0x35000U);
  EXPECT_EQ(sbrk(0xfdf89000), 0x1055000U);
  EXPECT_EQ(sbrk(0x1020000), 0xfefe0000U);
  EXPECT_EQ(sbrk(1), 0U);
  EXPECT_EQ(sbrk(~u64{0}), 0U);
}

// What a back end can't have seen ends the instance, and nothing works after that.
TEST(Failures, lose_the_machine) {
  const auto lost_by = [](const ProgramConfig& config, ScriptedExecutor::Turn turn) {
    Scripted s = scripted(config, "load_imm a0, 1\n load_indirect_u8 a0, a1, 0:1\n trap");
    if (config.dynamic_paging) {
      EXPECT_TRUE(s.machine->map(0x20000, 0x1000, true));
    }
    s.machine->set_reg(8, 0x20000);
    s.machine->set_pc(0);
    s.machine->set_gas(10);
    s.executor->script.push_back(std::move(turn));
    const auto exit = s.machine->run();
    std::vector<u8> byte(1);
    const ErrorCode lost = ErrorCode::instance_lost;
    EXPECT_EQ(s.machine->run().error().code, lost);
    EXPECT_EQ(s.machine->read(0x20000, byte).error().code, lost);
    EXPECT_EQ(s.machine->write(0x20000, byte).error().code, lost);
    EXPECT_EQ(s.machine->map(0x20000, 1, true).error().code, lost);
    EXPECT_EQ(s.machine->sbrk(0).error().code, lost);
    EXPECT_EQ(s.machine->snapshot().error().code, lost);
    EXPECT_EQ(s.machine->reset_memory().error().code, lost);
    return exit ? name_of(exit->status) : name_of(exit.error().code);
  };
  const auto says = [](const Event& what) { return [what](CpuState&) { return what; }; };
  EXPECT_EQ(lost_by(raw(), says({.error = {.code = ErrorCode::resource_exhausted}})), "resource_exhausted");
  EXPECT_EQ(lost_by(raw(), says(event(Kind::access, 0))), "worker_failed");
  EXPECT_EQ(lost_by(paged(), says(event(Kind::access, 3))), "worker_failed");
  EXPECT_EQ(lost_by(raw(), says(event(Kind::sbrk, 0, 3))), "worker_failed");
  EXPECT_EQ(lost_by(raw(), says(event(Kind::fill, 0, 3))), "worker_failed");
  const auto raises_gas = [](CpuState& state) {
    state.gas += 1;
    return event(Kind::trap, 0);
  };
  EXPECT_EQ(lost_by(raw(), raises_gas), "worker_failed");
  ProgramConfig free = raw();
  free.metering = Metering::none;
  EXPECT_EQ(lost_by(free, says(event(Kind::out_of_gas, 0))), "worker_failed");
}

}  // namespace
}  // namespace pvm::engine::testing
