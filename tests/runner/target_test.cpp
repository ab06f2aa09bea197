// SPDX-License-Identifier: Apache-2.0 OR MIT
// Targets that misbehave: each costs the case at hand and no other, and nothing is left behind.
#include "target.hpp"

#include <signal.h>

#include <thread>

#include "session.hpp"
#include "support.hpp"

namespace pvm::runner {
namespace {

using namespace std::chrono_literals;
using test::TemporaryDirectory;

std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

bool has_children() {
  int status = 0;
  return waitpid(-1, &status, WNOHANG) >= 0;
}

/// The process number of a child of this process, any; a number that no process has if there is none.
pid_t first_child() {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    const long pid = std::strtol(test::read_file((thread.path() / "children").string()).c_str(), nullptr, 10);
    if (pid > 0) return static_cast<pid_t>(pid);
  }
  return 0x7ffffff;
}

std::string nasty_command(const std::string& mode, const std::string& pattern = "sum_05") {
  return std::string("cmd:'") + PVM_PYTHON + "' '" PVM_NASTY_TARGET "' " + mode + " " + pattern + " '" + PVM_CONFORM + "' serve";
}

class TargetTest : public testing::Test {
 protected:
  void SetUp() override {
    static_cast<void>(signal(SIGPIPE, SIG_IGN));
    ASSERT_EQ(setenv("NASTY_STATE", (temporary / "state").c_str(), 1), 0);
    patience.per_case = 2500ms;
    patience.finish = 500ms;
    patience.first_pause = 5ms;
    descriptors = open_descriptors();
  }

  void TearDown() override {
    EXPECT_EQ(open_descriptors(), descriptors) << "a descriptor has leaked";
    EXPECT_FALSE(has_children()) << "a child is left behind";
  }

  SessionResult run(const std::string& target, unsigned jobs = 2) {
    const auto factory = target_named(target, patience, &interrupt);
    EXPECT_TRUE(std::holds_alternative<TargetFactory>(factory));
    SessionOptions options;
    options.jobs = jobs;
    options.interrupt = &interrupt;
    options.progress = [this](const Progress& progress) { started = progress.done != 0; };
    auto session = run_session(suite.cases, std::get<TargetFactory>(factory), options);
    if (const auto* problem = std::get_if<std::string>(&session)) {
      ADD_FAILURE() << *problem;
      return {};
    }
    return std::get<SessionResult>(std::move(session));
  }

  std::string start_problem(const std::string& target) {
    const auto factory = target_named(target, patience, &interrupt);
    if (const auto* problem = std::get_if<std::string>(&factory)) return *problem;
    const auto session = run_session(suite.cases, std::get<TargetFactory>(factory), {});
    const auto* problem = std::get_if<std::string>(&session);
    return problem != nullptr ? *problem : "it started";
  }

  TemporaryDirectory temporary;
  Suite suite = test::load_data();
  Patience patience;
  std::atomic<bool> interrupt = false;
  std::atomic<bool> started = false;  ///< A case has been done.
  std::size_t descriptors = 0;
};

/// A mode of nasty.py, what the two cases that it hits must come to, and a word of the message.
struct Nasty {
  const char* mode;
  Verdict verdict;
  const char* message;
};

class NastyTest : public TargetTest, public testing::WithParamInterface<Nasty> {};

TEST_P(NastyTest, costs_only_the_case_at_hand) {
  const SessionResult session = run(nasty_command(GetParam().mode));
  ASSERT_EQ(session.report.results.size(), suite.cases.size());
  EXPECT_FALSE(session.lost);
  for (const CaseResult& result : session.report.results) {
    const bool hit = result.subject->id.find("sum_05") != std::string::npos;
    EXPECT_EQ(conformance::name_of(result.verdict), conformance::name_of(hit ? GetParam().verdict : Verdict::pass))
        << result.subject->id << ": " << result.message;
    if (hit) {
      EXPECT_NE(result.message.find(GetParam().message), std::string::npos) << result.message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    targets, NastyTest,
    testing::Values(Nasty{"crash", Verdict::error, "killed by signal 11"}, Nasty{"crash", Verdict::error, "about to fall over"},
                    Nasty{"exit", Verdict::error, "exited with status 3"}, Nasty{"hang", Verdict::timeout, "no answer within 2500 ms"},
                    Nasty{"flood", Verdict::error, "longer than 64 MiB"}, Nasty{"flood-lines", Verdict::error, "garbage"},
                    Nasty{"flood-errors", Verdict::timeout, "eeeeee"}, Nasty{"close-output", Verdict::error, "ended its output"},
                    Nasty{"partial", Verdict::error, "had begun a line"}, Nasty{"partial-hang", Verdict::timeout, "had begun a line"},
                    Nasty{"grandchild", Verdict::error, "exited with status 7"}, Nasty{"garbage", Verdict::error, "this is no JSON"},
                    Nasty{"binary", Verdict::error, "not an answer"}, Nasty{"empty-line", Verdict::error, "not an answer"},
                    Nasty{"empty-object", Verdict::error, "not an answer"}, Nasty{"wrong-seq", Verdict::error, "not an answer"},
                    Nasty{"wrong-types", Verdict::error, "not an answer"}, Nasty{"too-few-steps", Verdict::error, "not an answer"},
                    Nasty{"huge-number", Verdict::error, "not an answer"}, Nasty{"deep", Verdict::error, "not an answer"},
                    Nasty{"error", Verdict::error, "cannot do that"}, Nasty{"twice", Verdict::error, ""},
                    Nasty{"late-twice", Verdict::error, ""}, Nasty{"no-newline", Verdict::timeout, "had begun a line"},
                    Nasty{"wrong-answer", Verdict::fail, ""}, Nasty{"carriage-return", Verdict::pass, ""},
                    Nasty{"ignores-eof", Verdict::pass, ""}, Nasty{"slow-start", Verdict::pass, ""}),
    [](const auto& test) {
      std::string name = test.param.mode;
      for (char& c : name) c = c == '-' ? '_' : c;
      return name + "_" + std::to_string(test.index);
    });

TEST_F(TargetTest, crashing_every_time_costs_every_case_and_ends) {
  const SessionResult session = run(nasty_command("exit", "alu.add_64.sum_0"));
  const Counts counts = count(session.report.results);
  EXPECT_EQ(count_of(counts, Standing::error), 19U);
  EXPECT_EQ(count_of(counts, Standing::pass), 11U);
  EXPECT_GE(session.report.restarts, 17U);
  EXPECT_FALSE(session.lost);
}

TEST_F(TargetTest, leaving_after_an_answer_loses_nothing) {
  const SessionResult session = run(nasty_command("exit-after"));
  const Counts counts = count(session.report.results);
  // Whether the next request finds the target gone or going isn't ours to say.
  EXPECT_GE(count_of(counts, Standing::pass), 28U);
  EXPECT_EQ(count_of(counts, Standing::pass) + count_of(counts, Standing::error), 30U);
}

TEST_F(TargetTest, killed_in_the_middle_of_a_run_costs_at_most_one_case_each_time) {
  std::atomic<bool> over = false;
  unsigned killed = 0;
  std::thread killer([&] {
    // Each case takes 40 ms, so that every blow falls into the run; in the pauses the target comes back.
    while (killed < 2 && !over) {
      std::this_thread::sleep_for(400ms);
      if (!over && started && kill(first_child(), SIGKILL) == 0) ++killed;
    }
  });
  const SessionResult session = run(nasty_command("slow", "sum"), 1);
  over = true;
  killer.join();
  const Counts counts = count(session.report.results);
  EXPECT_EQ(count_of(counts, Standing::pass) + count_of(counts, Standing::error), 30U);
  EXPECT_LE(count_of(counts, Standing::error), killed);
  EXPECT_GE(killed, 1U);
}

TEST_F(TargetTest, that_never_comes_back_is_given_up_and_the_rest_reported) {
  const SessionResult session = run(nasty_command("dies-for-good"), 1);
  EXPECT_TRUE(session.lost);
  EXPECT_NE(session.report.incomplete.find("no second life"), std::string::npos) << session.report.incomplete;
  ASSERT_EQ(session.report.results.size(), 30U);
  const Counts counts = count(session.report.results);
  EXPECT_EQ(count_of(counts, Standing::pass), 5U);
  EXPECT_EQ(count_of(counts, Standing::error), 25U);
  EXPECT_EQ(session.report.restarts, 5U);
}

TEST_F(TargetTest, that_cannot_start_is_told_why) {
  patience.start = 700ms;
  EXPECT_NE(start_problem("cmd:/nowhere/vm").find("No such file"), std::string::npos);
  EXPECT_NE(start_problem(nasty_command("no-hello")).find("no greeting within 700 ms"), std::string::npos);
  EXPECT_NE(start_problem(nasty_command("exit-at-once")).find("exited with status 9"), std::string::npos);
  EXPECT_NE(start_problem(nasty_command("hello-garbage")).find("Welcome to my VM!"), std::string::npos);
  EXPECT_NE(start_problem(nasty_command("hello-protocol")).find("no proper greeting"), std::string::npos);
  EXPECT_NE(start_problem(nasty_command("hello-empty")).find("no proper greeting"), std::string::npos);
  EXPECT_NE(start_problem("vm").find("is none of"), std::string::npos);
  EXPECT_NE(start_problem("cmd:'x").find("not closed"), std::string::npos);
}

TEST_F(TargetTest, without_a_known_version_supports_nothing) {
  const Counts counts = count(run(nasty_command("hello-none")).report.results);
  EXPECT_EQ(count_of(counts, Standing::unsupported), 30U);
}

TEST_F(TargetTest, interrupt_keeps_what_was_learned) {
  std::thread user([&] {
    std::this_thread::sleep_for(500ms);
    interrupt = true;
  });
  patience.per_case = 60s;
  const auto start = std::chrono::steady_clock::now();
  const SessionResult session = run(nasty_command("hang"), 1);
  user.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  EXPECT_TRUE(session.interrupted);
  EXPECT_LE(session.report.results.size(), 5U);
  EXPECT_EQ(count_of(count(session.report.results), Standing::pass), session.report.results.size());
}

TEST_F(TargetTest, reference_child_and_library_pass) {
  for (const std::string& target : {std::string("ref"), std::string("cmd:'") + PVM_CONFORM + "' serve"}) {
    EXPECT_EQ(count_of(count(run(target, 4).report.results), Standing::pass), 30U) << target;
  }
}

TEST_F(TargetTest, departure_is_found_where_the_traces_part) {
  std::vector<conformance::RefTraceStep> reference(3);
  std::vector<conformance::TraceEntry> target(3);
  for (conformance::u32 step = 0; step < 3; ++step) {
    reference[step].pc = target[step].pc = 10 * step;
    reference[step].text = "step" + std::to_string(step);
    target[step].regs = conformance::Registers{};
    target[step].gas = 5;
  }
  EXPECT_FALSE(first_departure(reference, target, false, true));
  EXPECT_EQ(first_departure(reference, target, true, true)->step, 0U);
  (*target[2].regs)[7] = 9;
  const auto departure = first_departure(reference, target, false, true);
  ASSERT_TRUE(departure);
  EXPECT_EQ(departure->step, 2U);
  EXPECT_EQ(departure->pc, 10U);
  EXPECT_EQ(departure->text, "after step 2, pc 10 (step1): a0 is 0x9 instead of 0x0");
  target.pop_back();
  EXPECT_EQ(first_departure(reference, target, false, true)->text,
            "after step 2, pc 10 (step1): the target's trace ends, the reference goes on at pc 20 (step2)");
  reference.pop_back();
  target.push_back(target.front());
  EXPECT_TRUE(first_departure(reference, target, false, true));
  EXPECT_FALSE(first_departure(reference, target, false, false));
}

}  // namespace
}  // namespace pvm::runner
