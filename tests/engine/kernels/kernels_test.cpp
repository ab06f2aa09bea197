// SPDX-License-Identifier: Apache-2.0 OR MIT
// The programs of the engine's benchmark give the results of their native twins, on every back end and on the reference interpreter, for
// the same gas.
#include <gtest/gtest.h>

#include <string>

#include "guests.hpp"
#include "pvm/pvm.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::bench {
namespace {

constexpr i64 ample_gas = i64{1} << 60;
constexpr u32 reg_a0 = 7;

struct Outcome {
  u64 result = 0;
  i64 gas_used = 0;
  bool operator==(const Outcome&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
  return out << outcome.result << " for " << outcome.gas_used << " gas";
}

u64 native_result(const Kernel& kernel) {
  std::vector<u8> memory(memory_bytes);
  return kernel.native(memory.data(), kernel.small_argument);
}

Outcome on_ref(const Kernel& kernel, ref::GasModel model) {
  ref::Config config;
  config.gas_model = model;
  const auto loaded = ref::load(assembled(kernel.guest), config);
  ref::Machine machine(std::get<ref::Program>(loaded));
  machine.set_gas(ample_gas);
  machine.set_reg(0, 0xffff0000);
  machine.set_reg(1, machine.memory().stack_top());
  machine.set_reg(reg_a0, kernel.small_argument);
  machine.set_pc(0);
  EXPECT_EQ(machine.run().status, ref::Status::halt);
  return {machine.reg(reg_a0), ample_gas - machine.gas()};
}

Outcome on_engine(const Kernel& kernel, Isolation isolation, GasModel model) {
  EngineConfig engine_config;
  engine_config.isolation = isolation;
  const auto engine = Engine::create(engine_config);
  if (!engine) {
    ADD_FAILURE() << engine.error().message;
    return {};
  }
  ProgramConfig config;
  config.gas_model = model;
  const auto module = engine->compile(assembled(kernel.guest), config);
  auto instance = module.value().instantiate();
  EXPECT_TRUE(instance->set_gas(ample_gas));
  const auto exit = instance->call(u32{0}, {kernel.small_argument});
  EXPECT_TRUE(exit && exit->status == Status::halt);
  return {instance->reg(reg_a0).value(), ample_gas - instance->gas().value()};
}

class KernelTest : public testing::TestWithParam<Kernel> {};

TEST_P(KernelTest, every_back_end_agrees_with_the_reference_and_the_native_twin) {
  const Kernel& kernel = GetParam();
  for (const auto model : {GasModel::flat_1, GasModel::pipeline_1}) {
    const Outcome expected = on_ref(kernel, static_cast<ref::GasModel>(model));
    EXPECT_EQ(expected.result, native_result(kernel));
    for (const auto isolation : {Isolation::process, Isolation::in_process, Isolation::interpreter}) {
      EXPECT_EQ(on_engine(kernel, isolation, model), expected) << name_of(isolation) << ", " << name_of(model);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(kernels, KernelTest, testing::ValuesIn(kernels().begin(), kernels().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace pvm::bench
