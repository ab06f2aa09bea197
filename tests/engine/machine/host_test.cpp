// SPDX-License-Identifier: Apache-2.0 OR MIT
// The host's side: registers, memory, pages, snapshots.
#include <numeric>

#include "scripted.hpp"

namespace pvm::engine::testing {
namespace {

ProgramConfig paged(u32 page_size = 4096) {
  ProgramConfig config = raw();
  config.dynamic_paging = true;
  config.page_size = page_size;
  return config;
}

// Sizes of ro, rw, stack, aux: 0x1234, 0x5678, 0x2000, 0x100. A row of [map.layout].
std::shared_ptr<const Program> sized(u32 page_size = 4096) {
  ProgramConfig config = raw();
  config.page_size = page_size;
  auto program = std::make_shared<Program>(*load_text(config, "trap"));
  program->config.aux_size = 0x100;
  program->ro_data_size = 0x1234;
  program->ro_data = {1, 2, 3};
  program->rw_data_size = 0x5678;
  program->rw_data = {4, 5};
  program->stack_size = 0x2000;
  return program;
}

bool can_read(Scripted& s, u64 address, std::size_t size) {
  std::vector<u8> out(size);
  return s.machine->read(address, out).ok();
}

bool can_write(Scripted& s, u64 address, std::size_t size) {
  const std::vector<u8> bytes(size, 9);
  return s.machine->write(address, bytes).ok();
}

using Ranges = std::vector<Rights::Range>;

// [map.layout] [map.rights] [map.contents]
TEST(Host, finds_the_map_of_the_document) {
  Scripted s = scripted(sized());
  const Ranges expected = {{0x10000, 0x12000, Access::read},
                           {0x30000, 0x36000, Access::write},
                           {0xfffce000, 0xfffd0000, Access::write},
                           {0xfffe0000, 0xfffe1000, Access::read}};
  EXPECT_EQ(s.machine->ranges(), expected);
  EXPECT_EQ(s.executor->rights.ranges(), expected);
  EXPECT_EQ(s.machine->stack_top(), 0xfffd0000U);
  std::vector<u8> bytes(4);
  ASSERT_TRUE(s.machine->read(0x10000, bytes));
  EXPECT_EQ(bytes, (std::vector<u8>{1, 2, 3, 0}));
  ASSERT_TRUE(s.machine->read(0x30000, bytes));
  EXPECT_EQ(bytes, (std::vector<u8>{4, 5, 0, 0}));
  Scripted large = scripted(sized(0x4000));
  EXPECT_EQ(large.machine->ranges(), (Ranges{{0x10000, 0x14000, Access::read},
                                             {0x30000, 0x38000, Access::write},
                                             {0xfffcc000, 0xfffd0000, Access::write},
                                             {0xfffe0000, 0xfffe4000, Access::read}}));
}

TEST(Host, does_not_write_read_only_data_that_is_there) {
  auto executor = std::make_unique<ScriptedExecutor>();
  executor->shares_read_only_data = true;
  ScriptedExecutor* inside = executor.get();
  auto machine = Machine::create(sized(), std::move(executor));
  ASSERT_TRUE(machine);
  EXPECT_EQ(inside->bytes_written, 2U);
  EXPECT_EQ(inside->rights.range_at(0x10000)->access, Access::read);
}

// [host.read_memory] [host.write_memory]
TEST(Host, reads_and_writes_what_the_document_allows) {
  Scripted s = scripted(sized());
  EXPECT_TRUE(can_read(s, 5, 0) && can_write(s, ~u64{0}, 0));
  EXPECT_TRUE(can_read(s, 0x11ff0, 16));
  EXPECT_FALSE(can_read(s, 0x11ff0, 17));
  EXPECT_FALSE(can_read(s, 0xffff, 2));
  EXPECT_FALSE(can_read(s, ~u64{0} - 3, 8));
  EXPECT_FALSE(can_read(s, 0x1'0001'0000, 1));
  EXPECT_FALSE(can_write(s, 0x10000, 1));
  EXPECT_TRUE(can_write(s, 0x30000, 0x6000));
  EXPECT_FALSE(can_write(s, 0x30000, 0x6001));
  EXPECT_TRUE(can_write(s, 0xfffe0000, 0x1000));
  EXPECT_FALSE(can_write(s, 0xfffe0fff, 2));
  EXPECT_FALSE(s.machine->map(0x50000, 0x1000, true));
  EXPECT_FALSE(s.machine->protect(0x30000, 1, false));
  EXPECT_FALSE(s.machine->unmap(0x30000, 0x1000));
}

// [host.map] [host.protect] [host.unmap]
TEST(Host, makes_and_drops_pages) {
  Scripted s = scripted(paged(), "trap");
  const auto refused = [](const Result<void>& result) { return !result && result.error().code == ErrorCode::out_of_bounds; };
  EXPECT_TRUE(refused(s.machine->map(0x20001, 1, true)));
  EXPECT_TRUE(refused(s.machine->map(0xf000, 1, true)));
  EXPECT_TRUE(refused(s.machine->map(0xfffff000, 0x1001, true)));
  EXPECT_TRUE(refused(s.machine->map(0x20000, ~u64{0}, true)));
  EXPECT_TRUE(s.machine->map(0x100000000, 0, true));
  EXPECT_TRUE(s.machine->map(0x20000, 0, true));
  EXPECT_TRUE(s.machine->ranges().empty());
  ASSERT_TRUE(s.machine->map(0x20000, 0x1001, true));
  EXPECT_EQ(s.machine->ranges(), (Ranges{{0x20000, 0x22000, Access::write}}));
  ASSERT_TRUE(can_write(s, 0x20ff0, 0x20));
  ASSERT_TRUE(s.machine->protect(0x20fff, 1, false));
  EXPECT_EQ(s.machine->ranges(), (Ranges{{0x20000, 0x21000, Access::read}, {0x21000, 0x22000, Access::write}}));
  EXPECT_FALSE(can_write(s, 0x20fff, 2));
  EXPECT_TRUE(refused(s.machine->protect(0x21000, 0x1001, false)));
  EXPECT_TRUE(s.machine->protect(0x50000, 0, false));
  ASSERT_TRUE(s.machine->unmap(0x20000, 1));
  EXPECT_FALSE(can_read(s, 0x20fff, 1));
  ASSERT_TRUE(s.machine->map(0x20000, 1, true));
  std::vector<u8> byte(1, 5);
  ASSERT_TRUE(s.machine->read(0x20fff, byte));
  EXPECT_EQ(byte[0], 0);
  ASSERT_TRUE(s.machine->read(0x21000, byte));
  EXPECT_EQ(byte[0], 9);
  ASSERT_TRUE(s.machine->map(0x21000, 1, false));
  ASSERT_TRUE(s.machine->read(0x21000, byte));
  EXPECT_EQ(byte[0], 0);
}

TEST(Host, counts_in_pages_of_the_configured_size) {
  Scripted s = scripted(paged(0x10000), "trap");
  EXPECT_FALSE(s.machine->map(0x21000, 1, true));
  ASSERT_TRUE(s.machine->map(0x20000, 1, true));
  ASSERT_TRUE(s.machine->protect(0x2ffff, 1, false));
  EXPECT_EQ(s.machine->ranges(), (Ranges{{0x20000, 0x30000, Access::read}}));
  ASSERT_TRUE(s.machine->unmap(0x20000, 1));
  EXPECT_TRUE(s.machine->ranges().empty());
}

// No memory is taken for what is only a number.
TEST(Host, may_name_all_of_memory) {
  Scripted s = scripted(paged(), "trap");
  ASSERT_TRUE(s.machine->map(0x10000, 0xffff0000, true));
  EXPECT_EQ(s.machine->ranges(), (Ranges{{0x10000, 0x100000000, Access::write}}));
  ASSERT_TRUE(s.machine->unmap(0x10000, 0xffff0000));
  EXPECT_EQ(s.executor->bytes_written, 0U);
}

// [host.registers]
TEST(Host, sees_the_low_halves_of_32_bit_registers) {
  Scripted s = scripted(raw(Semantics::rv32_1), "trap");
  s.machine->set_reg(7, 0x1ffffffff);
  EXPECT_EQ(s.machine->reg(7), 0xffffffffU);
  s.machine->set_pc(0);
  s.machine->set_gas(5);
  s.run_turns({[](CpuState& state) {
    state.regs[3] = ~u64{0};
    return event(Event::Kind::trap, 0);
  }});
  EXPECT_EQ(s.machine->reg(3), 0xffffffffU);
}

TEST(Host, gets_back_what_a_snapshot_holds) {
  Scripted s = scripted(sized());
  ASSERT_TRUE(can_write(s, 0x30000, 4));
  s.machine->set_reg(7, 77);
  EXPECT_EQ(*s.machine->sbrk(0x10000), 0x45678U);
  s.run({event(Event::Kind::host_call, 0, 0, 3)}, 0, 10);
  const auto snapshot = s.machine->snapshot();
  ASSERT_TRUE(snapshot);
  const auto ranges = s.machine->ranges();
  ASSERT_TRUE(s.machine->reset_memory());
  EXPECT_EQ(*s.machine->sbrk(0), 0x35678U);
  s.machine->set_reg(7, 1);
  s.machine->set_gas(1);
  s.machine->set_pc(99);
  ASSERT_TRUE(s.machine->restore(**snapshot));
  EXPECT_EQ(s.machine->reg(7), 77U);
  EXPECT_EQ(s.machine->gas(), 10);
  EXPECT_EQ(s.machine->ranges(), ranges);
  EXPECT_EQ(s.executor->rights.ranges(), ranges);
  EXPECT_EQ(*s.machine->sbrk(0), 0x45678U);
  std::vector<u8> bytes(4);
  ASSERT_TRUE(s.machine->read(0x30000, bytes));
  EXPECT_EQ(bytes, (std::vector<u8>{9, 9, 9, 9}));
  s.run({event(Event::Kind::trap, 0)});
  EXPECT_TRUE(s.last_entry()->paid);
  Scripted other = scripted(sized());
  EXPECT_EQ(other.machine->restore(**snapshot).error().code, ErrorCode::invalid_argument);
}

TEST(Host, cannot_save_an_interrupted_run) {
  Scripted s = scripted(raw(), "trap");
  s.run({event(Event::Kind::interrupted, 0)}, 0, 10);
  EXPECT_EQ(s.machine->snapshot().error().code, ErrorCode::invalid_argument);
  s.machine->set_pc(0);
  EXPECT_TRUE(s.machine->snapshot());
}

// [entry.state]
TEST(Host, resets_memory_alone) {
  Scripted s = scripted(sized());
  ASSERT_TRUE(can_write(s, 0x30000, 0x6000));
  s.machine->set_reg(7, 77);
  s.machine->set_pc(3);
  ASSERT_TRUE(s.machine->reset_memory());
  std::vector<u8> bytes(0x6000);
  ASSERT_TRUE(s.machine->read(0x30000, bytes));
  EXPECT_EQ(bytes[0], 4);
  EXPECT_EQ(std::accumulate(bytes.begin(), bytes.end(), 0), 9);
  EXPECT_EQ(s.machine->reg(7), 77U);
  EXPECT_EQ(s.machine->next_pc(), 3U);
}

}  // namespace
}  // namespace pvm::engine::testing
