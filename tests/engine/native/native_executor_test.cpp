// SPDX-License-Identifier: Apache-2.0 OR MIT
// The native executor over a space that says whatever a test wants: every exit that makes sense, and lies of a compromised worker.
#include "native/native_executor.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "jit/compile.hpp"
#include "pvm/builder/assemble.hpp"

namespace pvm::engine::native {
namespace {

using Kind = Event::Kind;

// Enters nothing: notes the start, and exits as scripted.
class ScriptedSpace final : public Space {
 public:
  struct Script {
    std::function<NativeExit(CpuState&)> exit;
    Start start;
    bool stop_when_gas_negative = false;
  };
  explicit ScriptedSpace(Script& script) : script_(script) {}
  NativeExit enter(CpuState& state, Start start, const RunLimits&, bool stop_when_gas_negative) override {
    script_.start = start;
    script_.stop_when_gas_negative = stop_when_gas_negative;
    return script_.exit(state);
  }
  void kick() override {}
  Result<void> set_access(u64, u64, Access) override { return {}; }
  Result<void> discard(u64, u64) override { return {}; }
  Result<void> read(u32, std::span<u8>) override { return {}; }
  Result<void> write(u32, std::span<const u8>) override { return {}; }
  Result<void> clear() override { return {}; }
  Result<std::shared_ptr<const SavedMemory>> save() override { return std::shared_ptr<const SavedMemory>(); }
  Result<void> restore(const SavedMemory&) override { return {}; }

 private:
  Script& script_;
};

// One block with everything that can leave native code, and a second one. Positions in order of their numbers below.
constexpr std::string_view text =
    "add_imm_64 a0, a0, 1; ecalli 77; load_indirect_u32 a1, a0, 0; sbrk a1, a2; memset; jump_indirect a0, 0; load_imm a0, 3; trap";
enum : std::size_t { at_add, at_ecalli, at_load, at_sbrk, at_memset, at_jump, at_second, at_trap };

struct NativeExecutorTest : testing::Test {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const jit::NativeCode> code;
  ScriptedSpace::Script script;
  std::unique_ptr<Executor> executor;
  CpuState state;

  void SetUp() override { load_program(Metering::sync); }

  void load_program(Metering metering, ref::Semantics version = ref::Semantics::rv64_1, std::string_view source = text) {
    auto blob = builder::assemble(version, source);
    ASSERT_TRUE(std::holds_alternative<builder::CodeBlob>(blob)) << std::get<std::string>(blob);
    builder::ProgramParts parts;
    parts.blob = std::get<builder::CodeBlob>(std::move(blob));
    ProgramConfig config;
    config.metering = metering;
    auto loaded = load(polkavm_container(polkavm_parts(version, parts)), config);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    program = std::make_shared<const Program>(*std::move(loaded));
    auto compiled = jit::compile(*program, {jit::Target::worker, {}});
    ASSERT_TRUE(compiled.ok());
    code = std::make_shared<const jit::NativeCode>(*std::move(compiled));
    executor = make_native_executor(program, code, std::make_unique<ScriptedSpace>(script));
    state.gas = 1000;
  }

  jit::Position position(std::size_t number) const { return code->positions.at(number); }
  u32 pc(std::size_t number) const { return position(number).pc; }
  u32 call_index(std::size_t number) const {
    for (u32 i = 0; i < code->calls.size(); ++i) {
      if (code->calls[i].pc == pc(number)) return i;
    }
    ADD_FAILURE() << "no call";
    return 0;
  }
  Event run(NativeExit exit, std::optional<Entry> entry = Entry{0, false}) {
    script.exit = [exit](CpuState&) { return exit; };
    return executor->execute(state, entry, {});
  }
  Event stub(ExitReason reason, u32 index) { return run(StubExit{static_cast<u32>(reason), index}); }
};

TEST_F(NativeExecutorTest, EntersAtBlocksAndPositions) {
  run(StubExit{0, 0}, Entry{0, false});
  EXPECT_EQ(script.start.native, code->blocks[0].native);
  run(StubExit{0, 0}, Entry{0, true});
  EXPECT_EQ(script.start.native, position(at_add).native);
  EXPECT_LT(code->blocks[0].native, position(at_add).native) << "the charge is between them";
  run(StubExit{0, 0}, Entry{pc(at_load), true});
  EXPECT_EQ(script.start.native, position(at_load).native);
  run(StubExit{0, 0}, Entry{pc(at_second), false});
  EXPECT_EQ(script.start.native, code->blocks[1].native);
  run(PausedExit{0}, std::nullopt);
  EXPECT_FALSE(script.start.native.has_value());
}

TEST_F(NativeExecutorTest, RefusesEntriesThatHaveNoCode) {
  EXPECT_EQ(run(StubExit{0, 0}, Entry{pc(at_load), false}).kind, Kind::failed) << "no block begins there";
  EXPECT_EQ(run(StubExit{0, 0}, Entry{pc(at_trap) + 100, true}).kind, Kind::failed);
}

TEST_F(NativeExecutorTest, UpperHalvesOf32BitRegistersAreZeroWhateverIsSaid) {
  load_program(Metering::sync, ref::Semantics::rv32_1, "trap");
  script.exit = [](CpuState& told) {
    told.regs.fill(0xdead'beef'0000'0001);
    return StubExit{0, 0};
  };
  executor->execute(state, Entry{0, false}, {});
  for (const u64 value : state.regs) EXPECT_EQ(value, 1u);
}

TEST_F(NativeExecutorTest, StubExits) {
  EXPECT_EQ(stub(ExitReason::halt, 0).kind, Kind::halt);
  const Event call = stub(ExitReason::host_call, call_index(at_ecalli));
  EXPECT_EQ(call.kind, Kind::host_call);
  EXPECT_EQ(call.pc, pc(at_ecalli));
  EXPECT_EQ(call.next, pc(at_load));
  EXPECT_EQ(call.number, 77U);
  EXPECT_EQ(stub(ExitReason::sbrk, call_index(at_sbrk)).kind, Kind::sbrk);
  const Event fill = stub(ExitReason::fill, call_index(at_memset));
  EXPECT_EQ(fill.kind, Kind::fill);
  EXPECT_EQ(fill.next, pc(at_jump));
}

TEST_F(NativeExecutorTest, GoesOnBehindACall) {
  stub(ExitReason::host_call, call_index(at_ecalli));
  run(StubExit{0, 0}, Entry{pc(at_load), true});
  EXPECT_EQ(script.start.native, code->calls[call_index(at_ecalli)].native);
}

TEST_F(NativeExecutorTest, StubExitsThatCanNotBe) {
  EXPECT_EQ(stub(ExitReason::halt, 1).kind, Kind::failed);
  EXPECT_EQ(stub(ExitReason::host_call, static_cast<u32>(code->calls.size())).kind, Kind::failed);
  EXPECT_EQ(stub(ExitReason::host_call, 0xfffffff).kind, Kind::failed);
  EXPECT_EQ(stub(ExitReason::sbrk, call_index(at_ecalli)).kind, Kind::failed);
  EXPECT_EQ(stub(ExitReason::host_call, call_index(at_sbrk)).kind, Kind::failed);
  EXPECT_EQ(stub(ExitReason::fill, call_index(at_ecalli)).kind, Kind::failed);
  for (u32 reason = 4; reason < 16; ++reason) EXPECT_EQ(run(StubExit{reason, 0}).kind, Kind::failed);
  EXPECT_EQ(run(StubExit{0xffffffff, 0}).error.code, ErrorCode::worker_failed);
}

TEST_F(NativeExecutorTest, FailedChargeGivesTheCostBack) {
  const i64 cost = 6;
  state.gas = 4 - cost;
  const Event event = run(FaultExit{code->blocks[0].native + code->charge_fault, 0, 0});
  EXPECT_EQ(event.kind, Kind::out_of_gas);
  EXPECT_EQ(event.pc, 0U);
  EXPECT_EQ(state.gas, 4);
  state.gas = 1;
  EXPECT_EQ(run(FaultExit{code->blocks[0].native + code->charge_fault, 0, 0}).kind, Kind::failed) << "there is gas left";
}

TEST_F(NativeExecutorTest, FaultsByTheInstructionThatHoldsThem) {
  const auto fault_at = [this](std::size_t number) { return run(FaultExit{position(number).native, 0, 0}); };
  const Event access = fault_at(at_load);
  EXPECT_EQ(access.kind, Kind::access);
  EXPECT_EQ(access.pc, pc(at_load));
  EXPECT_EQ(fault_at(at_jump).kind, Kind::trap);
  EXPECT_EQ(fault_at(at_trap).kind, Kind::trap);
  EXPECT_EQ(fault_at(at_trap).pc, pc(at_trap));
  EXPECT_EQ(run(FaultExit{position(at_sbrk).native - 1, 0, 0}).pc, pc(at_load)) << "the last byte of an instruction";
}

TEST_F(NativeExecutorTest, FaultsThatCanNotBe) {
  EXPECT_EQ(run(FaultExit{position(at_add).native, 0, 0}).kind, Kind::failed) << "an addition can't fault";
  EXPECT_EQ(run(FaultExit{position(at_second).native, 0, 0}).kind, Kind::failed);
  EXPECT_EQ(run(FaultExit{static_cast<u32>(code->bytes.size()), 0, 0}).kind, Kind::failed);
  EXPECT_EQ(run(FaultExit{0xffffffff, 0, 0}).kind, Kind::failed);
  EXPECT_EQ(run(FaultExit{position(at_memset).native, 0, 0}).kind, Kind::failed) << "not where it stores";
}

TEST_F(NativeExecutorTest, MemsetIsCompletedAtItsFault) {
  u32 at = position(at_memset).native;
  while (code->bytes[at] != 0x67 || code->bytes[at + 1] != 0xf3 || code->bytes[at + 2] != 0xaa) ++at;
  ASSERT_LT(at, position(at_jump).native);
  const auto reset = [this] {
    state.regs[reg_a0] = 0x20003;
    state.regs[reg_a2] = 0xabcd'0000'000a;
    state.gas = 50;
  };
  reset();
  state.regs[reg_a2] = 0xabcd'0000'000a;
  EXPECT_EQ(run(FaultExit{at, 7, 0x1'0002'0000}).kind, Kind::access);
  EXPECT_EQ(state.regs[reg_a0], 0x1'0002'0003U);
  EXPECT_EQ(state.regs[reg_a2], 7U);
  EXPECT_EQ(state.gas, 57);
  reset();
  EXPECT_EQ(run(FaultExit{at, 11, 0x20000}).kind, Kind::failed) << "more left than there was";
}

TEST_F(NativeExecutorTest, Pauses) {
  const Event inside = run(PausedExit{position(at_load).native});
  EXPECT_EQ(inside.kind, Kind::interrupted);
  EXPECT_EQ(inside.pc, pc(at_load));
  EXPECT_EQ(run(PausedExit{code->blocks[1].native}).pc, pc(at_second));
  EXPECT_FALSE(script.stop_when_gas_negative);
  load_program(Metering::async);
  state.gas = 0;
  EXPECT_EQ(run(PausedExit{position(at_load).native}).kind, Kind::interrupted);
  EXPECT_TRUE(script.stop_when_gas_negative);
  state.gas = -1;
  EXPECT_EQ(run(PausedExit{position(at_load).native}).kind, Kind::out_of_gas);
}

TEST_F(NativeExecutorTest, AnyOffsetIsSafe) {
  for (u32 offset = 0; offset < code->bytes.size() + 100; ++offset) {
    for (const i64 gas : {i64{-5}, i64{5}, std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max()}) {
      state.gas = gas;
      const Event fault = run(FaultExit{offset, ~u64{0}, ~u64{0}});
      EXPECT_TRUE(fault.kind == Kind::failed || fault.pc < program->code_size);
      run(PausedExit{offset});
    }
  }
}

TEST_F(NativeExecutorTest, BrokenExitsPassTheirError) {
  const Event event = run(BrokenExit{{ErrorCode::worker_failed, "gone", {}, {}}});
  EXPECT_EQ(event.kind, Kind::failed);
  EXPECT_EQ(event.error.message, "gone");
}

}  // namespace
}  // namespace pvm::engine::native
