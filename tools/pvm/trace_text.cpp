// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces for people.
#include "files.hpp"
#include "format.hpp"
#include "places.hpp"
#include "pvm/ref/decode.hpp"
#include "ref_session.hpp"
#include "trace_writer.hpp"

namespace pvm::command {
namespace {

std::string access_text(const char* word, const std::optional<conformance::MemoryAccess>& access) {
  if (!access) return "";
  return "  " + std::string(word) + " " + hex(access->address) + "+" + std::to_string(access->size) + ": " + hex(access->value);
}

std::string changes(const Registers& before, const Registers& after) {
  std::string text;
  for (u8 number = 0; number < 13; ++number) {
    if (before[number] != after[number]) text += "  " + std::string(ref::register_name(number)) + " := " + hex(after[number]);
  }
  return text;
}

/// The first bytes of what the host has read or written, as text.
std::string excerpt(const std::vector<u8>& bytes) {
  constexpr std::size_t max_bytes = 32;
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string text;
  for (const char c : all.substr(0, max_bytes)) {
    if (c == '"' || c == '\\')
      text += std::string("\\") + c;
    else if (c == '\n')
      text += "\\n";
    else
      text += static_cast<unsigned char>(c) < 0x80 ? printable({&c, 1}) : "\\x" + hex_padded(static_cast<u8>(c), 2).substr(2);
  }
  return "\"" + text + "\"" + (all.size() > max_bytes ? "..." : "");
}

/// Arguments that a function of the environment has.
u32 argument_count(std::string_view name) {
  if (name == "pvm_write" || name == "pvm_read") return 3;
  if (name == "pvm_args") return 2;
  return name == "pvm_exit" ? 1 : 0;
}

std::string call_text(const HostCall& call) {
  std::string text = "-- " + (call.name.empty() ? "host call " + std::to_string(call.number) : printable(call.name)) + "(";
  const u32 count = argument_count(call.name);
  for (u32 n = 0; n < count; ++n) text += (n == 0 ? "" : ", ") + hex(call.before[7 + n]);
  text += ")";
  for (const auto& [number, value] : call.set_registers) text += (number == 7 ? " = " : ", a1 = ") + hex(value);
  for (const HostCall::Access& access : call.accesses) {
    text += std::string(access.is_write ? "  writes " : "  reads ") + std::to_string(access.bytes.size()) + " at " + hex(access.address) +
            ": " + excerpt(access.bytes);
  }
  return text + "\n";
}

class TextTrace : public TraceWriter {
 public:
  TextTrace(const std::string& path, const ProgramFile& blob, const ref::Program& program, bool with_gas)
      : file_(path), blob_(blob), program_(program), with_gas_(with_gas) {}

  void start(u32 pc, i64 gas, const Registers& registers) override {
    file_.append("-- start at pc " + std::to_string(pc) + gas_text(gas) + changes({}, registers) + "\n");
  }

  void step(const ref::TraceStep& step, const ref::Memory& memory) override {
    complete(step.registers);
    const auto accesses = conformance::accesses_of(step.instruction, step.registers, memory);
    line_ = padded(std::to_string(++count_), 7) + padded("pc " + std::to_string(step.pc), 11);
    if (with_gas_) line_ += padded("gas " + std::to_string(step.gas), 17);
    line_ += padded(ref::disassemble(program_, step.instruction), 34) + access_text("load", accesses.load) +
             access_text("store", accesses.store);
    before_ = step.registers;
  }

  void host_call(const HostCall& call) override {
    complete(call.before);
    if (count_ == 0) file_.append("pc " + padded(std::to_string(call.pc), 8) + gas_text(call.gas));
    file_.append(call_text(call));
  }

  std::optional<Problem> finish(const Execution& execution) override {
    complete(execution.registers);
    std::string text = "=> " + std::string(name_of(execution.end));
    if (execution.end == End::exited) text += " with code " + std::to_string(execution.exit_code);
    if (execution.end == End::returned) text += ", a0 " + hex(execution.registers[7]);
    if (execution.end == End::page_fault) text += " at " + hex(execution.fault_address);
    if (execution.pc)
      text += ", pc " + std::to_string(*execution.pc) + " (" + to_text(place_of(program_, blob_.bytes, *execution.pc)) + ")";
    file_.append(text + gas_text(execution.gas_left) + "\n");
    return file_.commit();
  }

 private:
  std::string gas_text(i64 gas) const { return with_gas_ ? " gas " + std::to_string(gas) + " " : std::string(); }

  /// Ends the line of the last instruction, now that its results are known.
  void complete(const Registers& after) {
    if (line_.empty()) return;
    line_ += changes(before_, after);
    line_.erase(line_.find_last_not_of(' ') + 1);
    file_.append(line_ + "\n");
    line_.clear();
  }

  OutputFile file_;
  const ProgramFile& blob_;
  const ref::Program& program_;
  bool with_gas_;
  u64 count_ = 0;
  std::string line_;
  Registers before_{};
};

}  // namespace

std::unique_ptr<TraceWriter> make_text_trace(const std::string& path, const ProgramFile& file, const ref::Program& program, bool with_gas) {
  return std::make_unique<TextTrace>(path, file, program, with_gas);
}

}  // namespace pvm::command
