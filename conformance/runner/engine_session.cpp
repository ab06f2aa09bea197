// SPDX-License-Identifier: Apache-2.0 OR MIT
// Jobs on the engine: compile, set up, perform the steps, report what is seen.
#include "engine_session.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine_config.hpp"

namespace pvm::runner {
namespace {

using conformance::HostResult;
using conformance::Job;
using conformance::Observation;
using conformance::Rejected;
using conformance::StepResult;
using conformance::TargetError;

/// A host can't read more at once here; nothing that a vector asks for comes near it.
constexpr u32 max_read_bytes = u32{1} << 24;

TargetError failed(const std::string& what, const Error& error) {
  return {what + ": " + std::string(name_of(error.code)) + ": " + error.message};
}

std::variant<Module, Rejected, TargetError> compile(const Engine& engine, const Job& job) {
  auto module = engine.compile(job.program, engine_config(job.config));
  if (module) return *std::move(module);
  const Error& error = module.error();
  if (error.code != ErrorCode::program_rejected || !error.reason) return failed("compile", error);
  return Rejected{conformance::phase_named(name_of(phase_of(*error.reason))), conformance::reason_named(name_of(*error.reason))};
}

conformance::Outcome block_costs(const Module& module, const std::vector<u32>& positions) {
  conformance::BlockCosts costs;
  for (const u32 pc : positions) {
    const auto cost = module.block_cost(pc);
    if (!cost) return failed("block_cost", cost.error());
    costs.push_back({pc, *cost});
  }
  return costs;
}

/// What a host operation came to: done, refused by the document, or a failure of the engine.
std::variant<StepResult, TargetError> host_result(const Result<void>& result) {
  if (!result && result.error().code != ErrorCode::out_of_bounds) return failed("host operation", result.error());
  return StepResult(HostResult{result.ok(), std::nullopt});
}

struct HostStep {
  using Performed = std::variant<StepResult, TargetError>;
  Instance& instance;

  Performed operator()(const conformance::SetRegStep& step) const { return host_result(instance.set_reg(step.reg, step.value)); }
  Performed operator()(const conformance::SetPcStep& step) const { return host_result(instance.set_pc(step.pc)); }
  Performed operator()(const conformance::SetGasStep& step) const { return host_result(instance.set_gas(step.gas)); }
  Performed operator()(const conformance::WriteStep& step) const { return host_result(instance.write(step.address, step.bytes)); }
  Performed operator()(const conformance::ReadStep& step) const {
    if (step.length > max_read_bytes) return StepResult(HostResult{false, std::nullopt});
    conformance::Bytes bytes(step.length);
    const auto result = instance.read(step.address, bytes);
    return result ? Performed(StepResult(HostResult{true, std::move(bytes)})) : host_result(result);
  }
  Performed operator()(const conformance::MapStep& step) const {
    return host_result(instance.map(step.address, step.length, step.writable));
  }
  Performed operator()(const conformance::ProtectStep& step) const {
    return host_result(instance.protect(step.address, step.length, step.writable));
  }
  Performed operator()(const conformance::UnmapStep& step) const { return host_result(instance.unmap(step.address, step.length)); }
  Performed operator()(const conformance::RunJob&) const { return StepResult(); }    // perform() has handled
  Performed operator()(const conformance::CheckJob&) const { return StepResult(); }  // these two
};

Observation exit_observation(const std::optional<Exit>& exit, bool is_graypaper) {
  Observation seen;
  if (!exit) return seen;
  seen.status = conformance::status_named(name_of(exit->status));
  seen.pc = conformance::Position(exit->pc);
  seen.next_pc = conformance::Position(exit->next_pc);
  if (exit->status == Status::host_call) seen.host_call = exit->host_call;
  if (exit->status == Status::page_fault) {
    seen.fault = conformance::Fault{exit->fault_address, std::nullopt};
    if (!is_graypaper) seen.fault->write_protected = exit->write_protected;
  }
  return seen;
}

}  // namespace

EngineSession::EngineSession(Instance instance, std::chrono::milliseconds time)
    : instance_(std::move(instance)), time_(time), deadline_(std::chrono::steady_clock::now() + time) {}

std::variant<EngineSession, Rejected, TargetError> EngineSession::start(const Engine& engine, const Job& job,
                                                                        std::chrono::milliseconds time) {
  auto compiled = compile(engine, job);
  if (auto* rejected = std::get_if<Rejected>(&compiled)) return *rejected;
  if (auto* error = std::get_if<TargetError>(&compiled)) return std::move(*error);
  auto instance = std::get<Module>(compiled).instantiate();
  if (!instance) return failed("instantiate", instance.error());
  if (instance->isolation() != engine.isolation()) return TargetError{"the instance runs at another isolation level than its engine"};
  EngineSession session(*std::move(instance), time);
  if (auto problem = session.prepare(job.pre)) return *std::move(problem);
  return session;
}

EngineSession::Problem EngineSession::prepare(const conformance::Pre& pre) {
  for (std::size_t index = 0; index < pre.pages.size(); ++index) {
    const conformance::Page& page = pre.pages[index];
    if (const auto made = instance_.map(page.address, page.length, page.writable); !made)
      return failed("pre.pages[" + std::to_string(index) + "]", made.error());
  }
  if (auto problem = prepare_memory(pre.memory)) return problem;
  if (pre.regs) {
    if (const auto set = instance_.set_regs(*pre.regs); !set) return failed("pre.regs", set.error());
  }
  if (pre.pc) {
    if (const auto set = instance_.set_pc(*pre.pc); !set) return failed("pre.pc", set.error());
  }
  if (const auto set = instance_.set_gas(pre.gas.value_or(conformance::ample_gas)); !set) return failed("pre.gas", set.error());
  return std::nullopt;
}

EngineSession::Problem EngineSession::prepare_memory(const std::vector<conformance::MemoryBytes>& memory) {
  const ProgramConfig& config = instance_.module().config();
  const bool is_paged = config.dynamic_paging || is_graypaper(*config.semantics);
  for (std::size_t index = 0; index < memory.size(); ++index) {
    const auto& [address, bytes] = memory[index];
    const auto written = is_paged ? place(address, bytes) : instance_.write(address, bytes);
    if (!written) return failed("pre.memory[" + std::to_string(index) + "]", written.error());
  }
  return std::nullopt;
}

/// Writes pages whatever their protection, which they keep.
Result<void> EngineSession::place(u64 address, std::span<const u8> bytes) {
  const auto ranges = instance_.memory_ranges();
  if (!ranges) return ranges.error();
  if (auto done = instance_.protect(address, bytes.size(), true); !done) return done;
  if (auto done = instance_.write(address, bytes); !done) return done;
  for (const MemoryRange& range : *ranges) {
    const u64 begin = std::max(range.begin, address), end = std::min(range.end, address + bytes.size());
    if (range.writable || begin >= end) continue;
    if (auto done = instance_.protect(begin, end - begin, false); !done) return done;
  }
  return {};
}

EngineSession::Problem EngineSession::run() {
  const auto exit = instance_.run({deadline_});
  if (!exit) return failed("run", exit.error());
  if (exit->status == Status::interrupted) return TargetError{"stopped after " + std::to_string(time_.count()) + " ms"};
  last_exit_ = *exit;
  return std::nullopt;
}

std::variant<StepResult, TargetError> EngineSession::observe(const std::vector<conformance::ReadRange>& ranges) {
  Observation seen = exit_observation(last_exit_, is_graypaper(*instance_.module().config().semantics));
  const auto regs = instance_.regs();
  if (!regs) return failed("regs", regs.error());
  const auto gas = instance_.gas();
  if (!gas) return failed("gas", gas.error());
  seen.regs = *regs;
  seen.gas = *gas;
  for (const conformance::ReadRange& range : ranges) {
    if (range.length > max_read_bytes) continue;
    conformance::Bytes bytes(range.length);
    const auto read = instance_.read(range.address, bytes);
    if (!read && read.error().code != ErrorCode::out_of_bounds) return failed("read", read.error());
    if (read) seen.memory.push_back({range.address, std::move(bytes)});
  }
  return StepResult(std::move(seen));
}

std::variant<StepResult, TargetError> EngineSession::perform(const conformance::JobStep& step) {
  if (const auto* check = std::get_if<conformance::CheckJob>(&step)) return observe(check->read);
  const auto* job = std::get_if<conformance::RunJob>(&step);
  if (job == nullptr) return std::visit(HostStep{instance_}, step);
  if (auto problem = run()) return *std::move(problem);
  return observe(job->read);
}

conformance::Outcome run_on_engine(const Engine& engine, const Job& job, std::chrono::milliseconds time) {
  if (job.block_costs) {
    auto compiled = compile(engine, job);
    if (const auto* module = std::get_if<Module>(&compiled)) return block_costs(*module, *job.block_costs);
    if (auto* error = std::get_if<TargetError>(&compiled)) return std::move(*error);
    return std::get<Rejected>(compiled);
  }
  auto started = EngineSession::start(engine, job, time);
  if (auto* rejected = std::get_if<Rejected>(&started)) return *rejected;
  if (auto* error = std::get_if<TargetError>(&started)) return std::move(*error);
  auto& session = std::get<EngineSession>(started);
  conformance::StepResults results;
  for (std::size_t index = 0; index < job.steps.size(); ++index) {
    auto result = session.perform(job.steps[index]);
    if (const auto* error = std::get_if<TargetError>(&result)) return TargetError{"steps[" + std::to_string(index) + "]: " + error->text};
    results.push_back(std::get<StepResult>(std::move(result)));
  }
  return results;
}

}  // namespace pvm::runner
