// SPDX-License-Identifier: Apache-2.0 OR MIT
// Linkers: typed and untyped host functions, what they see, and how they fail.
#include <array>
#include <stdexcept>

#include "programs.hpp"

namespace pvm::test {
namespace {

const Source caller = {.text = R"(
first:; ecalli 0
      add_imm_64 a0, a0, 1
      ret
second:; ecalli 1
      ret
unknown:; ecalli 7
      ret
many:; ecalli 0
      add_imm_64 s0, s0, 1
      branch_less_unsigned_imm s0, 1000, many
      move_reg a0, s0
      ret
)",
                       .exports = {"first", "second", "unknown", "many"},
                       .imports = {"zero", "one"},
                       .rw_data = {1, 2, 3, 4, 5, 6, 7, 8}};
const Source short_caller = {.text = "f:; ecalli 0; ret", .exports = {"f"}, .imports = {"zero"}, .semantics = Semantics::rv32_1};

class Linkers : public OnEachLevel {
 protected:
  static LinkedInstance instantiate(const Linker& linker, const Source& source = caller, MissingImports missing = MissingImports::at_call) {
    auto linked = linker.link(compile(source), missing);
    if (!linked) throw std::runtime_error(linked.error().message);
    auto instance = linked->instantiate();
    if (!instance) throw std::runtime_error(instance.error().message);
    (void)instance->instance().set_gas(1'000'000);
    return *std::move(instance);
  }
};
PVM_ON_EACH_LEVEL(Linkers);

u32 sum_of(u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g, u32 h, u32 i) {
  return a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f + 1000000 * g + 10000000 * h + 100000000 * i;
}

TEST_P(Linkers, TypedFunctionsGetTheirArguments) {
  Linker linker;
  ASSERT_OK(linker.define("zero", sum_of));
  auto instance = instantiate(linker);
  const auto result = instance.call("first", {1, 2, 3, 4, 5, 6, 7, 8, 9});
  ASSERT_OK(result);
  EXPECT_TRUE(result->halted());
  EXPECT_EQ(result->value, 987654322u);
}

TEST_P(Linkers, ResultsAreExtendedByTheirBits) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [](i32 value) { return value - 1; }));
  ASSERT_OK(linker.define("one", [](u64 value) -> u64 { return value << 1; }));
  auto instance = instantiate(linker);
  EXPECT_EQ(instance.call("first", {0})->value, 0u);  // -1, and 1 added by the guest.
  EXPECT_EQ(instance.call("first", {-5})->value, static_cast<u64>(-5));
  EXPECT_EQ(instance.call("second", {0x4000'0000'0000'0001u})->value, 0x8000'0000'0000'0002u);
}

TEST_P(Linkers, ShortVersionsPassWideValuesInPairs) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [](u64 a, u32 b, i64 c) -> i64 { return static_cast<i64>(a) + b + c; }));
  auto instance = instantiate(linker, short_caller);
  const auto result = instance.call("f", {u64{0x1'0000'0000}, 5, i64{-7}});
  ASSERT_OK(result);
  EXPECT_EQ(result->value, 0xffff'fffeu);
  Linker wide;
  ASSERT_OK(wide.define("zero", [](u64, u64, u64, u64, u64) {}));
  EXPECT_ERROR(ErrorCode::invalid_argument, wide.link(compile(short_caller)));
  ASSERT_OK(wide.link(compile({.text = "f:; ecalli 0; ret", .exports = {"f"}, .imports = {"zero"}})));
}

TEST_P(Linkers, FunctionsSeeTheirCaller) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [](Caller& from, u32 address) -> Result<u64> {
    EXPECT_EQ(from.number(), 0u);
    EXPECT_FALSE(from.is_32_bit());
    EXPECT_EQ(from.module().semantics(), Semantics::rv64_1);
    EXPECT_EQ(std::any_cast<std::string>(from.user_data()), "mine");
    EXPECT_EQ(from.reg(13), 0u);
    from.set_reg(200, 1);
    EXPECT_EQ(from.argument(9), 0u);
    EXPECT_EQ(from.argument(0), address);
    const i64 before = from.gas();
    EXPECT_TRUE(from.charge(10));
    EXPECT_FALSE(from.charge(-1));
    EXPECT_FALSE(from.charge(before));
    EXPECT_EQ(from.gas(), before - 10);
    EXPECT_EQ(from.read_u16(address).value(), 0x0201u);
    EXPECT_TRUE(from.write_u8(address, 0xff).ok());
    EXPECT_EQ(from.map(0x100000, 4096, true).error().code, ErrorCode::out_of_bounds);
    EXPECT_EQ(from.sbrk(0x1000).value(), 0x21008u);
    EXPECT_TRUE(from.write_u64(0x21000, 1).ok());
    EXPECT_EQ(from.read(0, std::span<u8>(static_cast<u8*>(nullptr), 4)).error().code, ErrorCode::invalid_argument);
    return from.read_u64(address);
  }));
  auto instance = instantiate(linker);
  instance.instance().user_data() = std::string("mine");
  const auto result = instance.call("first", {0x20000});
  ASSERT_OK(result);
  EXPECT_EQ(result->value, 0x08070605040302ffu + 1);
}

TEST_P(Linkers, UntypedFunctionsAndTheFallback) {
  Linker linker;
  ASSERT_OK(linker.define_untyped("zero", [](Caller& from) -> Result<void> {
    from.set_reg(7, from.reg(7) * 3);
    return {};
  }));
  ASSERT_OK(linker.define_fallback([](Caller& from) -> Result<void> {
    from.set_reg(7, 1000 + from.number());
    return {};
  }));
  auto instance = instantiate(linker, caller, MissingImports::error);
  EXPECT_EQ(instance.call("first", {5})->value, 16u);
  EXPECT_EQ(instance.call("second")->value, 1001u);
  EXPECT_EQ(instance.call("unknown")->value, 1007u);
}

TEST_P(Linkers, MissingFunctionsAreFoundWhenLinking) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [] {}));
  const auto linked = linker.link(compile(caller));
  EXPECT_ERROR(ErrorCode::not_found, linked);
  EXPECT_NE(linked.error().message.find("'one'"), std::string::npos);
  EXPECT_EQ(linked.error().message.find("'zero'"), std::string::npos);
}

TEST_P(Linkers, HostCallsWithoutFunctionAreExits) {
  auto instance = instantiate(Linker());
  auto result = instance.call("second", {5});
  ASSERT_OK(result);
  EXPECT_EQ(result->exit.status, Status::host_call);
  EXPECT_EQ(result->exit.host_call, 1u);
  ASSERT_OK(instance.instance().set_reg(7, 77));
  result = instance.run();
  ASSERT_OK(result);
  EXPECT_TRUE(result->halted());
  EXPECT_EQ(result->value, 77u);
}

TEST_P(Linkers, NamesAreDefinedOnce) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [] {}));
  EXPECT_ERROR(ErrorCode::already_defined, linker.define("zero", [] {}));
  EXPECT_ERROR(ErrorCode::already_defined, linker.define_untyped("zero", [](Caller&) { return Result<void>(); }));
  EXPECT_ERROR(ErrorCode::invalid_argument, linker.define_untyped("one", {}));
  EXPECT_ERROR(ErrorCode::invalid_argument, linker.define("one", static_cast<void (*)()>(nullptr)));
  EXPECT_ERROR(ErrorCode::invalid_argument, linker.define("one", std::function<u32(u32)>()));
  EXPECT_ERROR(ErrorCode::invalid_argument, linker.define_fallback({}));
  ASSERT_OK(linker.define_fallback([](Caller&) { return Result<void>(); }));
  EXPECT_ERROR(ErrorCode::already_defined, linker.define_fallback([](Caller&) { return Result<void>(); }));
}

TEST_P(Linkers, CopiesGoTheirOwnWay) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [] {}));
  Linker copy = linker;
  ASSERT_OK(copy.define("one", [] {}));
  ASSERT_OK(linker.define("one", [] {}));
  const Linker taken = std::move(copy);
  EXPECT_ERROR(ErrorCode::invalid_argument, copy.define("two", [] {}));  // NOLINT(bugprone-use-after-move)
  ASSERT_OK(taken.link(compile(caller)));
}

TEST_P(Linkers, ErrorsOfFunctionsEndTheCall) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [](Caller& from) -> Result<void> {
    auto failed = from.read_u8(0);
    return std::move(failed.error());
  }));
  ASSERT_OK(linker.define("one", [](Caller& from) { from.abort("no more of this"); }));
  auto instance = instantiate(linker);
  EXPECT_ERROR(ErrorCode::host_function, instance.call("first"));
  const auto aborted = instance.call("second", {9});
  EXPECT_ERROR(ErrorCode::host_function, aborted);
  EXPECT_EQ(aborted.error().message, "no more of this");
  // The instance stands behind the host call, and can go on there.
  const auto result = instance.run();
  ASSERT_OK(result);
  EXPECT_TRUE(result->halted());
  EXPECT_EQ(result->value, 9u);
}

TEST_P(Linkers, ExceptionsPassThrough) {
  Linker linker;
  ASSERT_OK(linker.define("zero", [] { throw std::runtime_error("mine"); }));
  auto instance = instantiate(linker);
  EXPECT_THROW((void)instance.call("first", {4}), std::runtime_error);
  const auto result = instance.run();
  ASSERT_OK(result);
  EXPECT_EQ(result->value, 5u);
}

TEST_P(Linkers, InstancesAreBusyInTheirOwnFunctions) {
  Linker linker;
  LinkedInstance* self = nullptr;
  int calls = 0;
  ASSERT_OK(linker.define("zero", [&] {
    ++calls;
    EXPECT_ERROR(ErrorCode::instance_busy, self->call("second"));
    EXPECT_ERROR(ErrorCode::instance_busy, self->run());
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().run());
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().reg(7));
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().set_gas(1));
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().read_u8(0x20000));
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().snapshot());
    EXPECT_ERROR(ErrorCode::instance_busy, self->instance().reset());
  }));
  auto instance = instantiate(linker);
  self = &instance;
  ASSERT_OK(instance.call("first"));
  EXPECT_EQ(calls, 1);
}

TEST_P(Linkers, OtherInstancesRunInsideAFunction) {
  Linker inner_linker;
  ASSERT_OK(inner_linker.define("zero", [](u32 value) { return value * 2; }));
  auto inner = instantiate(inner_linker);
  Linker linker;
  ASSERT_OK(linker.define("zero", [&](u32 value) -> Result<u64> {
    auto result = inner.call("first", {value});
    if (!result) return std::move(result.error());
    return result->value;
  }));
  auto outer = instantiate(linker);
  EXPECT_EQ(outer.call("first", {20})->value, 42u);
}

TEST_P(Linkers, GasAndFaultsAreExits) {
  Linker linker;
  u32 calls = 0;
  ASSERT_OK(linker.define("zero", [&] { ++calls; }));
  auto instance = instantiate(linker);
  ASSERT_OK(instance.instance().set_gas(3002));
  EXPECT_EQ(instance.call("many")->value, 1000u);
  EXPECT_EQ(calls, 1000u);
  EXPECT_EQ(*instance.instance().gas(), 0);
  calls = 0;
  ASSERT_OK(instance.instance().set_gas(31));
  const auto stopped = instance.call("many");
  ASSERT_OK(stopped);
  EXPECT_EQ(stopped->exit.status, Status::out_of_gas);
  EXPECT_EQ(calls, 10u);
  ASSERT_OK(instance.instance().set_gas(1'000'000));
  EXPECT_EQ(instance.run()->value, 1000u);
  EXPECT_EQ(calls, 1000u);
}

TEST_P(Linkers, MovedFromHandlesGiveErrors) {
  Linker linker;
  auto linked = linker.link(compile(caller), MissingImports::at_call);
  ASSERT_OK(linked);
  auto instance = linked->instantiate();
  ASSERT_OK(instance);
  const LinkedModule kept = *std::move(linked);
  LinkedInstance taken = *std::move(instance);
  // NOLINTBEGIN(bugprone-use-after-move)
  EXPECT_ERROR(ErrorCode::invalid_argument, linked->instantiate());
  EXPECT_ERROR(ErrorCode::invalid_argument, instance->call("first"));
  EXPECT_ERROR(ErrorCode::invalid_argument, instance->run());
  EXPECT_ERROR(ErrorCode::invalid_argument, instance->instance().reg(0));
  // NOLINTEND(bugprone-use-after-move)
  EXPECT_EQ(kept.module(), taken.instance().module());
}

}  // namespace
}  // namespace pvm::test
