// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a host sees through the API when the worker process of an instance dies: at rest, in a run, and while its host call is served.
#include <csignal>
#include <thread>

#include "../process/attack.hpp"
#include "programs.hpp"

namespace pvm::test {
namespace {

const Source program = {.text = R"(
forever:; jump forever
ask:; ecalli 0
     ret
)",
                        .exports = {"forever", "ask"},
                        .imports = {"question"},
                        .stack_size = 4096};

int kill_workers() {
  int killed = 0;
  for (const pid_t worker : engine::sandbox::test::workers()) killed += ::kill(worker, SIGKILL) == 0;
  return killed;
}

class WorkerDeath : public testing::Test {
 protected:
  void SetUp() override {
    const Engine* engine = engine_of(Isolation::process);
    ASSERT_NE(engine, nullptr) << "this machine has no isolation level process";
    const auto compiled = engine->compile(build(program), {.metering = Metering::none});
    ASSERT_OK(compiled);
    module.emplace(*compiled);
    auto made = module->instantiate();
    ASSERT_OK(made);
    instance.emplace(std::move(*made));
  }

  // Every function says so from now on, the state is gone, and nothing else has suffered.
  void expect_lost() {
    std::array<u8, 4> bytes{};
    EXPECT_ERROR(ErrorCode::instance_lost, instance->call("ask"));
    EXPECT_ERROR(ErrorCode::instance_lost, instance->run());
    EXPECT_ERROR(ErrorCode::instance_lost, instance->regs());
    EXPECT_ERROR(ErrorCode::instance_lost, instance->read(instance->module().stack_top() - 4, bytes));
    EXPECT_ERROR(ErrorCode::instance_lost, instance->reset());
    EXPECT_ERROR(ErrorCode::instance_lost, instance->snapshot());
    auto next = module->instantiate();
    ASSERT_OK(next);
    const auto exit = next->call("ask");
    ASSERT_OK(exit);
    EXPECT_EQ(exit->status, Status::host_call);
  }

  std::optional<Module> module;
  std::optional<Instance> instance;
};

TEST_F(WorkerDeath, AtRest) {
  ASSERT_GT(kill_workers(), 0);
  EXPECT_ERROR(ErrorCode::worker_failed, instance->call("ask"));
  expect_lost();
}

TEST_F(WorkerDeath, InARun) {
  std::thread killer([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill_workers();
  });
  // The deadline only bounds the test where the death goes unnoticed.
  EXPECT_ERROR(ErrorCode::worker_failed, instance->call("forever", {}, {.limits = RunLimits::within(std::chrono::seconds(60))}));
  killer.join();
  expect_lost();
}

TEST_F(WorkerDeath, WhileItsHostCallIsServed) {
  Linker linker;
  ASSERT_OK(linker.define("question", [](Caller&) { kill_workers(); }));
  const auto linked = linker.link(*module);
  ASSERT_OK(linked);
  auto asking = linked->instantiate();
  ASSERT_OK(asking);
  EXPECT_ERROR(ErrorCode::worker_failed, asking->call("ask"));
  EXPECT_ERROR(ErrorCode::instance_lost, asking->call("ask"));
}

}  // namespace
}  // namespace pvm::test
