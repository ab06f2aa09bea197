// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a case to the job that a target is given.
#include "pvm/conformance/job.hpp"

#include <algorithm>

namespace pvm::conformance {
namespace {

// What any of the alternatives wants to know of memory, each range once.
std::vector<ReadRange> ranges_of(const Expectation& expectation) {
  std::vector<ReadRange> ranges;
  for (const Post& post : expectation.any_of) {
    for (const MemoryBytes& memory : post.memory) {
      const ReadRange range{memory.address, static_cast<u32>(memory.bytes.size())};
      if (std::find(ranges.begin(), ranges.end(), range) == ranges.end()) ranges.push_back(range);
    }
  }
  return ranges;
}

struct StepToJob {
  JobStep operator()(const RunStep& step) const { return RunJob{ranges_of(step.post)}; }
  JobStep operator()(const CheckStep& step) const { return CheckJob{ranges_of(step.post)}; }
  JobStep operator()(ReadStep step) const {
    step.ok = true;
    step.bytes.clear();
    return step;
  }
  template <typename HostStep>
  JobStep operator()(HostStep step) const {
    if constexpr (requires { step.ok; }) step.ok = true;
    return step;
  }
};

}  // namespace

Job job_of(const Case& c) {
  Job job;
  job.id = c.id;
  job.semantics = c.semantics;
  job.config = full_config(c.semantics, c.config, c.program.container);
  job.program = c.program.bytes;
  if (const auto* costs = std::get_if<BlockCosts>(&c.body)) {
    job.block_costs.emplace();
    for (const BlockCost& cost : *costs) job.block_costs->push_back(cost.pc);
  } else if (const auto* execution = std::get_if<Execution>(&c.body)) {
    job.pre = execution->pre;
    for (const Step& step : execution->steps) job.steps.push_back(std::visit(StepToJob{}, step));
  }
  return job;
}

}  // namespace pvm::conformance
