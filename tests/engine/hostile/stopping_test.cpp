// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests that don't end by themselves: each is stopped by deadlines and from other threads, on every level and with every metering, and
// goes on exactly where it was.
#include <limits>
#include <thread>

#include "programs.hpp"

namespace pvm::hostile {
namespace {

using namespace std::chrono_literals;

constexpr i64 endless_gas = std::numeric_limits<i64>::max();
constexpr u32 a0 = 7, a1 = 8, a2 = 9, a3 = 10, a4 = 11, a5 = 12;
constexpr Metering meterings[] = {Metering::none, Metering::sync, Metering::async};

/// Three blocks: what comes first, the loop, the end. The host ends a loop by making a5 zero, and a4 what a3 is.
struct Loop {
  std::string_view name;
  std::string_view text;
  bool counts = true;        ///< Rounds, in a0.
  bool has_exit = true;      ///< Otherwise the host must set the pc.
  bool is_one_block = true;  ///< So that a round's price is known.
};

constexpr Loop loops[] = {
    {"jump_to_itself", "fallthrough; loop:; jump loop; end:; trap", false, false},
    {"count", "fallthrough; loop:; add_imm_64 a0, a0, 1; branch_not_eq_imm a5, 0, loop; end:; trap"},
    {"branch_to_itself", "fallthrough; loop:; branch_not_eq_imm a5, 0, loop; end:; trap", false},
    {"dynamic_jump", "load_imm a4, &loop; load_imm a3, &end; fallthrough; loop:; add_imm_64 a0, a0, 1; jump_indirect a4, 0; end:; trap"},
    {"dynamic_jump_to_itself", "load_imm a4, &loop; load_imm a3, &end; fallthrough; loop:; jump_indirect a4, 0; end:; trap", false},
    {"divisions",
     "load_imm t0, -1; load_imm64 t1, 0x8000000000000000; fallthrough; loop:; add_imm_64 a0, a0, 1; div_signed_64 a1, t1, t0;"
     "rem_unsigned_64 s1, a1, a0; div_unsigned_64 s0, t0, a0; div_signed_64 s0, s0, t2; branch_not_eq_imm a5, 0, loop; end:; trap"},
    {"stores",
     "load_imm t0, 0x20000; fallthrough; loop:; add_imm_64 a0, a0, 1; store_indirect_u64 a0, t0, 0; load_indirect_u8 a1, t0, 3;"
     "branch_not_eq_imm a5, 0, loop; end:; trap"},
    {"sbrk", "fallthrough; loop:; add_imm_64 a0, a0, 1; sbrk a1, s0; branch_not_eq_imm a5, 0, loop; end:; trap", true, true, false},
};

struct Case {
  Isolation level;
  Metering metering;
  Loop loop;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Isolation level : test::levels()) {
    for (const Metering metering : meterings) {
      for (const Loop& loop : loops) all.push_back({level, metering, loop});
    }
  }
  return all;
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  const auto& [level, metering, loop] = info.param;
  return std::string(name_of(level)) + "_" + std::string(name_of(metering)) + "_" + std::string(loop.name);
}

Instance make(Isolation level, const ProgramConfig& config, const test::Source& source) {
  auto instance = test::engine_of(level)->compile(test::build(source), config)->instantiate();
  EXPECT_TRUE(test::succeeds(instance));
  EXPECT_TRUE(instance->set_gas(endless_gas) && instance->set_pc(0));
  return *std::move(instance);
}

ProgramConfig metered(Metering metering) {
  ProgramConfig config;
  config.metering = metering;
  return config;
}

class Stopping : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Levels, Stopping, ::testing::ValuesIn(cases()), case_name);

TEST_P(Stopping, at_deadlines_and_by_interrupts) {
  const Loop& loop = GetParam().loop;
  Instance guest = make(GetParam().level, metered(GetParam().metering), {.text = loop.text, .exports = {"loop", "end"}, .rw_data = {0}});
  ASSERT_OK(guest.set_reg(a5, 1));
  u64 rounds = 0;
  const auto expect_stopped = [&](const Result<Exit>& exit) {
    ASSERT_OK(exit);
    ASSERT_EQ(exit->status, Status::interrupted);
    const u64 now = *guest.reg(a0);
    EXPECT_GE(now, rounds);
    rounds = now;
  };

  const Interrupt interrupt = guest.interrupt();
  for (u32 i = 0; i < 3; ++i) {
    expect_stopped(guest.run(RunLimits::within(std::chrono::milliseconds(2 * i))));
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(2 * i));
      interrupt.raise();
    });
    expect_stopped(guest.run());
    other.join();
    expect_stopped(guest.run());  // It stays raised.
    interrupt.clear();
  }
  EXPECT_EQ(rounds != 0, loop.counts);

  // Nothing was lost, nothing done twice: each round has been paid once.
  const Module& module = guest.module();
  const u32 end = *module.find_export("end");
  ASSERT_TRUE(guest.set_reg(a5, 0) && guest.set_reg(a4, *guest.reg(a3)));
  if (!loop.has_exit) {
    ASSERT_OK(guest.set_pc(end));
  }
  const auto exit = guest.run();
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::trap);
  EXPECT_EQ(exit->pc, end);
  const i64 spent = endless_gas - *guest.gas();
  if (GetParam().metering == Metering::none) {
    EXPECT_EQ(spent, 0);
  } else if (loop.counts && loop.is_one_block) {
    const i64 counted = static_cast<i64>(*guest.reg(a0));
    EXPECT_EQ(spent, *module.block_cost(0) + counted * *module.block_cost(*module.find_export("loop")) + *module.block_cost(end));
  }
}

class StoppingHostWork : public test::OnEachLevel {};
PVM_ON_EACH_LEVEL(StoppingHostWork);

// One memset of 64 MiB, again and again: stopped within it, it goes on within it, and every byte is paid once.
TEST_P(StoppingHostWork, long_memsets) {
  constexpr u32 begin = 0x20000, bytes = 0x400'0000;
  const test::Source source = {.text =
                                   "loop:; load_imm a0, 0x20000; load_imm a2, 0x4000000; add_imm_64 a3, a3, 1; memset;"
                                   "branch_not_eq_imm a5, 0, loop; end:; trap",
                               .exports = {"end"},
                               .rw_data = {0}};
  for (const Metering metering : meterings) {
    Instance guest = make(GetParam(), metered(metering), source);
    ASSERT_NE(*guest.sbrk(bytes), 0U);
    EXPECT_EQ(guest.run()->status, Status::trap);
    const i64 end = *guest.module().block_cost(*guest.module().find_export("end"));
    const i64 round = endless_gas - *guest.gas() - end;

    ASSERT_TRUE(guest.set_gas(endless_gas) && guest.set_pc(0) && guest.set_reg(a3, 0) && guest.set_reg(a5, 1) && guest.set_reg(a1, 0x77));
    u32 within = 0;
    for (u32 i = 0; i < 12; ++i) {
      const auto exit = guest.run(RunLimits::within(std::chrono::microseconds(1500 * (i % 4))));
      ASSERT_OK(exit);
      ASSERT_EQ(exit->status, Status::interrupted);
      const u64 address = *guest.reg(a0), left = *guest.reg(a2);
      if (address <= begin || left == 0) continue;
      ++within;
      // In a worker the count is where only the processor sees it, until the instruction ends.
      if (GetParam() != Isolation::process) {
        EXPECT_EQ(address + left, begin + bytes);
      }
    }
    EXPECT_GT(within, 0U);
    ASSERT_OK(guest.set_reg(a5, 0));
    EXPECT_EQ(guest.run()->status, Status::trap);
    EXPECT_EQ(*guest.read_u8(begin), 0x77);
    EXPECT_EQ(*guest.read_u8(begin + bytes - 1), 0x77);
    if (metering == Metering::none) {
      EXPECT_EQ(*guest.gas(), endless_gas);
    } else {
      EXPECT_EQ(endless_gas - *guest.gas(), static_cast<i64>(*guest.reg(a3)) * round + end);
      EXPECT_GE(round, bytes);
    }
  }
}

// The guest is hardly ever in its own code, but always with its host.
TEST_P(StoppingHostWork, storms_of_host_calls) {
  for (const Metering metering : meterings) {
    const Module module = compile({.text = "loop:; add_imm_64 a0, a0, 1; ecalli 5; jump loop"}, metered(metering));
    u64 calls = 0;
    Linker linker;
    ASSERT_OK(linker.define_fallback([&](Caller&) -> Result<void> { return ++calls, Result<void>(); }));
    auto guest = linker.link(module)->instantiate();
    ASSERT_OK(guest);
    ASSERT_TRUE(guest->instance().set_gas(endless_gas) && guest->instance().set_pc(0));
    const auto by_deadline = guest->run(RunLimits::within(10ms));
    ASSERT_OK(by_deadline);
    EXPECT_EQ(by_deadline->exit.status, Status::interrupted);
    const Interrupt interrupt = guest->instance().interrupt();
    std::thread other([&] {
      std::this_thread::sleep_for(5ms);
      interrupt.raise();
    });
    const auto by_interrupt = guest->run();
    other.join();
    ASSERT_OK(by_interrupt);
    EXPECT_EQ(by_interrupt->exit.status, Status::interrupted);
    EXPECT_GT(calls, 0U);
    const u64 rounds = *guest->instance().reg(a0);
    EXPECT_TRUE(rounds == calls || rounds == calls + 1) << rounds << ' ' << calls;
  }
}

// A host that takes away each page that it has made.
TEST_P(StoppingHostWork, storms_of_page_faults) {
  for (const Metering metering : meterings) {
    ProgramConfig config = metered(metering);
    config.dynamic_paging = true;
    Instance guest =
        make(GetParam(), config,
             {.text = "load_imm t0, 0x20000; fallthrough; loop:; store_indirect_u64 a0, t0, 0; add_imm_64 a0, a0, 1; jump loop"});
    for (u32 i = 0; i < 2; ++i) {
      const RunLimits limits = RunLimits::within(10ms);
      Status status = Status::page_fault;
      while (status == Status::page_fault) {
        ASSERT_OK(guest.map(0x20000, 0x1000, true));
        ASSERT_OK(guest.unmap(0x20000, 0x1000));
        const auto exit = guest.run(limits);
        ASSERT_OK(exit);
        status = exit->status;
      }
      EXPECT_EQ(status, Status::interrupted);
    }
    EXPECT_EQ(*guest.reg(a0), 0U);
    ASSERT_OK(guest.map(0x20000, 0x1000, true));
    EXPECT_EQ(guest.run(RunLimits::within(5ms))->status, Status::interrupted);
    EXPECT_GT(*guest.reg(a0), 0U);
  }
}

// What has run out of gas is not in the way of a stop either.
TEST_P(StoppingHostWork, storms_of_gas) {
  Instance guest = make(GetParam(), metered(Metering::sync), {.text = "loop:; add_imm_64 a0, a0, 1; jump loop"});
  const RunLimits limits = RunLimits::within(10ms);
  Status status = Status::out_of_gas;
  while (status == Status::out_of_gas) {
    ASSERT_OK(guest.set_gas(100));
    const auto exit = guest.run(limits);
    ASSERT_OK(exit);
    status = exit->status;
  }
  EXPECT_EQ(status, Status::interrupted);
}

}  // namespace
}  // namespace pvm::hostile
