// SPDX-License-Identifier: Apache-2.0 OR MIT
// The module cache by itself: what it has to compile again, and what not.
#include "api/module_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "api/impl.hpp"

namespace pvm::engine {
namespace {

/// A cache whose compiler counts.
struct Counted {
  explicit Counted(std::size_t kept) : cache(std::make_shared<ModuleCache>(kept)) {}
  Result<ModulePtr> get(u8 content, const ProgramConfig& config = {}) {
    return cache->get({&content, 1}, config, [this] {
      ++compiled;
      return Result<ModulePtr>(std::make_shared<Module::Impl>());
    });
  }
  std::shared_ptr<ModuleCache> cache;
  std::atomic<u32> compiled{0};
};

TEST(ModuleCache, SharesWhatIsInUse) {
  Counted counted(0);
  const auto first = counted.get(1);
  const auto second = counted.get(1);
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(counted.compiled, 1u);
  (void)counted.get(2);
  EXPECT_EQ(counted.compiled, 2u);
}

TEST(ModuleCache, TellsConfigurationsApart) {
  Counted counted(10);
  const ProgramConfig configs[] = {{},
                                   {.semantics = Semantics::rv64_1},
                                   {.container = Container::raw},
                                   {.gas_model = GasModel::pipeline_1},
                                   {.memory_cost = 26},
                                   {.metering = Metering::async},
                                   {.page_size = 8192},
                                   {.aux_size = 1},
                                   {.dynamic_paging = true},
                                   {.strict = true},
                                   {.arguments = {0}}};
  for (const ProgramConfig& config : configs) (void)counted.get(1, config);
  EXPECT_EQ(counted.compiled, std::size(configs));
}

TEST(ModuleCache, ForgetsWhatNobodyHolds) {
  Counted counted(0);
  (void)counted.get(1);
  (void)counted.get(1);
  EXPECT_EQ(counted.compiled, 2u);
}

TEST(ModuleCache, KeepsTheLastDropped) {
  Counted counted(2);
  (void)counted.get(1);
  (void)counted.get(2);
  (void)counted.get(1);
  EXPECT_EQ(counted.compiled, 2u);
  (void)counted.get(3);  // Pushes 2 out.
  (void)counted.get(1);
  EXPECT_EQ(counted.compiled, 3u);
  (void)counted.get(2);
  EXPECT_EQ(counted.compiled, 4u);
}

TEST(ModuleCache, GivesBackTheKeptOneToUse) {
  Counted counted(1);
  (void)counted.get(1);
  const auto held = counted.get(1);
  (void)counted.get(2);
  (void)counted.get(3);
  EXPECT_EQ(*counted.get(1), *held);
  EXPECT_EQ(counted.compiled, 3u);
}

TEST(ModuleCache, DoesNotKeepErrors) {
  const auto cache = std::make_shared<ModuleCache>(5);
  u32 compiled = 0;
  const auto refuse = [&]() -> Result<ModulePtr> {
    ++compiled;
    return error(ErrorCode::program_rejected, "no");
  };
  const u8 content = 1;
  EXPECT_FALSE(cache->get({&content, 1}, {}, refuse).ok());
  EXPECT_FALSE(cache->get({&content, 1}, {}, refuse).ok());
  EXPECT_EQ(compiled, 2u);
}

TEST(ModuleCache, MayGoBeforeItsModules) {
  std::optional<Result<ModulePtr>> module;
  {
    Counted counted(3);
    module = counted.get(1);
  }
  EXPECT_NE(**module, nullptr);
}

// Threads that ask while the first one compiles wait for it.
TEST(ModuleCache, CompilesOnceForAllWhoAsk) {
  const auto cache = std::make_shared<ModuleCache>(0);
  std::atomic<u32> compiled{0}, asked{0};
  constexpr u32 count = 4;
  const auto compile = [&] {
    ++compiled;
    while (asked < count) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return Result<ModulePtr>(std::make_shared<Module::Impl>());
  };
  std::vector<Result<ModulePtr>> results(count, Result<ModulePtr>(ModulePtr()));
  {
    std::vector<std::jthread> threads;
    threads.reserve(count);
    for (auto& result : results) {
      threads.emplace_back([&] {
        ++asked;
        const u8 content = 1;
        result = cache->get({&content, 1}, {}, compile);
      });
    }
  }
  for (const auto& result : results) EXPECT_EQ(*result, *results[0]);
}

// Modules come and go in several threads; the races are for the thread sanitizer.
TEST(ModuleCache, SurvivesManyThreads) {
  Counted counted(2);
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (u8 thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 2000; ++round) {
        const auto module = counted.get(static_cast<u8>((round * (thread + 1)) % 5));
        EXPECT_NE(*module, nullptr);
      }
    });
  }
}

}  // namespace
}  // namespace pvm::engine
