// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces as modular streams: one fixed-width file per field.
#include "trace_formats.hpp"

namespace pvm::runner {
namespace {

using conformance::Observation;
using conformance::u32;
using conformance::u64;

void append(std::string& stream, u64 value, unsigned bytes) {
  for (unsigned index = 0; index < bytes; ++index) stream += static_cast<char>((value >> (8 * index)) & 0xff);
}

void append(std::string& stream, const std::optional<conformance::MemoryAccess>& access) {
  append(stream, access ? access->address : 0, 4);
  append(stream, access ? access->value : 0, 8);
}

/// The code byte that was executed; 0 (trap) where the code has none.
conformance::u8 opcode_at(const ref::Program* program, u32 pc) {
  return program != nullptr ? program->byte_at(pc) : conformance::u8{0};
}

/// Registers and gas after the step at `at`: those before the next step of the same run, or those at its exit.
struct After {
  conformance::Registers regs;
  conformance::i64 gas;
};

After after(const TracedCase& traced, std::size_t at) {
  const auto& step = traced.steps[at];
  if (at + 1 < traced.steps.size() && traced.steps[at + 1].step_index == step.step_index)
    return {traced.steps[at + 1].regs, traced.steps[at + 1].gas};
  After state{step.regs, step.gas};
  const auto* results = std::get_if<conformance::StepResults>(&traced.outcome);
  const auto* seen =
      results != nullptr && step.step_index < results->size() ? std::get_if<Observation>(&(*results)[step.step_index]) : nullptr;
  if (seen != nullptr && seen->regs) state.regs = *seen->regs;
  if (seen != nullptr && seen->gas) state.gas = *seen->gas;
  return state;
}

}  // namespace

TracedCase trace_case(conformance::Case c, u64 max_steps) {
  TracedCase traced{std::move(c), {}, {}};
  conformance::RefOptions options;
  options.trace = [&](const conformance::RefTraceStep& step) {
    if (traced.steps.size() < max_steps) traced.steps.push_back(step);
    return true;
  };
  traced.outcome = conformance::run_on_ref(traced.subject, options);
  return traced;
}

std::map<std::string, std::string> trace_as_streams(const TracedCase& traced) {
  const conformance::Case& c = traced.subject;
  const auto loaded = ref::load(c.program.bytes, conformance::full_config(c.semantics, c.config, c.program.container));
  const auto* program = std::get_if<ref::Program>(&loaded);
  std::map<std::string, std::string> streams;
  for (const char* name : {"opcode", "pc", "gas", "loads", "stores"}) streams[name];
  for (unsigned number = 0; number < 13; ++number) streams["r" + std::to_string(number)];
  for (std::size_t at = 0; at < traced.steps.size(); ++at) {
    const auto& step = traced.steps[at];
    const After state = after(traced, at);
    append(streams["opcode"], opcode_at(program, step.pc), 1);
    append(streams["pc"], step.pc, 8);
    for (unsigned number = 0; number < 13; ++number) append(streams["r" + std::to_string(number)], state.regs[number], 8);
    append(streams["gas"], static_cast<u64>(state.gas), 8);
    append(streams["loads"], step.load);
    append(streams["stores"], step.store);
  }
  return streams;
}

}  // namespace pvm::runner
