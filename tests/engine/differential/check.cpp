// SPDX-License-Identifier: Apache-2.0 OR MIT
// The property: whatever program and host, each back end does what the reference interpreter does.
#include "check.hpp"

#include "program/program.hpp"
#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::differential {
namespace {

conformance::Case case_of(const Setup& setup, const Built& built) {
  conformance::Case c;
  c.semantics = setup.semantics;
  c.id = std::string(ref::name_of(setup.semantics)) + "/differential.found";
  c.why = "found by comparing back ends with the reference interpreter";
  c.clauses = {"entry.run"};
  c.config = built.config;
  c.program = built.program;
  return c;
}

// Both must take the program, or refuse it for the same reason.
std::optional<std::string> load_difference(const std::variant<ref::Program, ref::Rejection>& expected,
                                           const Result<engine::Program>& actual) {
  const auto* rejection = std::get_if<ref::Rejection>(&expected);
  if (rejection == nullptr) {
    if (actual) return std::nullopt;
    return "load: refused (" + actual.error().message + ")";
  }
  const std::string reason(name_of(rejection->reason));
  if (actual) return "load: taken, should be refused: " + reason;
  if (actual.error().code != ErrorCode::program_rejected || !actual.error().reason) return "load: " + actual.error().message;
  if (name_of(*actual.error().reason) != reason)
    return "load: refused for " + std::string(name_of(*actual.error().reason)) + ", not " + reason;
  return std::nullopt;
}

}  // namespace

std::optional<Difference> check(const Setup& setup, const Built& built, const std::vector<Plan>& plans,
                                const std::vector<NamedBackend>& backends, Tally& tally) {
  const ref::Config config = full_config(setup.semantics, built.config, built.program.container);
  conformance::Case start = case_of(setup, built);
  const auto expected = ref::load(built.program.bytes, config);
  auto actual = engine::load(built.program.bytes, engine_config(config));
  ++tally.programs;
  if (const auto what = load_difference(expected, actual)) {
    start.body = conformance::Rejected{};
    return Difference{*what, start};
  }
  const auto* program = std::get_if<ref::Program>(&expected);
  if (program == nullptr) {
    ++tally.rejected;
    return std::nullopt;
  }
  const auto shared = std::make_shared<const engine::Program>(*std::move(actual));
  std::vector<Compiled> compiled;
  for (const NamedBackend& one : backends) {
    auto code = one.backend->compile(shared);
    if (!code) return Difference{one.name + ": not compiled: " + code.error().message, start};
    compiled.push_back({one.name, shared, *std::move(code)});
  }
  for (const Plan& plan : plans) {
    conformance::Execution execution;
    execution.pre = {plan.pc, plan.gas, plan.regs, plan.pages, {}};
    start.body = std::move(execution);
    Lockstep guest(*program, start, compiled, tally);
    play(guest, setup, plan);
    ++tally.guests;
    if (guest.difference()) return guest.difference();
  }
  return std::nullopt;
}

std::string save(const Difference& difference, const std::filesystem::path& directory, const std::string& name) {
  conformance::VectorFile file;
  file.semantics = difference.shown.semantics;
  file.group = "differential";
  conformance::Case shown = difference.shown;
  shown.why = difference.text;
  if (const auto error = fill_expectations(shown)) return "can't be saved: " + *error;
  file.cases = {shown};
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  const auto path = directory / (name + ".json");
  if (const auto error = conformance::write_text(path, print_file(file))) return "can't be saved: " + error->reason;
  std::string text = "saved as " + path.string();
  for (const std::string& line : shown.disassembly) text += "\n  " + line;
  return text;
}

}  // namespace pvm::differential
