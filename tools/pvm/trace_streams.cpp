// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces as modular streams: one fixed-width file per field.
#include <filesystem>
#include <map>

#include "files.hpp"
#include "ref_session.hpp"
#include "trace_writer.hpp"

namespace pvm::command {
namespace {

void append(OutputFile& stream, u64 value, u32 bytes) {
  std::array<u8, 8> little_endian{};
  for (u32 index = 0; index < bytes; ++index) little_endian.at(index) = static_cast<u8>(value >> (8 * index));
  stream.append(std::span<const u8>(little_endian).first(bytes));
}

void append(OutputFile& stream, const std::optional<conformance::MemoryAccess>& access) {
  append(stream, access ? access->address : 0, 4);
  append(stream, access ? access->value : 0, 8);
}

class StreamTrace : public TraceWriter {
 public:
  StreamTrace(const std::string& directory, const ref::Program& program) : program_(program) {
    std::error_code failure;
    std::filesystem::create_directories(directory, failure);  // where that fails the files say so
    const auto file = [&](const std::string& name) { return std::make_unique<OutputFile>(directory + "/" + name); };
    opcode_ = file("opcode"), pc_ = file("pc"), gas_ = file("gas"), loads_ = file("loads"), stores_ = file("stores");
    for (std::size_t number = 0; number < registers_.size(); ++number) registers_.at(number) = file("r" + std::to_string(number));
  }

  void start(u32, i64, const Registers&) override {}

  void step(const ref::TraceStep& step, const ref::Memory& memory) override {
    complete(step.registers, step.gas);
    const auto accesses = conformance::accesses_of(step.instruction, step.registers, memory);
    append(*opcode_, program_.byte_at(step.pc), 1);
    append(*pc_, step.pc, 8);
    append(*loads_, accesses.load);
    append(*stores_, accesses.store);
    is_open_ = true;
  }

  void host_call(const HostCall& call) override { complete(call.before, call.gas); }

  std::optional<Problem> finish(const Execution& execution) override {
    complete(execution.registers, execution.gas_left);
    std::optional<Problem> problem;
    const auto commit = [&](OutputFile& file) {
      const auto failed = file.commit();
      if (!problem) problem = failed;
    };
    for (OutputFile* file : {opcode_.get(), pc_.get(), gas_.get(), loads_.get(), stores_.get()}) commit(*file);
    for (const auto& file : registers_) commit(*file);
    return problem;
  }

 private:
  /// Writes what the last step has made of registers and gas.
  void complete(const Registers& registers, i64 gas) {
    if (!is_open_) return;
    for (std::size_t number = 0; number < registers.size(); ++number) append(*registers_.at(number), registers.at(number), 8);
    append(*gas_, static_cast<u64>(gas), 8);
    is_open_ = false;
  }

  const ref::Program& program_;
  std::unique_ptr<OutputFile> opcode_, pc_, gas_, loads_, stores_;
  std::array<std::unique_ptr<OutputFile>, 13> registers_;
  bool is_open_ = false;  ///< A step waits for its results.
};

}  // namespace

std::unique_ptr<TraceWriter> make_stream_trace(const std::string& directory, const ref::Program& program) {
  return std::make_unique<StreamTrace>(directory, program);
}

}  // namespace pvm::command
