// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest programs for the benchmarks, as containers.
#include "guests.hpp"

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <string>

#include "pvm/builder/assemble.hpp"

namespace pvm::bench {
namespace {

builder::CodeBlob code_of(std::string_view text) {
  auto blob = builder::assemble(ref::Semantics::rv64_1, text);
  if (const auto* problem = std::get_if<std::string>(&blob)) {
    std::fprintf(stderr, "bench-engine: a guest of the benchmark doesn't assemble: %s\n", problem->c_str());
    std::exit(1);
  }
  return std::get<builder::CodeBlob>(std::move(blob));
}

// The text with a suffix at each of its labels, so that it can stand beside itself.
std::string with_suffix(std::string text, const std::string& suffix) {
  static const std::regex label_pattern("(^|\\n)([a-z_]+):");
  std::vector<std::string> labels;
  for (std::sregex_iterator at(text.begin(), text.end(), label_pattern), end; at != end; ++at) labels.push_back((*at)[2]);
  for (const std::string& label : labels) text = std::regex_replace(text, std::regex("\\b" + label + "\\b(?!_)"), label + suffix);
  return text;
}

}  // namespace

Bytes assembled(std::string_view text, std::uint32_t rw_bytes, std::uint32_t stack_bytes) {
  builder::ProgramParts parts;
  parts.blob = code_of(text);
  parts.rw_size = rw_bytes;
  parts.stack_size = stack_bytes;
  return polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts));
}

Large large_program(std::uint32_t copies) {
  std::string text;
  for (std::uint32_t copy = 0; copy < copies; ++copy) {
    for (const Kernel& kernel : kernels())
      text += with_suffix(std::string(kernel.guest), "_" + std::string(kernel.name) + std::to_string(copy)) + '\n';
  }
  builder::ProgramParts parts;
  parts.blob = code_of(text);
  Large large;
  for (const std::uint8_t bits : parts.blob.bitmask) large.instructions += static_cast<std::uint64_t>(std::popcount(bits));
  large.container = polkavm_container(polkavm_parts(ref::Semantics::rv64_1, parts));
  return large;
}

}  // namespace pvm::bench
