// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory of the interpreter: rights, accesses across pages, contents shared copy-on-write, memset.
#include <array>

#include "interp/memory.hpp"
#include "programs.hpp"

namespace pvm::engine::interp::testing {
namespace {

constexpr u32 base = 0x30000;

class MemoryTest : public ::testing::Test {
 protected:
  SharedPages shared;
  Memory memory{shared};
};

TEST_F(MemoryTest, is_zero_until_written) {
  memory.set_access(base, base + 0x2000, Access::write);
  EXPECT_EQ(memory.load<u64>(base + 0xffd).value, 0u);
  EXPECT_TRUE(memory.store<u64>(base + 0xffd, 0x1122334455667788));
  EXPECT_EQ(memory.load<u64>(base + 0xffd).value, 0x1122334455667788u);
  EXPECT_EQ(memory.load<u8>(base + 0xffd).value, 0x88u);
  EXPECT_EQ(memory.load<u16>(base + 0x1003).value, 0x1122u);
}

TEST_F(MemoryTest, refuses_what_isnt_allowed_and_does_nothing) {
  memory.set_access(base, base + 0x1000, Access::write);
  memory.set_access(base + 0x1000, base + 0x2000, Access::read);
  EXPECT_FALSE(memory.store<u32>(base + 0xffe, 0x11223344));
  EXPECT_EQ(memory.load<u32>(base + 0xffe).value, 0u);
  EXPECT_TRUE(memory.load<u32>(base + 0xffe).ok);
  EXPECT_FALSE(memory.load<u32>(base + 0x1ffe).ok);
  EXPECT_FALSE(memory.load<u8>(base + 0x2000).ok);
  EXPECT_FALSE(memory.load<u8>(base - 1).ok);
  EXPECT_FALSE(memory.load<u16>(base - 1).ok);
  EXPECT_FALSE(memory.store<u16>(base - 1, 1));
}

TEST_F(MemoryTest, ends_at_the_end_of_addresses) {
  memory.set_access(0xfffff000, u64{1} << 32, Access::write);
  EXPECT_TRUE(memory.store<u64>(0xfffffff8, 5));
  EXPECT_TRUE(memory.load<u64>(0xfffffff8).ok);
  EXPECT_FALSE(memory.load<u64>(0xfffffff9).ok);
  EXPECT_FALSE(memory.store<u16>(0xffffffff, 5));
  EXPECT_EQ(memory.fill_in_page(0xfffffff0, 100, 7), 16u);
}

TEST_F(MemoryTest, notices_every_change_of_rights) {
  memory.set_access(base, base + 0x1000, Access::write);
  EXPECT_TRUE(memory.store<u8>(base, 1));
  memory.set_access(base, base + 0x1000, Access::read);
  EXPECT_FALSE(memory.store<u8>(base, 2));
  EXPECT_EQ(memory.load<u8>(base).value, 1);
  memory.set_access(base, base + 0x1000, Access::none);
  EXPECT_FALSE(memory.load<u8>(base).ok);
}

TEST_F(MemoryTest, shows_what_others_write_to_it) {
  memory.set_access(base, base + 0x1000, Access::read);
  EXPECT_EQ(memory.load<u8>(base + 3).value, 0);
  const std::array<u8, 4> bytes = {1, 2, 3, 4};
  memory.write(base, bytes);
  EXPECT_EQ(memory.load<u8>(base + 3).value, 4);
  memory.discard(base, base + 0x1000);
  EXPECT_EQ(memory.load<u8>(base + 3).value, 0);
}

TEST_F(MemoryTest, pages_with_the_same_translation) {
  memory.set_access(base, base + 0x1000000, Access::write);
  for (u32 index = 0; index < 4096; ++index) EXPECT_TRUE(memory.store<u32>(base + index * 0x1000 + 4, index));
  for (u32 index = 0; index < 4096; ++index) EXPECT_EQ(memory.load<u32>(base + index * 0x1000 + 4).value, index);
  memory.discard(base + 0x1000, base + 0x800000);
  EXPECT_EQ(memory.load<u32>(base + 0x1004).value, 0u);
  EXPECT_EQ(memory.load<u32>(base + 0x800004).value, 0x800u);
}

TEST_F(MemoryTest, saved_contents_stay) {
  memory.set_access(base, base + 0x2000, Access::write);
  EXPECT_TRUE(memory.store<u32>(base, 1));
  const auto first = memory.save();
  EXPECT_TRUE(memory.store<u32>(base, 2));
  EXPECT_TRUE(memory.store<u32>(base + 0x1000, 3));
  const auto second = memory.save();
  memory.set_access(base, base + 0x1000, Access::read);
  memory.restore(*first);
  EXPECT_EQ(memory.load<u32>(base).value, 1u);
  EXPECT_EQ(memory.load<u32>(base + 0x1000).value, 0u);
  EXPECT_TRUE(memory.store<u32>(base, 4));

  Memory other{shared};
  other.restore(*second);
  EXPECT_EQ(other.load<u32>(base).value, 2u);
  EXPECT_EQ(other.load<u32>(base + 0x1000).value, 3u);
  EXPECT_TRUE(other.store<u32>(base, 5));
  EXPECT_EQ(memory.load<u32>(base).value, 4u);
  memory.restore(*second);
  EXPECT_EQ(memory.load<u32>(base).value, 2u);
}

TEST(SharedMemory, is_copied_when_written_and_comes_back) {
  SharedPages shared;
  shared.first = base >> page_bits;
  PageBytes bytes{};
  bytes[5] = 9;
  shared.pages.emplace_back(bytes);
  Memory one{shared}, other{shared};
  for (Memory* memory : {&one, &other}) memory->set_access(base, base + 0x1000, Access::write);
  EXPECT_EQ(one.load<u8>(base + 5).value, 9);
  EXPECT_TRUE(one.store<u8>(base + 5, 8));
  EXPECT_EQ(one.load<u8>(base + 5).value, 8);
  EXPECT_EQ(other.load<u8>(base + 5).value, 9);
  one.clear();
  EXPECT_FALSE(one.load<u8>(base + 5).ok);
  one.set_access(base, base + 0x1000, Access::read);
  EXPECT_EQ(one.load<u8>(base + 5).value, 9);
}

TEST(Snapshots, of_a_machine) {
  const auto program = program_of("store_u32 a0, 0x20000; ecalli 1; load_u32 a1, 0x20000; trap");
  const auto machine = machine_of(program);
  machine->set_gas(1000);
  machine->set_reg(reg_a0, 5);
  machine->set_pc(0);
  EXPECT_EQ(machine->run()->status, Status::host_call);
  const auto snapshot = machine->snapshot();
  ASSERT_TRUE(snapshot);
  const std::array<u8, 4> bytes = {7, 0, 0, 0};
  EXPECT_TRUE(machine->write(data_address, bytes));
  EXPECT_EQ(machine->run()->status, Status::trap);
  EXPECT_EQ(machine->reg(reg_a1), 7u);
  const auto twin = machine_of(program);
  ASSERT_TRUE(twin->restore(**snapshot));
  EXPECT_EQ(twin->run()->status, Status::trap);
  EXPECT_EQ(twin->reg(reg_a1), 5u);
}

TEST(Snapshots, of_another_executor_are_refused) {
  struct Other final : SavedMemory {};
  const auto executor = executor_of(program_of("trap"));
  EXPECT_EQ(executor->restore(Other{}).error().code, ErrorCode::invalid_argument);
}

TEST(ReadOnlyData, is_shared_by_instances) {
  builder::ProgramParts parts;
  parts.blob = std::get<builder::CodeBlob>(builder::assemble(ref::Semantics::rv64_1, "load_u8 a0, 0x11004; trap"));
  parts.ro_data.assign(0x1005, 0x77);
  parts.ro_size = 0x1005;
  auto loaded = load(polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts)), {});
  ASSERT_TRUE(loaded);
  const auto program = std::make_shared<const Program>(*std::move(loaded));
  const auto decoded = predecode(program).value();
  for (int instance = 0; instance < 2; ++instance) {
    auto executor = make_interpreter(decoded);
    EXPECT_TRUE(executor->holds_read_only_data());
    const auto machine = Machine::create(program, std::move(executor)).value();
    machine->set_gas(100);
    machine->set_pc(0);
    EXPECT_EQ(machine->run()->status, Status::trap);
    EXPECT_EQ(machine->reg(reg_a0), 0x77u);
  }
}

// [fill.order] [fill.stop]
TEST(Fill, as_the_reference_does_it) {
  for (const Semantics semantics : {Semantics::rv32_1, Semantics::rv64_1}) {
    for (const Metering metering : {Metering::none, Metering::sync, Metering::async}) {
      for (const bool paged : {false, true}) {
        for (const u64 address : {u64{data_address}, u64{data_address + 4093}, u64{data_address + data_size - 3}, u64{0}, u64{0xffffffff},
                                  u64{0x700000000 + data_address}}) {
          for (const u64 count : {0ull, 1ull, 3ull, 4ull, 5000ull, 0x100000002ull}) {
            for (const i64 gas : {1, 2, 3, 5, 100, 1'000'000}) {
              Choices choices = Choices::of(semantics, metering);
              choices.dynamic_paging = paged;
              Twins twins = Twins::of("memset; trap", choices);
              if (paged) twins.map(data_address, 4096, true);
              twins.set_reg(reg_a0, address);
              twins.set_reg(reg_a1, 0x1ab);
              twins.set_reg(reg_a2, count);
              twins.set_gas(gas);
              twins.set_pc(0);
              for (int exits = 0; exits < 3; ++exits) {
                if (!twins.run("memset").next_pc) break;
                twins.set_gas(7);
              }
              twins.compare_memory("memset");
              ASSERT_FALSE(HasFailure()) << name_of(semantics) << " " << name_of(metering) << " address " << address << " count " << count
                                         << " gas " << gas;
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace pvm::engine::interp::testing
