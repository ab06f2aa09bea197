// SPDX-License-Identifier: Apache-2.0 OR MIT
// Traces of runs in the formats that are in use, written while the guest runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "execution.hpp"

namespace pvm::command {

/// Takes what happens in a run, in its order.
class TraceWriter {
 public:
  TraceWriter() = default;
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;
  virtual ~TraceWriter() = default;
  virtual void start(u32 pc, i64 gas, const Registers& registers) = 0;
  /// Before an instruction; `memory` is for looking up what it loads.
  virtual void step(const ref::TraceStep& step, const ref::Memory& memory) = 0;
  virtual void host_call(const HostCall& call) = 0;
  /// The end; only then is anything at the output's path.
  virtual std::optional<Problem> finish(const Execution& execution) = 0;
};

/// `file` and `program` must outlive the writer. For people: a line for each instruction with what it changes, and for each host call with
/// what it does. Gas only `with_gas`.
std::unique_ptr<TraceWriter> make_text_trace(const std::string& path, const ProgramFile& file, const ref::Program& program, bool with_gas);
/// JIP-7 (draft): the program's bytes, start, host calls with what the host did, the end. Ends that the draft has no line for get one in
/// its style, which its readers ignore.
std::unique_ptr<TraceWriter> make_jip7_trace(const std::string& path, const std::vector<u8>& blob);
/// Modular streams: a directory of files with one fixed-width, little-endian number for each step. opcode u8, pc u64 (before), r0 to r12
/// u64 (after), gas u64 (after), loads and stores u32 address and u64 value each (zeros: none).
std::unique_ptr<TraceWriter> make_stream_trace(const std::string& directory, const ref::Program& program);

}  // namespace pvm::command
