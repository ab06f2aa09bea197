// SPDX-License-Identifier: Apache-2.0 OR MIT
// Engines and modules: levels, fallbacks, compilation, the cache.
#include <algorithm>
#include <array>
#include <thread>

#include "programs.hpp"

namespace pvm::test {
namespace {

const Source adder = {.text = "add:; add_64 a0, a0, a1; ret; other:; trap",
                      .exports = {"add", "other"},
                      .imports = {"zero", "one"},
                      .ro_data = {1, 2, 3},
                      .rw_data = {4, 5},
                      .stack_size = 100};

class Engines : public OnEachLevel {};
PVM_ON_EACH_LEVEL(Engines);

TEST(EngineLevels, TheInterpreterIsEverywhere) {
  EXPECT_NE(engine_of(Isolation::interpreter), nullptr);
}

TEST(EngineLevels, UnknownLevelsAreRefused) {
  EXPECT_ERROR(ErrorCode::invalid_argument, Engine::create({.isolation = static_cast<Isolation>(9)}));
}

TEST(EngineLevels, MovedFromHandlesGiveErrors) {
  auto engine = Engine::create({.isolation = Isolation::interpreter});
  ASSERT_OK(engine);
  const Engine taken = *std::move(engine);
  // NOLINTBEGIN(bugprone-use-after-move)
  EXPECT_ERROR(ErrorCode::invalid_argument, engine->compile({}));
  EXPECT_EQ(engine->compile_all({}).size(), 0u);
  auto module = taken.compile(build(adder));
  ASSERT_OK(module);
  const Module kept = *std::move(module);
  EXPECT_ERROR(ErrorCode::invalid_argument, module->instantiate());
  EXPECT_ERROR(ErrorCode::invalid_argument, module->find_export("add"));
  EXPECT_ERROR(ErrorCode::invalid_argument, module->block_cost(0));
  EXPECT_TRUE(module->exports().empty());
  EXPECT_TRUE(module->imports().empty());
  EXPECT_EQ(module->code_size(), 0u);
  EXPECT_EQ(module->stack_top(), 0u);
  EXPECT_EQ(module->memory_layout().stack, MemoryRegion{});
  EXPECT_TRUE(module->native_code().empty());
  EXPECT_TRUE(module->native_positions().empty());
  EXPECT_ERROR(ErrorCode::invalid_argument, Linker().link(*module));
  // NOLINTEND(bugprone-use-after-move)
}

TEST_P(Engines, FallbacksAreForUnavailableLevelsOnly) {
  const auto engine = Engine::create({.isolation = GetParam(), .fallbacks = {Isolation::interpreter}});
  ASSERT_OK(engine);
  EXPECT_EQ(engine->isolation(), GetParam());
  EXPECT_EQ(engine->config().fallbacks.size(), 1u);
}

TEST_P(Engines, ModulesTellWhatTheyAre) {
  const Module module = compile(adder);
  EXPECT_EQ(module.isolation(), GetParam());
  EXPECT_EQ(module.semantics(), Semantics::rv64_1);
  EXPECT_EQ(module.config().gas_model, GasModel::flat_1);
  const auto exports = module.exports();
  ASSERT_EQ(exports.size(), 2u);
  EXPECT_EQ(exports[0].name, "add");
  EXPECT_EQ(exports[0].pc, 0u);
  EXPECT_EQ(*module.find_export("other"), exports[1].pc);
  EXPECT_ERROR(ErrorCode::not_found, module.find_export("add "));
  const auto imports = module.imports();
  ASSERT_EQ(imports.size(), 2u);
  EXPECT_EQ(imports[1].number, 1u);
  EXPECT_EQ(imports[1].name, "one");
  EXPECT_EQ(module.code_size(), exports[1].pc + 1);
  EXPECT_EQ(*module.block_cost(0), 2);
  EXPECT_EQ(module.stack_top(), module.memory_layout().stack.end);
  EXPECT_EQ(module.memory_layout().ro_data, (MemoryRegion{0x10000, 0x11000}));
  EXPECT_EQ(module.memory_layout().rw_data, (MemoryRegion{0x30000, 0x31000}));
  EXPECT_EQ(module.memory_layout().heap_base, 0x30002u);
}

TEST_P(Engines, NativeCodeIsShownToTools) {
  const Module module = compile(adder);
  EXPECT_EQ(module.native_code().empty(), GetParam() == Isolation::interpreter);
  const auto positions = module.native_positions();
  EXPECT_EQ(positions.empty(), GetParam() == Isolation::interpreter);
  EXPECT_TRUE(std::ranges::is_sorted(positions, {}, &NativePosition::pc));
  for (const NativePosition& position : positions) EXPECT_LT(position.native, module.native_code().size());
}

TEST_P(Engines, PagedMemoryHasNoLayout) {
  const Module module = compile(adder, {.dynamic_paging = true});
  EXPECT_EQ(module.stack_top(), 0u);
  EXPECT_EQ(module.memory_layout().stack, MemoryRegion{});
}

TEST_P(Engines, BlocksOfTheInstructionModelHaveNoCost) {
  // No jump table, one byte of code, a trap, its bitmask. [raw.layout]
  const std::array<u8, 5> bytes = {0, 0, 1, 0, 1};
  const auto module = engine().compile(bytes, {.semantics = Semantics::graypaper_0_7_2, .container = Container::raw});
  ASSERT_OK(module);
  EXPECT_EQ(module->config().gas_model, GasModel::instruction_1);
  EXPECT_ERROR(ErrorCode::invalid_argument, module->block_cost(0));
}

TEST_P(Engines, RejectionsTellReasonAndOffset) {
  const std::array<u8, 3> bytes = {'P', 'V', 'M'};
  const auto module = engine().compile(bytes);
  EXPECT_ERROR(ErrorCode::program_rejected, module);
  EXPECT_EQ(module.error().reason, Reason::truncated);
  EXPECT_FALSE(module.error().message.empty());
  EXPECT_ERROR(ErrorCode::program_rejected, engine().compile({}));
  EXPECT_ERROR(ErrorCode::invalid_argument, engine().compile({static_cast<const u8*>(nullptr), 5}));
}

TEST_P(Engines, ConfigurationsWithoutMeaningAreRefused) {
  const auto bytes = build(adder);
  EXPECT_ERROR(ErrorCode::invalid_argument, engine().compile(bytes, {.semantics = static_cast<Semantics>(77)}));
  EXPECT_ERROR(ErrorCode::invalid_argument, engine().compile(bytes, {.container = static_cast<Container>(3)}));
  EXPECT_ERROR(ErrorCode::invalid_argument, engine().compile(bytes, {.gas_model = static_cast<GasModel>(3)}));
  EXPECT_ERROR(ErrorCode::invalid_argument, engine().compile(bytes, {.metering = static_cast<Metering>(200)}));
  EXPECT_ERROR(ErrorCode::program_rejected, engine().compile(bytes, {.page_size = 1000}));
}

TEST_P(Engines, EqualContentIsCompiledOnce) {
  const Module first = compile(adder);
  EXPECT_EQ(first, compile(adder));
  EXPECT_NE(first, compile(adder, {.metering = Metering::none}));
  EXPECT_NE(first, compile({.text = "add:; ret", .exports = {"add"}}));
}

TEST_P(Engines, ACacheCanBeHadWithout) {
  const auto engine = Engine::create({.isolation = GetParam(), .cache = false});
  ASSERT_OK(engine);
  EXPECT_NE(*engine->compile(build(adder)), *engine->compile(build(adder)));
}

TEST_P(Engines, ModulesAndInstancesOutliveTheirEngine) {
  std::optional<Instance> instance;
  {
    auto engine = Engine::create({.isolation = GetParam(), .cached_modules = 1});
    ASSERT_OK(engine);
    auto module = engine->compile(build(adder));
    ASSERT_OK(module);
    auto made = module->instantiate();
    ASSERT_OK(made);
    instance = *std::move(made);
  }
  ASSERT_OK(instance->set_gas(100));
  const auto exit = instance->call("add", {20, 22});
  ASSERT_OK(exit);
  EXPECT_EQ(exit->status, Status::halt);
  EXPECT_EQ(*instance->reg(7), 42u);
}

TEST_P(Engines, ManyProgramsAreCompiledInParallel) {
  const auto engine = Engine::create({.isolation = GetParam(), .compile_threads = 4});
  ASSERT_OK(engine);
  std::vector<std::vector<u8>> programs;
  programs.reserve(21);
  for (int number = 0; number < 20; ++number) {
    programs.push_back(build({.text = "f:; load_imm a0, " + std::to_string(number % 10) + "; ret", .exports = {"f"}}));
  }
  programs.emplace_back();  // Refused.
  std::vector<CompileJob> jobs;
  jobs.reserve(programs.size());
  for (const auto& program : programs) jobs.push_back({program, {}});
  const auto results = engine->compile_all(jobs);
  ASSERT_EQ(results.size(), jobs.size());
  for (std::size_t index = 0; index < 20; ++index) {
    ASSERT_OK(results[index]);
    EXPECT_EQ(*results[index], *results[index % 10]);
    auto instance = results[index]->instantiate();
    ASSERT_OK(instance);
    ASSERT_OK(instance->set_gas(10));
    ASSERT_OK(instance->call("f"));
    EXPECT_EQ(*instance->reg(7), index % 10);
  }
  EXPECT_ERROR(ErrorCode::program_rejected, results.back());
}

TEST_P(Engines, OneContentAskedForByManyThreadsIsOneModule) {
  const auto engine = Engine::create({.isolation = GetParam()});
  ASSERT_OK(engine);
  std::string text = "f:; ";
  for (int count = 0; count < 5000; ++count) text += "add_imm_64 a0, a0, 1\n";
  const auto program = build({.text = text + "ret", .exports = {"f"}});
  std::array<std::optional<Result<Module>>, 8> results;
  {
    std::vector<std::jthread> threads;
    threads.reserve(results.size());
    for (auto& result : results) threads.emplace_back([&] { result = engine->compile(program); });
  }
  for (const auto& result : results) {
    ASSERT_OK(*result);
    EXPECT_EQ(**result, **results[0]);
  }
}

}  // namespace
}  // namespace pvm::test
