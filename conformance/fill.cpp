// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a case must expect, computed with the reference interpreter.
#include "pvm/conformance/ref_target.hpp"
#include "touched_memory.hpp"

namespace pvm::conformance {
namespace {

class Filler {
 public:
  Filler(Case& c, const FillOptions& options) : case_(c), options_(options) {}

  std::optional<std::string> fill() {
    const Job job = job_of(case_);
    auto started = RefSession::start(job, options_.ref.max_steps);
    if (auto* error = std::get_if<TargetError>(&started)) return error->text;
    if (auto* rejected = std::get_if<Rejected>(&started)) return fill_rejected(*rejected);
    if (std::holds_alternative<Rejected>(case_.body)) return "the program is accepted, but the case says that it's rejected";
    RefSession& session = std::get<RefSession>(started);
    if (job.block_costs) return fill_costs(session, *job.block_costs);
    std::vector<Step>& steps = std::get<Execution>(case_.body).steps;
    for (std::size_t index = 0; index < steps.size(); ++index) {
      if (auto error = fill_step(session, job.steps[index], steps[index])) return "steps[" + std::to_string(index) + "]: " + *error;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> fill_rejected(const Rejected& rejected) {
    if (!std::holds_alternative<Rejected>(case_.body)) {
      return "the program is rejected: " + std::string(ref::name_of(rejected.reason.value()));
    }
    case_.body = rejected;
    return std::nullopt;
  }

  std::optional<std::string> fill_costs(const RefSession& session, const std::vector<u32>& positions) {
    auto costs = session.block_costs(positions);
    if (auto* error = std::get_if<TargetError>(&costs)) return error->text;
    case_.body = std::get<BlockCosts>(std::move(costs));
    return std::nullopt;
  }

  std::optional<std::string> fill_step(RefSession& session, const JobStep& job_step, Step& step) {
    Intervals touched;
    const auto observer = [&](const ref::TraceStep& trace, const ref::Memory& memory) {
      note_store(trace, memory, touched);
      return true;
    };
    auto result = session.perform(job_step, observer);
    if (auto* error = std::get_if<TargetError>(&result)) return error->text;
    const StepResult& seen = std::get<StepResult>(result);
    if (auto* run = std::get_if<RunStep>(&step)) {
      fill_expectation(session, run->post, std::get<Observation>(seen), touched);
    } else if (auto* check = std::get_if<CheckStep>(&step)) {
      fill_expectation(session, check->post, std::get<Observation>(seen), touched);
    } else {
      fill_host_step(step, std::get<HostResult>(seen));
    }
    return std::nullopt;
  }

  void fill_expectation(const RefSession& session, Expectation& expectation, const Observation& seen, Intervals& wanted) const {
    if (expectation.any_of.size() != 1) return;
    Post& post = expectation.any_of.front();
    // [gas.async] How far a guest has come when an asynchronous counter is found empty is left open.
    if (seen.status == ref::Status::out_of_gas && case_.config.metering == ref::Metering::async) {
      post = Post{};
      post.status = seen.status;
      return;
    }
    for (const MemoryBytes& range : post.memory) wanted.add(range.address, range.address + range.bytes.size());
    post = seen;
    if (!case_.config.gas_model) post.gas.reset();
    post.memory = read_parts(wanted, session.memory(), options_.max_range_bytes);
  }

  static void fill_host_step(Step& step, const HostResult& seen) {
    const auto set = [&](auto& host_step) {
      if constexpr (requires { host_step.ok; }) host_step.ok = seen.ok;
    };
    std::visit(set, step);
    if (auto* read = std::get_if<ReadStep>(&step)) read->bytes = seen.bytes.value_or(Bytes{});
  }

  Case& case_;
  const FillOptions& options_;
};

}  // namespace

std::optional<std::string> fill_expectations(Case& c, const FillOptions& options) {
  Case filled = c;
  if (auto error = Filler(filled, options).fill()) return error;
  filled.needs = needs_of(filled);
  filled.disassembly = disassemble(filled);
  c = std::move(filled);
  return std::nullopt;
}

}  // namespace pvm::conformance
