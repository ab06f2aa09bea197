// SPDX-License-Identifier: Apache-2.0 OR MIT
// What reading requests and replies has in common.
#pragma once

#include "pvm/conformance/json_reader.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::conformance {

/// Reads one line with `read`, or says what is wrong with it. `path` names the kind of line.
template <typename Value, typename Read>
std::variant<Value, ParseError> parse_line(std::string_view line, const std::string& path, Read read) {
  constexpr u32 max_depth = 16;
  if (line.size() > max_line_bytes) return ParseError{path, "", "longer than 64 MiB"};
  auto json = parse_json(line, path, max_depth);
  if (auto* error = std::get_if<ParseError>(&json)) return std::move(*error);
  Problem problem(path);
  Value value = read(Reader(std::get<Json>(json), problem));
  if (problem.failed()) return problem.error();
  return value;
}

/// The member "seq", if it's a number.
std::optional<u64> read_seq(const Reader& at);

}  // namespace pvm::conformance
