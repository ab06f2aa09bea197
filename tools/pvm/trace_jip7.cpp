// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces in the text format of JIP-7 (draft).
#include "files.hpp"
#include "format.hpp"
#include "pvm/conformance/hex.hpp"
#include "trace_writer.hpp"

namespace pvm::command {
namespace {

/// Two digits, as the draft has it.
std::string register_text(u32 number) {
  return (number < 10 ? "r0" : "r") + std::to_string(number);
}

std::string state_text(std::optional<u32> pc, i64 gas, const Registers& registers) {
  std::string text = (pc ? " pc=" + std::to_string(*pc) : "") + " gas=" + std::to_string(gas);
  for (u32 number = 0; number < 13; ++number) {
    if (registers[number] != 0) text += " " + register_text(number) + "=" + hex(registers[number]);
  }
  return text + "\n";
}

std::string end_text(const Execution& execution) {
  switch (execution.end) {
    case End::returned: return "HALT";
    case End::trap: return "PANIC=0";
    case End::out_of_gas: return "OOG";
    case End::page_fault: return "FAULT=" + hex(execution.fault_address);
    case End::exited: return "EXIT=" + std::to_string(execution.exit_code);
    default: return "STOP=" + std::string(name_of(execution.end));
  }
}

class Jip7Trace : public TraceWriter {
 public:
  Jip7Trace(const std::string& path, const std::vector<u8>& blob) : file_(path) {
    file_.append("program 0x" + conformance::hex_bytes(blob) + "\n");
  }

  void start(u32 pc, i64 gas, const Registers& registers) override { file_.append("start" + state_text(pc, gas, registers)); }

  void step(const ref::TraceStep&, const ref::Memory&) override {}  // the draft has no line for it

  void host_call(const HostCall& call) override {
    file_.append("ecalli=" + std::to_string(call.number) + state_text(call.pc, call.gas, call.before));
    for (const HostCall::Access& access : call.accesses) {
      file_.append((access.is_write ? "memwrite " : "memread ") + hex(access.address) + " len=" + std::to_string(access.bytes.size()) +
                   (access.is_write ? " <- 0x" : " -> 0x") + conformance::hex_bytes(access.bytes) + "\n");
    }
    for (const auto& [number, value] : call.set_registers) file_.append("setreg " + register_text(number) + " <- " + hex(value) + "\n");
  }

  std::optional<Problem> finish(const Execution& execution) override {
    file_.append(end_text(execution) + state_text(execution.pc, execution.gas_left, execution.registers));
    return file_.commit();
  }

 private:
  OutputFile file_;
};

}  // namespace

std::unique_ptr<TraceWriter> make_jip7_trace(const std::string& path, const std::vector<u8>& blob) {
  return std::make_unique<Jip7Trace>(path, blob);
}

}  // namespace pvm::command
