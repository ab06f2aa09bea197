// SPDX-License-Identifier: Apache-2.0 OR MIT
// Target protocol 1: one JSON object per line each way, both sides of it. Lines are passed without their LF.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pvm/conformance/error.hpp"
#include "pvm/conformance/job.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::conformance {

inline constexpr u32 protocol_version = 1;
/// A longer line, either way, is refused.
inline constexpr std::size_t max_line_bytes = std::size_t{64} << 20;

// ---- The runner's side: requests ----

std::string hello_request();
std::string run_request(u64 seq, const Case& c);
std::string trace_request(u64 seq, const Case& c, u64 max_steps);
std::string bye_request();

// ---- The runner's side: replies, from hostile bytes ----

/// What a target says of itself. Names that this suite doesn't know are kept and match nothing.
struct Hello {
  u32 protocol = protocol_version;
  std::string name;
  std::string version;
  std::vector<std::string> semantics;
  std::vector<std::string> features;
  bool operator==(const Hello&) const = default;
};
std::variant<Hello, ParseError> parse_hello(std::string_view line);

/// Why the target can't be asked this case ("semantics rv64-1", "async"), or nullopt if it can.
std::optional<std::string> unsupported_reason(const Hello& hello, const Case& c);
/// Does the target answer trace requests?
bool can_trace(const Hello& hello);

/// Reads the reply to run_request(seq, c). Anything but a well-formed answer to exactly this request is an error: another seq, another
/// number of steps, an answer of the wrong kind, an unknown member.
std::variant<Outcome, ParseError> parse_reply(std::string_view line, u64 seq, const Case& c);
/// Reads the reply to trace_request(seq, ...). The inner alternative: the target answered with an error text.
std::variant<std::vector<TraceEntry>, TargetError, ParseError> parse_trace_reply(std::string_view line, u64 seq);

// ---- The target's side ----

/// A request as a target reads it.
struct HelloRequest {
  u32 protocol = protocol_version;
};
struct RunRequest {
  u64 seq = 0;
  Job job;
};
struct TraceRequest {
  u64 seq = 0;
  Job job;
  u64 max_steps = 0;
};
struct ByeRequest {};
using Request = std::variant<HelloRequest, RunRequest, TraceRequest, ByeRequest>;
std::variant<Request, ParseError> parse_request(std::string_view line);

std::string hello_reply(const Hello& hello);
std::string run_reply(u64 seq, const Outcome& outcome);
std::string trace_reply(u64 seq, const std::vector<TraceEntry>& trace);
/// seq absent where the request couldn't be read that far.
std::string error_reply(std::optional<u64> seq, std::string_view text);

/// What ref says of itself.
Hello ref_hello();
/// Answers a request with ref: `pvm-conform serve` and the C ABI sample are this function in a loop. nullopt: bye, the end. A request
/// that can't be read is answered with an error.
std::optional<std::string> answer(std::string_view line, const RefOptions& options = {});

}  // namespace pvm::conformance
