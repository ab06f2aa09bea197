// SPDX-License-Identifier: Apache-2.0 OR MIT
// Export to dialect a: one run, the whole state before and after it.
#include <algorithm>
#include <map>

#include "dialect_parts.hpp"
#include "pvm/conformance/compare.hpp"
#include "touched_memory.hpp"

namespace pvm::conformance {
namespace {

constexpr u64 address_space = u64{1} << 32;

const char* flat_status_name(ref::Status status, const Case& c) {
  switch (status) {
    case ref::Status::halt: return "halt";
    case ref::Status::trap: return c.origin && c.origin->variant == "0.3" ? "trap" : "panic";
    case ref::Status::page_fault: return "page-fault";
    case ref::Status::out_of_gas: return "oog";
    default: return "host";
  }
}

bool is_zero(const MemoryBytes& chunk) {
  return std::all_of(chunk.bytes.begin(), chunk.bytes.end(), [](u8 byte) { return byte == 0; });
}

// Runs of bytes that aren't zero.
std::vector<MemoryBytes> non_zero_runs(const std::map<u64, u8>& bytes) {
  std::vector<MemoryBytes> runs;
  for (const auto& [address, byte] : bytes) {
    if (byte == 0) continue;
    const bool goes_on = !runs.empty() && runs.back().address + runs.back().bytes.size() == address;
    if (!goes_on) runs.push_back({address, {}});
    runs.back().bytes.push_back(byte);
  }
  return runs;
}

void overlay(std::map<u64, u8>& bytes, const std::vector<MemoryBytes>& chunks) {
  for (const MemoryBytes& chunk : chunks) {
    for (u64 offset = 0; offset < chunk.bytes.size(); ++offset)
      bytes[chunk.address + offset] = chunk.bytes[static_cast<std::size_t>(offset)];
  }
}

class FlatExport {
 public:
  FlatExport(const Case& c, ref::Semantics semantics)
      : case_(c), semantics_(semantics), gas_model_(ref::is_graypaper(semantics) ? ref::GasModel::instruction_1 : ref::GasModel::flat_1) {}

  Exported run() {
    if (auto refused = check_exportable(case_, semantics_, gas_model_)) return *std::move(refused);
    const auto* execution = std::get_if<Execution>(&case_.body);
    if (!execution) return refuse(ExportProblem::step, "block_costs");
    if (execution->steps.size() != 1 || !std::holds_alternative<RunStep>(execution->steps[0])) {
      return refuse(ExportProblem::step, "not exactly one run");
    }
    const Expectation& expectation = std::get<RunStep>(execution->steps[0]).post;
    if (expectation.any_of.size() != 1) return refuse(ExportProblem::alternatives, "");
    if (!execution->pre.pc) return refuse(ExportProblem::no_pc, "");
    for (const Page& page : execution->pre.pages) {
      if (page.address >= address_space) return refuse(ExportProblem::value_range, "an address of 2^32 or more");
    }
    return write(execution->pre, expectation.any_of.front());
  }

 private:
  NotExported refuse(ExportProblem problem, std::string detail) const { return {case_.id, problem, std::move(detail)}; }

  Exported write(const Pre& pre, const Post& asserted) {
    const bool is_flat_already = case_.origin && case_.origin->dialect == "a";
    Post post = asserted;
    if (!is_flat_already) {
      if (auto refused = complete(post)) return *std::move(refused);
    }
    if (!post.status || !post.regs || !post.gas) return refuse(ExportProblem::not_asserted, "status, regs or gas");
    if (!post.pc || !*post.pc) return refuse(ExportProblem::not_asserted, "pc");
    if (is_flat_already) std::erase_if(post.memory, is_zero);
    ExportedFile file{"", foreign_text(json(pre, post)), {case_.id}, lost(asserted)};
    return file;
  }

  // The members that the dialect demands and the case doesn't assert, from ref; all memory that isn't zero.
  std::optional<NotExported> complete(Post& post) const {
    const Case meant = as_dialect_means(case_, gas_model_);
    const Job job = job_of(meant);
    auto started = RefSession::start(job, RefOptions{}.max_steps);
    auto* session = std::get_if<RefSession>(&started);
    if (!session) return refuse(ExportProblem::memory_mode, "can't be run in paged mode");
    Intervals written;
    for (const MemoryBytes& range : job.pre.memory) written.add(range.address, range.address + range.bytes.size());
    const auto observer = [&](const ref::TraceStep& step, const ref::Memory& memory) {
      note_store(step, memory, written);
      return true;
    };
    auto result = session->perform(job.steps.front(), observer);
    const auto* seen = std::get_if<StepResult>(&result);
    if (!seen) return refuse(ExportProblem::memory_mode, "can't be run in paged mode");
    if (const Comparison comparison = compare(meant, StepResults{*seen}); comparison.verdict != Verdict::pass) {
      return refuse(ExportProblem::memory_mode, comparison.differences.empty() ? comparison.note : to_text(comparison.differences.front()));
    }
    const Observation& actual = std::get<Observation>(*seen);
    if (!post.regs) post.regs = actual.regs;
    if (!post.gas) post.gas = actual.gas;
    if (!post.pc) post.pc = actual.pc;
    // Pages begin with zeros, so that nothing else can be there.
    std::map<u64, u8> memory;
    overlay(memory, read_parts(written, session->memory(), address_space));
    overlay(memory, post.memory);
    post.memory = non_zero_runs(memory);
    return std::nullopt;
  }

  static std::vector<std::string> lost(const Post& post) {
    std::vector<std::string> names;
    if (post.host_call) names.emplace_back("host_call");
    if (post.next_pc) names.emplace_back("next_pc");
    if (post.fault && post.fault->write_protected) names.emplace_back("write_protected");
    return names;
  }

  OrderedJson json(const Pre& pre, const Post& post) const {
    OrderedJson file = OrderedJson::object();
    file["name"] = export_name(case_);
    file["initial-regs"] = pre.regs.value_or(Registers{});
    file["initial-pc"] = *pre.pc;
    file["initial-page-map"] = OrderedJson::array();
    for (const Page& page : pre.pages) file["initial-page-map"].push_back(page_json(page));
    file["initial-memory"] = chunks_json(pre.memory);
    file["initial-gas"] = static_cast<u64>(pre.gas.value_or(ample_gas));
    file["program"] = number_bytes_json(case_.program.bytes);
    file["expected-status"] = flat_status_name(*post.status, case_);
    file["expected-regs"] = *post.regs;
    file["expected-pc"] = **post.pc;
    file["expected-memory"] = chunks_json(post.memory);
    file["expected-gas"] = static_cast<u64>(*post.gas);
    if (post.fault) file["expected-page-fault-address"] = post.fault->address;
    return file;
  }

  const Case& case_;
  ref::Semantics semantics_;
  ref::GasModel gas_model_;
};

}  // namespace

Exported export_flat(const Case& c, ref::Semantics semantics) {
  return FlatExport(c, semantics).run();
}

}  // namespace pvm::conformance
