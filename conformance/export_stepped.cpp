// SPDX-License-Identifier: Apache-2.0 OR MIT
// Export to dialect c: the steps one by one, and the block costs of the same program.
#include <set>

#include "dialect_parts.hpp"
#include "pvm/conformance/compare.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::conformance {
namespace {

constexpr u64 address_space = u64{1} << 32;

const char* stepped_status_name(ref::Status status) {
  switch (status) {
    case ref::Status::halt: return "halt";
    case ref::Status::trap: return "panic";
    case ref::Status::page_fault: return "page-fault";
    case ref::Status::out_of_gas: return "out-of-gas";
    default: return "ecalli";
  }
}

OrderedJson tagged(const char* tag, OrderedJson content) {
  OrderedJson json = OrderedJson::object();
  json[tag] = std::move(content);
  return json;
}

// Writes the steps of one case; stops at the first that the dialect lacks.
class StepWriter {
 public:
  OrderedJson steps = OrderedJson::array();
  std::set<std::string> lost;
  std::optional<std::pair<ExportProblem, std::string>> problem;

  void prepare(const Pre& pre) {
    for (const Page& page : pre.pages) (*this)(MapStep{page.address, page.length, page.writable, true});
    for (const MemoryBytes& memory : pre.memory) (*this)(WriteStep{memory.address, memory.bytes, true});
    for (u32 reg = 0; pre.regs && reg < pre.regs->size(); ++reg) {
      if ((*pre.regs)[reg] != 0) (*this)(SetRegStep{reg, (*pre.regs)[reg]});
    }
  }

  void operator()(const RunStep& step) {
    steps.push_back(tagged("run", OrderedJson::object()));
    if (step.post != Expectation{}) add_assert(step.post);
  }
  void operator()(const CheckStep& step) { add_assert(step.post); }
  void operator()(const SetRegStep& step) {
    steps.push_back(tagged("set-reg", OrderedJson::object({{"reg", step.reg}, {"value", step.value}})));
  }
  void operator()(const WriteStep& step) {
    if (!check(step.ok, step.address)) return;
    steps.push_back(tagged("write", chunk_json({step.address, step.bytes})));
  }
  void operator()(const MapStep& step) {
    if (!check(step.ok, step.address)) return;
    steps.push_back(tagged("map", page_json({step.address, step.length, step.writable})));
  }
  // A read that succeeds is an assertion about memory.
  void operator()(const ReadStep& step) {
    if (!check(step.ok, step.address) || step.bytes.empty()) return;
    Post post;
    post.memory = {{step.address, step.bytes}};
    add_assert({{std::move(post)}});
  }
  void operator()(const SetPcStep&) { refuse(ExportProblem::step, "set_pc"); }
  void operator()(const SetGasStep&) { refuse(ExportProblem::step, "set_gas"); }
  void operator()(const ProtectStep&) { refuse(ExportProblem::step, "protect"); }
  void operator()(const UnmapStep&) { refuse(ExportProblem::step, "unmap"); }

 private:
  void refuse(ExportProblem why, std::string detail) {
    if (!problem) problem.emplace(why, std::move(detail));
  }

  bool check(bool ok, u64 address) {
    if (!ok) refuse(ExportProblem::failing_step, "");
    if (address >= address_space) refuse(ExportProblem::value_range, "an address of 2^32 or more");
    return !problem;
  }

  void add_assert(const Expectation& expectation) {
    if (expectation.any_of.size() != 1) return refuse(ExportProblem::alternatives, "");
    const Post& post = expectation.any_of.front();
    OrderedJson json = OrderedJson::object();
    if (post.status) json["status"] = stepped_status_name(*post.status);
    if (post.gas) json["gas"] = *post.gas;
    if (post.pc && *post.pc) json["pc"] = **post.pc;
    if (post.regs) json["regs"] = *post.regs;
    // Files of the dialect's own generator list memory even where there is none.
    if (post.regs || !post.memory.empty()) json["memory"] = chunks_json(post.memory);
    if (post.fault) json["page-fault-address"] = post.fault->address;
    if (post.host_call) json["hostcall"] = *post.host_call;
    if (post.pc && !*post.pc) lost.insert("pc");
    if (post.next_pc) lost.insert("next_pc");
    if (post.fault && post.fault->write_protected) lost.insert("write_protected");
    steps.push_back(tagged("assert", std::move(json)));
  }
};

NotExported refusal(const Case& c, ExportProblem problem, std::string detail) {
  return {c.id, problem, std::move(detail)};
}

// A file always means paged memory and pipeline-1. A case of ours that doesn't say so must come out the same there; one that was
// imported says what such a file said, true or not.
std::optional<NotExported> check_meaning(const Case& c) {
  const Case meant = as_dialect_means(c, ref::GasModel::pipeline_1);
  if (c.origin || meant.config == c.config) return std::nullopt;
  const Comparison comparison = compare(meant, run_on_ref(meant));
  if (comparison.verdict == Verdict::pass) return std::nullopt;
  return refusal(c, ExportProblem::memory_mode, comparison.differences.empty() ? comparison.note : to_text(comparison.differences.front()));
}

}  // namespace

Exported export_stepped(const ExportUnit& unit) {
  const Case& first = unit.execution ? *unit.execution : *unit.block_costs;
  ExportedFile file;
  OrderedJson json = OrderedJson::object();
  json["name"] = export_name(first);
  json["initial-pc"] = 0;
  json["initial-gas"] = ample_gas;
  json["program"] = number_bytes_json(first.program.bytes);
  json["steps"] = OrderedJson::array();
  json["block-gas-costs"] = OrderedJson::array();
  for (const Case* c : {unit.execution, unit.block_costs}) {
    if (!c) continue;
    if (auto refused = check_exportable(*c, ref::Semantics::jam_1, ref::GasModel::pipeline_1)) return *std::move(refused);
    file.ids.push_back(c->id);
  }
  if (unit.execution) {
    const Execution& execution = std::get<Execution>(first.body);
    if (!execution.pre.pc) return refusal(first, ExportProblem::no_pc, "");
    StepWriter writer;
    writer.prepare(execution.pre);
    for (const Step& step : execution.steps) std::visit(writer, step);
    if (writer.problem) return refusal(first, writer.problem->first, writer.problem->second);
    if (auto refused = check_meaning(first)) return *std::move(refused);
    json["initial-pc"] = *execution.pre.pc;
    json["initial-gas"] = execution.pre.gas.value_or(ample_gas);
    json["steps"] = std::move(writer.steps);
    file.lost.assign(writer.lost.begin(), writer.lost.end());
  }
  if (unit.block_costs) {
    for (const BlockCost& cost : std::get<BlockCosts>(unit.block_costs->body)) {
      json["block-gas-costs"].push_back(OrderedJson::object({{"pc", cost.pc}, {"cost", cost.cost}}));
    }
  }
  file.text = foreign_text(json);
  return file;
}

}  // namespace pvm::conformance
