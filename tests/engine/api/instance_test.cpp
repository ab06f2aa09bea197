// SPDX-License-Identifier: Apache-2.0 OR MIT
// Instances: runs, calls, registers, gas, memory, pages, and the errors of each.
#include <array>
#include <limits>
#include <thread>

#include "programs.hpp"

namespace pvm::test {
namespace {

constexpr u32 a0 = 7, a1 = 8;
constexpr u64 ro_start = 0x10000, rw_start = 0x30000;

const Source program = {.text = R"(
add:; add_64 a0, a0, a1
     ret
call_host:; ecalli 3
     add_imm_64 a0, a0, 1
     ret
load:; load_indirect_u64 a0, a0, 0
     ret
store:; store_indirect_u8 a1, a0, 0
     ret
grow:; sbrk a0, a0
     ret
count:; add_imm_64 a0, a0, 1
     branch_not_eq a0, a1, count
     ret
)",
                        .exports = {"add", "call_host", "load", "store", "grow", "count"},
                        .ro_data = {1, 2, 3, 4, 5, 6, 7, 8},
                        .rw_data = {9, 10, 11},
                        .stack_size = 4096};

class Instances : public OnEachLevel {};
PVM_ON_EACH_LEVEL(Instances);

TEST_P(Instances, ANewOneIsEmpty) {
  Instance instance = start(program);
  EXPECT_EQ(instance.isolation(), GetParam());
  EXPECT_EQ(*instance.regs(), Registers{});
  EXPECT_EQ(*instance.gas(), 0);
  EXPECT_EQ(*instance.next_pc(), std::nullopt);
  EXPECT_ERROR(ErrorCode::no_pc, instance.run());
}

TEST_P(Instances, CallsAFunctionByName) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(1000));
  const auto exit = instance.call("add", {40, u64{2}});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::halt);
  EXPECT_EQ(*instance.reg(a0), 42u);
  EXPECT_EQ(*instance.gas(), 998);
  EXPECT_EQ(*instance.reg(1), instance.module().stack_top());
  EXPECT_EQ(*instance.next_pc(), std::nullopt);
  EXPECT_ERROR(ErrorCode::no_pc, instance.run());
  EXPECT_ERROR(ErrorCode::not_found, instance.call("subtract"));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.call("add", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.call(0, std::span<const Value>(static_cast<const Value*>(nullptr), 3)));
}

TEST_P(Instances, ArgumentsFollowTheConvention) {
  Instance instance = start(program);
  ASSERT_OK(instance.prepare_call(5, std::array<Value, 9>{1, -2, 3u, 4, 5, 6, 7, 8, 0xffffffffu}, 0x1234));
  const Registers expected = {0xffff0000, 0x1234, 7, 8, ~u64{0}, 0, 0, 1, ~u64{1}, 3, 4, 5, 6};
  EXPECT_EQ(*instance.regs(), expected);
  EXPECT_EQ(*instance.next_pc(), 5u);
}

TEST_P(Instances, WideArgumentsTakeTwoRegistersOfAShortVersion) {
  Instance instance = start({.text = "f:; ret", .exports = {"f"}, .semantics = Semantics::rv32_1});
  ASSERT_OK(instance.prepare_call(0, std::array<Value, 2>{0x1122334455667788u, -1}));
  EXPECT_EQ(*instance.reg(a0), 0x55667788u);
  EXPECT_EQ(*instance.reg(a1), 0x11223344u);
  EXPECT_EQ(*instance.reg(9), 0xffffffffu);
  ASSERT_OK(instance.prepare_call(0, std::array<Value, 5>{1u, 2ul, 3ul, 4ul, 5ul}));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.prepare_call(0, std::array<Value, 5>{1ul, 2ul, 3ul, 4ul, 5ul}));
}

TEST_P(Instances, HostCallsAreExitsThatGoOn) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(1000));
  const auto exit = instance.call("call_host", {1});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::host_call);
  EXPECT_EQ(exit->host_call, 3u);
  ASSERT_TRUE(exit->next_pc);
  EXPECT_EQ(*instance.next_pc(), exit->next_pc);
  ASSERT_OK(instance.set_reg(a0, 10));
  const auto end = instance.run();
  ASSERT_OK(end);
  EXPECT_EQ(end->status, Status::halt);
  EXPECT_EQ(*instance.reg(a0), 11u);
}

TEST_P(Instances, OutOfGasCanBePaidLater) {
  Instance instance = start(program);
  ASSERT_OK(instance.set_gas(101));
  const auto stopped = instance.call("count", {0, 100});
  ASSERT_OK(stopped);
  EXPECT_EQ(stopped->status, Status::out_of_gas);
  EXPECT_EQ(*instance.reg(a0), 50u);
  EXPECT_EQ(*instance.gas(), 1);
  ASSERT_OK(instance.set_gas(1000));
  const auto end = instance.run();
  ASSERT_OK(end);
  EXPECT_EQ(end->status, Status::halt);
  EXPECT_EQ(*instance.reg(a0), 100u);
}

TEST_P(Instances, RegistersOutsideAreRefused) {
  Instance instance = start(program);
  for (const u32 number : {13u, 14u, 1000u, std::numeric_limits<u32>::max()}) {
    EXPECT_ERROR(ErrorCode::invalid_argument, instance.reg(number));
    EXPECT_ERROR(ErrorCode::invalid_argument, instance.set_reg(number, 1));
  }
  ASSERT_OK(instance.set_reg(12, 77));
  EXPECT_EQ(*instance.reg(12), 77u);
  EXPECT_EQ((*instance.regs())[12], 77u);
  EXPECT_EQ((*instance.regs())[11], 0u);
}

TEST_P(Instances, ShortRegistersKeepTheLowHalf) {
  Instance instance = start({.text = "f:; ret", .exports = {"f"}, .semantics = Semantics::rv32_1});
  ASSERT_OK(instance.set_reg(a0, 0x1ffffffff));
  EXPECT_EQ(*instance.reg(a0), 0xffffffffu);
  Registers all;
  all.fill(~u64{0});
  ASSERT_OK(instance.set_regs(all));
  EXPECT_EQ((*instance.regs())[0], 0xffffffffu);
}

TEST_P(Instances, MemoryIsReadAndWritten) {
  Instance instance = start(program);
  EXPECT_EQ(*instance.read_u64(ro_start), 0x0807060504030201u);
  EXPECT_EQ(*instance.read_u32(ro_start + 1), 0x05040302u);
  EXPECT_EQ(*instance.read_u16(rw_start), 0x0a09u);
  EXPECT_EQ(*instance.read_u8(rw_start + 2), 11u);
  ASSERT_OK(instance.write_u64(rw_start + 1, 0x1122334455667788));
  ASSERT_OK(instance.write_u32(rw_start + 20, 0xdeadbeef));
  ASSERT_OK(instance.write_u16(rw_start + 30, 0xcafe));
  ASSERT_OK(instance.write_u8(rw_start + 40, 0xee));
  EXPECT_EQ(*instance.read_u32(rw_start), 0x66778809u);
  EXPECT_EQ(*instance.read_u32(rw_start + 20), 0xdeadbeefu);
  EXPECT_EQ(*instance.read_u16(rw_start + 30), 0xcafeu);
  EXPECT_EQ(*instance.read_u8(rw_start + 40), 0xeeu);
  ASSERT_OK(instance.set_gas(100));
  ASSERT_OK(instance.call("load", {u32{rw_start} + 1}));
  EXPECT_EQ(*instance.reg(a0), 0x1122334455667788u);
}

TEST_P(Instances, MemoryOutsideIsRefused) {
  Instance instance = start(program);
  std::array<u8, 16> bytes{};
  for (const u64 address : {u64{0}, u64{0xfff0}, ro_start + 0x0ff8, u64{0xfffffff8}, u64{1} << 32, ~u64{0}, ~u64{7}}) {
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.read(address, bytes));
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.write(address, bytes));
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.read_u64(address + 1));
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.write_u64(address + 1, 0));
  }
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.write_u8(ro_start, 0));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.read(rw_start, std::span<u8>(static_cast<u8*>(nullptr), 1)));
  EXPECT_ERROR(ErrorCode::invalid_argument,
               instance.write(rw_start, std::span<const u8>(static_cast<const u8*>(nullptr), ~std::size_t{0})));
  ASSERT_OK(instance.read(0, {}));
  // A length that nothing can have: the address is all that is looked at.
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.read(rw_start, std::span<u8>(bytes.data(), ~std::size_t{0} / 2)));
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.write(rw_start, std::span<const u8>(bytes.data(), ~std::size_t{0})));
}

TEST_P(Instances, MappedMemoryHasNoPagesToMake) {
  Instance instance = start(program);
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.map(0x50000, 4096, true));
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.protect(rw_start, 4096, false));
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.unmap(rw_start, 4096));
}

TEST_P(Instances, TheHeapGrows) {
  Instance instance = start(program);
  EXPECT_EQ(*instance.sbrk(0), rw_start + 3);
  EXPECT_EQ(*instance.sbrk(0x2000), rw_start + 0x2003);
  EXPECT_EQ(*instance.sbrk(~u64{0}), 0u);
  ASSERT_OK(instance.write_u8(rw_start + 0x2002, 5));
  ASSERT_OK(instance.set_gas(100));
  ASSERT_OK(instance.call("grow", {u64{0x10000}}));
  EXPECT_EQ(*instance.reg(a0), rw_start + 0x12003);
  const u64 stack = instance.module().stack_top();
  const std::vector<MemoryRange> expected = {
      {ro_start, ro_start + 0x1000, false}, {rw_start, rw_start + 0x13000, true}, {stack - 0x1000, stack, true}};
  EXPECT_EQ(*instance.memory_ranges(), expected);
}

TEST_P(Instances, PageFaultsAreServedByTheHost) {
  Instance instance = start(program, {.dynamic_paging = true});
  EXPECT_TRUE(instance.memory_ranges()->empty());
  ASSERT_OK(instance.set_gas(100));
  auto exit = instance.call("store", {0x123456, 0x5a});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::page_fault);
  EXPECT_EQ(exit->fault_address, 0x123000u);
  EXPECT_FALSE(exit->write_protected);
  ASSERT_OK(instance.map(0x123000, 4096, false));
  exit = instance.run();
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::page_fault);
  EXPECT_TRUE(exit->write_protected);
  ASSERT_OK(instance.protect(0x123000, 4096, true));
  exit = instance.run();
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::halt);
  EXPECT_EQ(*instance.read_u8(0x123456), 0x5au);
  ASSERT_OK(instance.unmap(0x123000, 4096));
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.read_u8(0x123456));
  ASSERT_OK(instance.map(0x123000, 4096, true));
  EXPECT_EQ(*instance.read_u8(0x123456), 0u);
  for (const u64 length : {~u64{0}, u64{1} << 32, u64{1} << 63}) {
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.map(0x20000, length, true));
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.protect(0x20000, length, true));
    EXPECT_ERROR(ErrorCode::out_of_bounds, instance.unmap(0x20000, length));
  }
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.map(0x20001, 4096, true));
  EXPECT_ERROR(ErrorCode::out_of_bounds, instance.sbrk(0));
}

TEST_P(Instances, ResetMakesThemNew) {
  Instance instance = start(program);
  instance.user_data() = 5;
  ASSERT_OK(instance.set_gas(100));
  ASSERT_OK(instance.sbrk(0x5000));
  ASSERT_OK(instance.write_u8(rw_start, 99));
  ASSERT_OK(instance.write_u8(rw_start + 0x5000, 99));
  ASSERT_OK(instance.call("call_host", {7}));
  ASSERT_OK(instance.reset_memory());
  EXPECT_EQ(*instance.read_u8(rw_start), 9u);
  EXPECT_EQ(*instance.reg(a0), 7u);
  EXPECT_TRUE(*instance.next_pc());
  ASSERT_OK(instance.reset());
  EXPECT_EQ(*instance.regs(), Registers{});
  EXPECT_EQ(*instance.gas(), 0);
  EXPECT_EQ(*instance.next_pc(), std::nullopt);
  EXPECT_EQ(*instance.sbrk(0), rw_start + 3);
  EXPECT_EQ(*instance.sbrk(0x5000), rw_start + 0x5003);
  EXPECT_EQ(*instance.read_u8(rw_start + 0x5000), 0u);
  EXPECT_EQ(std::any_cast<int>(instance.user_data()), 5);
}

TEST_P(Instances, SnapshotsBringEverythingBack) {
  const Module module = compile(program);
  auto instance = module.instantiate();
  ASSERT_OK(instance);
  ASSERT_OK(instance->set_gas(100));
  ASSERT_OK(instance->write_u8(rw_start, 50));
  ASSERT_OK(instance->call("call_host", {7}));
  const auto snapshot = instance->snapshot();
  ASSERT_OK(snapshot);
  const auto next = *instance->next_pc();
  ASSERT_OK(instance->write_u8(rw_start, 51));
  ASSERT_OK(instance->run());
  EXPECT_EQ(*instance->reg(a0), 8u);

  auto other = module.instantiate();
  ASSERT_OK(other);
  for (Instance* restored : {&*instance, &*other}) {
    ASSERT_OK(restored->restore(*snapshot));
    EXPECT_EQ(*restored->read_u8(rw_start), 50u);
    EXPECT_EQ(*restored->gas(), 97);
    EXPECT_EQ(*restored->next_pc(), next);
    ASSERT_OK(restored->write_u8(rw_start, 60));
    const auto end = restored->run();
    ASSERT_OK(end);
    EXPECT_EQ(end->status, Status::halt);
    EXPECT_EQ(*restored->reg(a0), 8u);
  }
  ASSERT_OK(instance->restore(*snapshot));
  EXPECT_EQ(*instance->read_u8(rw_start), 50u);
}

TEST_P(Instances, SnapshotsAreForOneModule) {
  Instance instance = start(program);
  const auto snapshot = instance.snapshot();
  ASSERT_OK(snapshot);
  Instance other = start({.text = "f:; ret", .exports = {"f"}});
  EXPECT_ERROR(ErrorCode::invalid_argument, other.restore(*snapshot));
}

TEST_P(Instances, MovedFromInstancesGiveErrors) {
  Instance instance = start(program);
  const Instance taken = std::move(instance);
  // NOLINTBEGIN(bugprone-use-after-move)
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.run());
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.call("add"));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.call(0));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.regs());
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.set_pc(0));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.read_u8(0));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.snapshot());
  EXPECT_ERROR(ErrorCode::invalid_argument, instance.reset());
  EXPECT_FALSE(instance.user_data().has_value());
  instance.interrupt().raise();
  EXPECT_FALSE(instance.interrupt().raised());
  // NOLINTEND(bugprone-use-after-move)
  EXPECT_EQ(*taken.regs(), Registers{});
}

}  // namespace
}  // namespace pvm::test
