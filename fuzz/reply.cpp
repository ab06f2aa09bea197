// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes what the runner reads from a target, and a target from the runner. Input: the kind of line; then the line.
#include "input.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/protocol.hpp"

using namespace pvm;

namespace {

// A case with a run, a host step and a read.
conformance::Case executing_case() {
  conformance::Case c;
  c.id = "rv64-1/fuzz.run";
  conformance::Execution execution;
  execution.steps = {conformance::RunStep{}, conformance::MapStep{0x20000, 4096, true, true},
                     conformance::ReadStep{0x20000, 2, true, {0, 0}}};
  c.body = execution;
  return c;
}

conformance::Case cost_case() {
  conformance::Case c = executing_case();
  c.body = conformance::BlockCosts{{0, 2}, {3, 1}};
  return c;
}

void check_reply(std::string_view line, const conformance::Case& c) {
  const auto parsed = conformance::parse_reply(line, 1, c);
  const auto* outcome = std::get_if<conformance::Outcome>(&parsed);
  if (outcome == nullptr) return;
  static_cast<void>(compare(c, *outcome));
  const auto again = conformance::parse_reply(conformance::run_reply(1, *outcome), 1, c);
  if (const auto* error = std::get_if<conformance::ParseError>(&again))
    fuzz::fail("a reply that was printed is refused: " + to_text(*error));
  if (!(std::get<conformance::Outcome>(again) == *outcome)) fuzz::fail("a reply that was printed reads differently");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  fuzz::Input input(data, size);
  switch (input.below(5)) {
    case 0: static_cast<void>(conformance::parse_hello(input.text())); break;
    case 1: check_reply(input.text(), executing_case()); break;
    case 2: check_reply(input.text(), cost_case()); break;
    case 3: static_cast<void>(conformance::parse_trace_reply(input.text(), 1)); break;
    default: static_cast<void>(conformance::parse_request(input.text())); break;
  }
  return 0;
}
