// SPDX-License-Identifier: Apache-2.0 OR MIT
// engine-differential: random programs on the reference interpreter and on the engine's back ends. Exit code: 0 no difference, 1 a
// difference, 2 bad usage, or a back end that can't be had here; a process that dies tells of what.
#include <rapidcheck.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <sstream>
#include <string_view>

#include "check.hpp"
#include "experiment.hpp"
#include "pvm/conformance/hex.hpp"

namespace pvm::differential {
namespace {

class RandomChoices final : public Choices {
 public:
  explicit RandomChoices(const rc::Random& random) : random_(random) {}
  u32 below(u32 count) override { return static_cast<u32>(random_.next() % count); }
  u64 any() override { return random_.next(); }

 private:
  rc::Random random_;
};

// The number of lines grows with RapidCheck's size.
rc::Gen<Experiment> arbitrary_experiment() {
  return [](const rc::Random& random, int size) {
    RandomChoices choices(random);
    return rc::shrinkable::shrinkRecur(make_experiment(choices, static_cast<u32>(size)),
                                       [](const Experiment& e) { return rc::seq::fromContainer(simpler(e)); });
  };
}

// What is being run, for the case that the process doesn't survive it: in-process guests could do that.
std::string present;

// Async-signal-safe, on a stack of its own: guests may have the thread's.
void say_what_was_run(int signal) {
  constexpr std::string_view words = "\nengine-differential: the process died of this program:\n";
  if (write(STDERR_FILENO, words.data(), words.size()) < 0 || write(STDERR_FILENO, present.data(), present.size()) < 0) _exit(1);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void watch_for_death() {
  static std::array<char, 65536> stack;
  const stack_t alternate = {stack.data(), 0, stack.size()};
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_handler = say_what_was_run;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT}) sigaction(signal, &action, nullptr);
}

void remember(const Experiment& experiment, const Built& built) {
  std::ostringstream text;
  text << experiment << "\n" << conformance::hex_bytes(built.program.bytes) << '\n';
  present = text.str();
}

struct Options {
  u32 programs = 2000;
  u64 seed = 20240917;
  u32 size = 60;
  std::vector<std::string> backends = {"interpreter", "in_process", "in_process_plain", "process"};
  std::string reports = "reports/differences";
};

void print(const Tally& tally) {
  std::cout << tally.programs << " programs, " << tally.rejected << " of them refused; " << tally.guests << " guests; exits:";
  for (std::size_t status = 0; status < 5; ++status) {
    std::cout << ' ' << tally.exits[status] << ' ' << ref::name_of(static_cast<ref::Status>(status));
  }
  std::cout << "; " << tally.abandoned << " runs abandoned; " << std::accumulate(tally.executed.begin(), tally.executed.end(), u64{0})
            << " instructions, never:";
  for (std::size_t op = 0; op < isa::op_count; ++op) {
    if (tally.executed[op] == 0) std::cout << ' ' << isa::rows[op].name;
  }
  std::cout << '\n';
}

bool run(const Options& options, const std::vector<NamedBackend>& backends) {
  const std::string params = "seed=" + std::to_string(options.seed) + " max_success=" + std::to_string(options.programs) +
                             " max_size=" + std::to_string(options.size);
  setenv("RC_PARAMS", params.c_str(), 1);
  Tally tally;
  const bool all_equal = rc::check("the back ends do what the reference interpreter does", [&] {
    const Experiment experiment = *arbitrary_experiment();
    auto built = build(experiment.recipe);
    if (const auto* error = std::get_if<std::string>(&built)) RC_FAIL("the generator is wrong: " + *error);
    remember(experiment, std::get<Built>(built));
    const auto difference = check(experiment.recipe.setup, std::get<Built>(built), experiment.plans, backends, tally);
    // The last one is the smallest.
    if (difference) RC_FAIL(difference->text + "\n" + save(*difference, options.reports, "seed-" + std::to_string(options.seed)));
  });
  print(tally);
  return all_equal;
}

}  // namespace
}  // namespace pvm::differential

int main(int argc, char** argv) {
  using namespace pvm::differential;
  Options options;
  CLI::App app("Runs random programs on the reference interpreter and on the engine's back ends, and compares all that a host can see.");
  app.add_option("--programs", options.programs, "How many programs (default 2000)");
  app.add_option("--seed", options.seed, "Another seed gives other programs");
  app.add_option("--size", options.size, "Lines of a program at most (default 60)");
  app.add_option("--backends", options.backends,
                 "interpreter, in_process, in_process_plain (no optional processor features), process (default: all)")
      ->delimiter(',');
  app.add_option("--reports", options.reports, "Directory for the vector file of a difference");
  CLI11_PARSE(app, argc, argv);
  watch_for_death();  // First: the engine passes on what isn't a guest's.
  auto backends = open_backends(options.backends);
  if (const auto* error = std::get_if<std::string>(&backends)) {
    std::cerr << "engine-differential: " << *error << '\n';
    return 2;
  }
  return run(options, std::get<0>(backends)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
