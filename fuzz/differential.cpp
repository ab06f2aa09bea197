// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the engine's interpreter and compiler against the reference interpreter. Input: the decisions by which a program, guests of it
// and their host are made up; see tests/engine/differential. A difference is saved as a vector file in the directory $PVM_REPORTS.
#include <cstdlib>

#include "check.hpp"
#include "experiment.hpp"
#include "input.hpp"

using namespace pvm;

namespace {

const std::vector<differential::NamedBackend>& backends() {
  static const auto opened = differential::open_backends({"interpreter", "in_process", "in_process_plain"});
  if (const auto* error = std::get_if<std::string>(&opened)) fuzz::fail(*error);
  return std::get<0>(opened);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  differential::InputChoices choices({data, size});
  const differential::Experiment experiment = make_experiment(choices, 32);
  const auto built = build(experiment.recipe);
  if (const auto* error = std::get_if<std::string>(&built)) fuzz::fail("the generator is wrong: " + *error);
  differential::Tally tally;
  const auto difference = check(experiment.recipe.setup, std::get<differential::Built>(built), experiment.plans, backends(), tally);
  if (difference) {
    const char* reports = std::getenv("PVM_REPORTS");
    fuzz::fail(difference->text + "\n" + save(*difference, reports != nullptr ? reports : ".", "difference"));
  }
  return 0;
}
