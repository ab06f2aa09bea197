// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces as text: for people, and JIP-7.
#include "pvm/ref/decode.hpp"
#include "trace_formats.hpp"

namespace pvm::runner {
namespace {

using conformance::hex_bytes;
using conformance::hex_i64;
using conformance::hex_u64;
using conformance::Observation;
using conformance::Registers;
using conformance::u32;
using conformance::u64;
using conformance::u8;

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 1, ' ');
}

/// The observation after a step of the case; nullptr where there is none (a host step, or the run didn't end).
const Observation* seen_after(const TracedCase& traced, std::size_t step) {
  const auto* results = std::get_if<conformance::StepResults>(&traced.outcome);
  return results != nullptr && step < results->size() ? std::get_if<Observation>(&(*results)[step]) : nullptr;
}

bool host_step_succeeded(const TracedCase& traced, std::size_t step) {
  const auto* results = std::get_if<conformance::StepResults>(&traced.outcome);
  const auto* result = results != nullptr && step < results->size() ? std::get_if<conformance::HostResult>(&(*results)[step]) : nullptr;
  return result != nullptr && result->ok;
}

std::string position_text(const conformance::Position& position) {
  return !position ? "open" : *position ? std::to_string(**position) : std::string("none");
}

std::string outcome_problem(const TracedCase& traced) {
  if (const auto* error = std::get_if<conformance::TargetError>(&traced.outcome)) return "error: " + error->text + "\n";
  if (const auto* rejected = std::get_if<conformance::Rejected>(&traced.outcome)) {
    return "the program is rejected" + (rejected->phase ? ", phase " + std::string(ref::name_of(*rejected->phase)) : std::string()) +
           (rejected->reason ? ", reason " + std::string(ref::name_of(*rejected->reason)) : std::string()) + "\n";
  }
  std::string text;
  if (const auto* costs = std::get_if<conformance::BlockCosts>(&traced.outcome)) {
    for (const auto& block : *costs) text += "block at " + std::to_string(block.pc) + " costs " + std::to_string(block.cost) + "\n";
  }
  return text;
}

// --- for people ---

std::string access_text(const char* word, const std::optional<conformance::MemoryAccess>& access) {
  if (!access) return "";
  return "  " + std::string(word) + " " + hex_u64(access->address) + "+" + std::to_string(access->size) + ": " + hex_u64(access->value);
}

std::string changes(const Registers& before, const Registers& after) {
  std::string text;
  for (u8 number = 0; number < 13; ++number) {
    if (before[number] != after[number]) text += "  " + std::string(ref::register_name(number)) + " := " + hex_u64(after[number]);
  }
  return text;
}

std::string exit_text(const Observation& seen) {
  std::string text = "=> " + std::string(seen.status ? ref::name_of(*seen.status) : "?") + ", pc " + position_text(seen.pc) + ", next pc " +
                     position_text(seen.next_pc);
  if (seen.gas) text += ", gas " + hex_i64(*seen.gas);
  if (seen.host_call) text += ", host call " + hex_u64(*seen.host_call);
  if (seen.fault) text += ", fault at " + hex_u64(seen.fault->address);
  if (seen.fault && seen.fault->write_protected) text += *seen.fault->write_protected ? " (write-protected)" : " (absent)";
  text += "\n";
  for (u8 number = 0; seen.regs && number < 13; ++number) {
    if ((*seen.regs)[number] != 0)
      text += "   " + padded(std::string(ref::register_name(number)), 4) + hex_u64((*seen.regs)[number]) + "\n";
  }
  for (const auto& part : seen.memory) text += "   at " + hex_u64(part.address) + ": " + hex_bytes(part.bytes) + "\n";
  return text;
}

struct HostStepText {
  bool ok;
  std::string failed() const { return ok ? "\n" : " (refused)\n"; }
  std::string operator()(const conformance::RunStep&) const { return "run\n"; }
  std::string operator()(const conformance::CheckStep&) const { return "check\n"; }
  std::string operator()(const conformance::SetRegStep& step) const {
    return "set " + std::string(ref::register_name(static_cast<u8>(step.reg))) + " to " + hex_u64(step.value) + "\n";
  }
  std::string operator()(const conformance::SetPcStep& step) const { return "set pc to " + std::to_string(step.pc) + "\n"; }
  std::string operator()(const conformance::SetGasStep& step) const { return "set gas to " + hex_i64(step.gas) + "\n"; }
  std::string operator()(const conformance::WriteStep& step) const {
    return "write " + hex_bytes(step.bytes) + " to " + hex_u64(step.address) + failed();
  }
  std::string operator()(const conformance::ReadStep& step) const {
    return "read " + std::to_string(step.length) + " bytes from " + hex_u64(step.address) + failed();
  }
  std::string operator()(const conformance::MapStep& step) const {
    return "map " + range(step.address, step.length) + (step.writable ? ", writable" : "") + failed();
  }
  std::string operator()(const conformance::ProtectStep& step) const {
    return "protect " + range(step.address, step.length) + (step.writable ? ", writable" : ", read-only") + failed();
  }
  std::string operator()(const conformance::UnmapStep& step) const { return "unmap " + range(step.address, step.length) + failed(); }
  static std::string range(u64 address, u32 length) { return hex_u64(address) + "+" + std::to_string(length); }
};

std::string instruction_lines(const TracedCase& traced, std::size_t case_step, std::size_t& at) {
  std::string text;
  const Observation* end = seen_after(traced, case_step);
  for (; at < traced.steps.size() && traced.steps[at].step_index == case_step; ++at) {
    const auto& step = traced.steps[at];
    const bool last = at + 1 == traced.steps.size() || traced.steps[at + 1].step_index != case_step;
    text += padded(std::to_string(at + 1), 7) + padded("pc " + std::to_string(step.pc), 10) +
            padded("gas " + std::to_string(step.gas), 17) + padded(step.text, 34);
    text += access_text("load", step.load) + access_text("store", step.store);
    if (!last) text += changes(step.regs, traced.steps[at + 1].regs);
    if (last && end != nullptr && end->regs) text += changes(step.regs, *end->regs);
    while (text.ends_with(' ')) text.pop_back();
    text += "\n";
  }
  return text;
}

// --- JIP-7 ---

/// Two digits, as the draft has it.
std::string jip7_register(u32 number) {
  return (number < 10 ? "r0" : "r") + std::to_string(number);
}

std::string jip7_state(std::optional<u32> pc, std::optional<conformance::i64> gas, const std::optional<Registers>& regs) {
  std::string text;
  if (pc) text += " pc=" + std::to_string(*pc);
  if (gas) text += " gas=" + std::to_string(*gas);
  for (u32 number = 0; regs && number < 13; ++number) {
    if ((*regs)[number] != 0) text += " " + jip7_register(number) + "=" + hex_u64((*regs)[number]);
  }
  return text;
}

std::string jip7_write(u64 address, const conformance::Bytes& bytes) {
  return "memwrite " + hex_u64(address) + " len=" + std::to_string(bytes.size()) + " <- 0x" + hex_bytes(bytes) + "\n";
}

std::string jip7_exit(const Observation& seen) {
  const auto position = seen.pc ? *seen.pc : std::nullopt;
  const std::string state = jip7_state(position, seen.gas, seen.regs) + "\n";
  if (!seen.status) return "";
  switch (*seen.status) {
    case ref::Status::halt: return "HALT" + state;
    case ref::Status::trap: return "PANIC=0" + state;
    case ref::Status::out_of_gas: return "OOG" + state;
    case ref::Status::host_call: return "ecalli=" + std::to_string(seen.host_call.value_or(0)) + state;
    case ref::Status::page_fault: return "FAULT=" + hex_u64(seen.fault ? seen.fault->address : 0) + state;
    case ref::Status::no_pc: break;
  }
  return "";
}

std::string jip7_host_step(const TracedCase& traced, std::size_t index) {
  const conformance::Step& step = std::get<conformance::Execution>(traced.subject.body).steps[index];
  const bool ok = host_step_succeeded(traced, index);
  if (const auto* set_reg = std::get_if<conformance::SetRegStep>(&step)) {
    return "setreg " + jip7_register(set_reg->reg) + " <- " + hex_u64(set_reg->value) + "\n";
  }
  if (const auto* set_gas = std::get_if<conformance::SetGasStep>(&step)) return "setgas <- " + std::to_string(set_gas->gas) + "\n";
  if (const auto* write = std::get_if<conformance::WriteStep>(&step)) return ok ? jip7_write(write->address, write->bytes) : "";
  const auto* read = std::get_if<conformance::ReadStep>(&step);
  if (read == nullptr || !ok) return "";
  const auto& result = std::get<conformance::HostResult>(std::get<conformance::StepResults>(traced.outcome)[index]);
  return "memread " + hex_u64(read->address) + " len=" + std::to_string(read->length) + " -> 0x" +
         hex_bytes(result.bytes.value_or(conformance::Bytes{})) + "\n";
}

}  // namespace

std::string trace_as_text(const TracedCase& traced) {
  std::string text = traced.subject.id + "\n" + traced.subject.why + "\n\n";
  const auto* execution = std::get_if<conformance::Execution>(&traced.subject.body);
  std::size_t at = 0;
  for (std::size_t index = 0; execution != nullptr && index < execution->steps.size(); ++index) {
    text += "-- " + std::visit(HostStepText{host_step_succeeded(traced, index)}, execution->steps[index]);
    text += instruction_lines(traced, index, at);
    if (const Observation* seen = seen_after(traced, index)) text += exit_text(*seen);
  }
  return text + outcome_problem(traced);
}

std::string trace_as_jip7(const TracedCase& traced) {
  std::string text = "program 0x" + hex_bytes(traced.subject.program.bytes) + "\n";
  const auto* execution = std::get_if<conformance::Execution>(&traced.subject.body);
  if (execution == nullptr) return text;
  for (const auto& part : execution->pre.memory) text += jip7_write(part.address, part.bytes);
  std::optional<Registers> regs = execution->pre.regs;
  if (!traced.steps.empty()) regs = traced.steps.front().regs;
  text += "start" + jip7_state(execution->pre.pc, execution->pre.gas.value_or(conformance::ample_gas), regs) + "\n";
  for (std::size_t index = 0; index < execution->steps.size(); ++index) {
    const bool is_run = std::holds_alternative<conformance::RunStep>(execution->steps[index]);
    const Observation* seen = is_run ? seen_after(traced, index) : nullptr;
    text += seen != nullptr ? jip7_exit(*seen) : jip7_host_step(traced, index);
  }
  return text;
}

}  // namespace pvm::runner
