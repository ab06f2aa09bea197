// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the tests of the assembler share.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "asm.hpp"
#include "pvm/builder/container.hpp"
#include "syntax.hpp"
#include "text.hpp"

namespace pvm::assembly {

inline std::string to_text(const std::vector<AsmError>& errors) {
  std::string text;
  for (const AsmError& error : errors) {
    text += std::to_string(error.line) + ":" + std::to_string(error.column) + ": " + error.message + "\n";
  }
  return text;
}

/// The program, or a failed test.
inline Assembled assembled(std::string_view text, const AsmOptions& options = {}) {
  auto result = assemble(text, options);
  if (const auto* errors = std::get_if<std::vector<AsmError>>(&result)) {
    ADD_FAILURE() << to_text(*errors) << "in\n" << text;
    return {};
  }
  return std::get<Assembled>(std::move(result));
}

/// All errors as lines, or "" where there is none.
inline std::string errors_of(std::string_view text, const AsmOptions& options = {}) {
  const auto result = assemble(text, options);
  const auto* errors = std::get_if<std::vector<AsmError>>(&result);
  return errors != nullptr ? to_text(*errors) : "";
}

inline ref::Config config_of(const Assembled& program) {
  ref::Config config;
  config.semantics = program.semantics;
  config.container = program.container;
  return config;
}

inline ref::Program loaded(const Assembled& program) {
  auto result = load_to_inspect(program.blob, config_of(program));
  if (const auto* rejection = std::get_if<ref::Rejection>(&result)) {
    ADD_FAILURE() << "refused: " << ref::name_of(rejection->reason);
    return {};
  }
  return std::get<ref::Program>(std::move(result));
}

/// The code that a text makes in a version, in a raw container.
inline Bytes code_of(std::string_view text, Semantics version = Semantics::rv64_1) {
  AsmOptions options;
  options.semantics = version;
  return loaded(assembled(text, options)).code;
}

/// The text of a program, or a failed test.
inline std::string disassembled(const Assembled& program, const DisasmOptions& options = {}) {
  auto result = disassemble(program.blob, config_of(program), options);
  if (const auto* rejection = std::get_if<ref::Rejection>(&result)) {
    ADD_FAILURE() << "refused: " << ref::name_of(rejection->reason);
    return {};
  }
  return std::get<std::string>(std::move(result));
}

inline std::string listing_of(const Assembled& program, bool with_bytes = false) {
  DisasmOptions options;
  options.format = DisasmOptions::Format::listing;
  options.show_raw_bytes = with_bytes;
  return disassembled(program, options);
}

}  // namespace pvm::assembly
