// SPDX-License-Identifier: Apache-2.0 OR MIT
// Finds the first step at which a target's trace departs from the reference's.
#include <algorithm>

#include "pvm/ref/decode.hpp"
#include "session.hpp"

namespace pvm::runner {
namespace {

using conformance::hex_i64;
using conformance::hex_u64;
using conformance::RefTraceStep;
using conformance::TraceEntry;

/// What differs between two states, in words; empty if nothing does.
std::string state_difference(const RefTraceStep& reference, const TraceEntry& target, bool with_gas) {
  std::string text;
  const auto add = [&](std::string_view what, const std::string& actual, const std::string& expected) {
    text += (text.empty() ? "" : ", ") + std::string(what) + " is " + actual + " instead of " + expected;
  };
  if (target.pc != reference.pc) add("pc", std::to_string(target.pc), std::to_string(reference.pc));
  if (target.regs) {
    for (conformance::u8 number = 0; number < 13; ++number) {
      const conformance::u64 actual = (*target.regs)[number];
      const conformance::u64 expected = reference.regs[number];
      if (actual != expected) add(ref::register_name(number), hex_u64(actual), hex_u64(expected));
    }
  }
  if (with_gas && target.gas && *target.gas != reference.gas) add("gas", hex_i64(*target.gas), hex_i64(reference.gas));
  return text;
}

std::string at_pc(const RefTraceStep& step) {
  return "pc " + std::to_string(step.pc) + " (" + step.text + ")";
}

Departure departure_at(std::size_t step, const std::vector<RefTraceStep>& reference, std::string text) {
  Departure departure{step, std::nullopt, std::move(text)};
  if (step > 0) departure.pc = reference[step - 1].pc;
  const std::string after = step > 0 ? "after step " + std::to_string(step) + ", " + at_pc(reference[step - 1]) : "before the first step";
  departure.text = after + ": " + departure.text;
  return departure;
}

}  // namespace

std::optional<Departure> first_departure(const std::vector<RefTraceStep>& reference, const std::vector<TraceEntry>& target, bool with_gas,
                                         bool reference_is_complete) {
  const std::size_t common = std::min(reference.size(), target.size());
  for (std::size_t step = 0; step < common; ++step) {
    std::string text = state_difference(reference[step], target[step], with_gas);
    if (!text.empty()) return departure_at(step, reference, std::move(text));
  }
  if (target.size() < reference.size()) {
    return departure_at(common, reference, "the target's trace ends, the reference goes on at " + at_pc(reference[common]));
  }
  if (target.size() > reference.size() && reference_is_complete) {
    return departure_at(common, reference, "the target goes on at pc " + std::to_string(target[common].pc) + ", the reference has ended");
  }
  return std::nullopt;
}

}  // namespace pvm::runner
