// SPDX-License-Identifier: Apache-2.0 OR MIT
// The rules between a case's members that its shape alone doesn't express.
#include <algorithm>
#include <limits>
#include <set>

#include "pvm/conformance/json_io.hpp"

namespace pvm::conformance {
namespace {

using Complaint = std::optional<ParseError>;

Complaint complain(std::string place, std::string reason) {
  return ParseError{"", std::move(place), std::move(reason)};
}

bool has_only(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
  });
}

Complaint check_id(const Case& c) {
  if (!has_only(c.id, "_./-")) return complain("/id", "must consist of a-z, 0-9, _, ., / and -");
  const std::string prefix = c.origin ? "import-" + c.origin->dialect + "/" : std::string(ref::name_of(c.semantics)) + "/";
  if (!c.id.starts_with(prefix) || c.id.size() == prefix.size()) return complain("/id", "must begin with \"" + prefix + "\"");
  return {};
}

Complaint check_texts(const Case& c) {
  if (c.why.empty()) return complain("/why", "must say something");
  if (c.clauses.empty() && !c.origin) return complain("/clauses", "must name a clause");
  std::set<std::string> seen;
  for (std::size_t index = 0; index < c.clauses.size(); ++index) {
    const std::string place = "/clauses/" + std::to_string(index);
    if (!has_only(c.clauses[index], "_.")) return complain(place, "must be the id of a clause: a-z, 0-9, _ and .");
    if (!seen.insert(c.clauses[index]).second) return complain(place, "duplicate clause");
  }
  const std::vector<std::string> needs = needs_of(c);
  if (c.needs != needs) {
    std::string list;
    for (const std::string& need : needs) list += (list.empty() ? "\"" : ", \"") + need + "\"";
    return complain("/requires", "must be [" + list + "], which is what the other members need");
  }
  return {};
}

Complaint check_config(const Case& c) {
  if (c.config.memory_cost && c.config.gas_model != ref::GasModel::pipeline_1) {
    return complain("/config/memory_cost", "has a meaning with gas_model pipeline-1 only");
  }
  return {};
}

Complaint check_memory(const std::vector<MemoryBytes>& memory, const std::string& place) {
  for (std::size_t index = 0; index < memory.size(); ++index) {
    const std::string here = place + "/memory/" + std::to_string(index);
    if (memory[index].bytes.empty()) return complain(here + "/bytes", "must have a byte");
    if (memory[index].address > (u64{1} << 32) - memory[index].bytes.size()) return complain(here, "must lie below 2^32");
  }
  return {};
}

Complaint check_pre(const Case& c, const Pre& pre) {
  const bool paged = c.config.dynamic_paging || ref::is_graypaper(c.semantics);
  if (!pre.pages.empty() && !paged) return complain("/pre/pages", "needs config.dynamic_paging");
  return check_memory(pre.memory, "/pre");
}

// Which members can stand beside a status.
Complaint check_status(const Case& c, const Post& post, bool is_run, const std::string& place) {
  if (!post.status) {
    if (is_run && !c.origin) return complain(place, "lacks member \"status\"");
    return {};
  }
  if (post.fault && post.status != ref::Status::page_fault) return complain(place + "/fault", "needs status page_fault");
  if (post.host_call && post.status != ref::Status::host_call) return complain(place + "/host_call", "needs status host_call");
  return {};
}

Complaint check_post(const Case& c, const Post& post, bool is_run, const std::string& place) {
  if (auto complaint = check_status(c, post, is_run, place)) return complaint;
  if (post.gas && !c.config.gas_model) return complain(place + "/gas", "needs config.gas_model");
  if (post.regs && ref::register_bits(c.semantics) == 32) {
    for (std::size_t reg = 0; reg < post.regs->size(); ++reg) {
      const bool fits = (*post.regs)[reg] <= std::numeric_limits<u32>::max();
      if (!fits) return complain(place + "/regs/" + std::to_string(reg), "must fit in the version's 32-bit registers");
    }
  }
  return check_memory(post.memory, place);
}

Complaint check_expectation(const Case& c, const Expectation& expectation, bool is_run, const std::string& place) {
  if (expectation.any_of.empty()) return complain(place + "/any_of", "must have two alternatives or more");
  if (expectation.any_of.size() == 1) return check_post(c, expectation.any_of.front(), is_run, place);
  for (std::size_t index = 0; index < expectation.any_of.size(); ++index) {
    const std::string here = place + "/any_of/" + std::to_string(index);
    if (auto complaint = check_post(c, expectation.any_of[index], is_run, here)) return complaint;
  }
  return {};
}

Complaint check_step(const Case& c, const Step& step, const std::string& place) {
  if (const auto* run = std::get_if<RunStep>(&step)) return check_expectation(c, run->post, true, place + "/post");
  if (const auto* check = std::get_if<CheckStep>(&step)) return check_expectation(c, check->post, false, place + "/post");
  if (const auto* read = std::get_if<ReadStep>(&step)) {
    if (read->bytes.size() != (read->ok ? read->length : 0))
      return complain(place + "/bytes", "must have \"length\" bytes, or none where not ok");
  }
  if (const auto* set = std::get_if<SetRegStep>(&step); set && set->reg > 12) return complain(place + "/reg", "must be 0 to 12");
  return {};
}

Complaint check_execution(const Case& c, const Execution& execution) {
  if (auto complaint = check_pre(c, execution.pre)) return complaint;
  if (execution.steps.empty() && !c.origin) return complain("/steps", "must have a step");
  for (std::size_t index = 0; index < execution.steps.size(); ++index) {
    if (auto complaint = check_step(c, execution.steps[index], "/steps/" + std::to_string(index))) return complaint;
  }
  return {};
}

Complaint check_rejected(const Rejected& rejected) {
  if (!rejected.phase) return complain("/rejected", "lacks member \"phase\"");
  if (!rejected.reason) return complain("/rejected", "lacks member \"reason\"");
  if (ref::phase_of(*rejected.reason) != *rejected.phase) return complain("/rejected/phase", "isn't the phase of that reason");
  return {};
}

Complaint check_block_costs(const Case& c, const BlockCosts& costs) {
  if (costs.empty()) return complain("/block_costs", "must have an element");
  if (!c.config.gas_model) return complain("/config", "lacks member \"gas_model\", which block_costs needs");
  std::set<u32> seen;
  for (std::size_t index = 0; index < costs.size(); ++index) {
    if (!seen.insert(costs[index].pc).second) return complain("/block_costs/" + std::to_string(index) + "/pc", "duplicate pc");
  }
  return {};
}

}  // namespace

std::optional<ParseError> check_case(const Case& c) {
  if (auto complaint = check_id(c)) return complaint;
  if (auto complaint = check_texts(c)) return complaint;
  if (auto complaint = check_config(c)) return complaint;
  if (const auto* execution = std::get_if<Execution>(&c.body)) return check_execution(c, *execution);
  if (const auto* rejected = std::get_if<Rejected>(&c.body)) return check_rejected(*rejected);
  return check_block_costs(c, std::get<BlockCosts>(c.body));
}

}  // namespace pvm::conformance
