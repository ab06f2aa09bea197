// SPDX-License-Identifier: Apache-2.0 OR MIT
// Cases on the reference interpreter: outcomes and traces.
#include "pvm/conformance/ref_target.hpp"

#include "ref_session.hpp"

namespace pvm::conformance {
namespace {

RefTraceStep trace_step(const RefSession& session, const ref::TraceStep& step, std::size_t step_index) {
  RefTraceStep entry;
  entry.step_index = static_cast<u32>(step_index);
  entry.pc = step.pc;
  entry.gas = step.gas;
  entry.regs = step.registers;
  entry.instruction = step.instruction;
  entry.text = ref::disassemble(session.program(), step.instruction);
  const Accesses accesses = accesses_of(step.instruction, step.registers, session.memory());
  entry.load = accesses.load;
  entry.store = accesses.store;
  return entry;
}

Outcome run_steps(const Job& job, RefSession& session, const RefOptions& options) {
  StepResults results;
  for (std::size_t index = 0; index < job.steps.size(); ++index) {
    RefSession::Observer observer;
    if (options.trace) {
      observer = [&](const ref::TraceStep& step, const ref::Memory&) { return options.trace(trace_step(session, step, index)); };
    }
    auto result = session.perform(job.steps[index], observer);
    if (auto* error = std::get_if<TargetError>(&result)) {
      return TargetError{"steps[" + std::to_string(index) + "]: " + error->text};
    }
    results.push_back(std::get<StepResult>(std::move(result)));
  }
  return results;
}

}  // namespace

Outcome run_on_ref(const Job& job, const RefOptions& options) {
  auto started = RefSession::start(job, options.max_steps);
  if (auto* rejected = std::get_if<Rejected>(&started)) return *rejected;
  if (auto* error = std::get_if<TargetError>(&started)) return std::move(*error);
  RefSession& session = std::get<RefSession>(started);
  if (!job.block_costs) return run_steps(job, session, options);
  auto costs = session.block_costs(*job.block_costs);
  if (auto* error = std::get_if<TargetError>(&costs)) return std::move(*error);
  return std::get<BlockCosts>(std::move(costs));
}

Outcome run_on_ref(const Case& c, const RefOptions& options) {
  return run_on_ref(job_of(c), options);
}

std::vector<RefTraceStep> trace_on_ref(const Job& job, u64 max_steps) {
  std::vector<RefTraceStep> trace;
  RefOptions options;
  options.trace = [&](const RefTraceStep& step) {
    if (trace.size() < max_steps) trace.push_back(step);
    return trace.size() < max_steps;
  };
  if (max_steps != 0) run_on_ref(job, options);
  return trace;
}

std::vector<RefTraceStep> trace_on_ref(const Case& c, u64 max_steps) {
  return trace_on_ref(job_of(c), max_steps);
}

std::vector<std::string> disassemble(const Case& c) {
  constexpr std::size_t most_lines = 2000;
  const auto loaded = ref::load(c.program.bytes, full_config(c.semantics, c.config, c.program.container));
  const auto* program = std::get_if<ref::Program>(&loaded);
  std::vector<std::string> lines;
  if (!program) return lines;
  for (u32 pc = 0; pc < program->code_size(); ++pc) {
    if (!program->is_marked(pc)) continue;
    if (lines.size() == most_lines) {
      lines.emplace_back("...");
      break;
    }
    lines.push_back(std::to_string(pc) + ": " + ref::disassemble(*program, ref::decode(*program, pc)));
  }
  return lines;
}

}  // namespace pvm::conformance
