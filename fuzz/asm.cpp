// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the assembler and the disassembler. Input: what the rest is; then text, or a version, a container, flags and a program's bytes.
#include "asm.hpp"

#include "input.hpp"
#include "line_programs.hpp"

using namespace pvm;
using fuzz::Input;

namespace {

void check_errors(const std::vector<assembly::AsmError>& errors) {
  if (errors.empty()) fuzz::fail("refused without an error");
  for (const assembly::AsmError& error : errors) {
    if (error.line == 0 || error.column == 0 || error.message.empty()) fuzz::fail("an error without place or reason");
  }
}

// Whatever is accepted as a program comes back byte for byte from its text.
void check_program(std::span<const ref::u8> blob, const ref::Config& config, ref::u8 flags) {
  assembly::DisasmOptions options;
  options.show_raw_bytes = (flags & 1) != 0;
  options.show_gas = (flags & 2) != 0;
  const auto text = assembly::disassemble(blob, config, options);
  const bool is_accepted = std::holds_alternative<ref::Program>(assembly::load_to_inspect(blob, config));
  if (std::holds_alternative<std::string>(text) != is_accepted) fuzz::fail("disassembled though refused, or the other way round");
  if (!is_accepted) return;
  const auto again = assembly::assemble(std::get<std::string>(text));
  const auto* program = std::get_if<assembly::Assembled>(&again);
  if (program == nullptr)
    fuzz::fail("the text of a program is refused: " + std::get<std::vector<assembly::AsmError>>(again).front().message);
  if (!std::equal(blob.begin(), blob.end(), program->blob.begin(), program->blob.end())) fuzz::fail("other bytes than before");

  // Listings lose things, but reading them does no harm.
  options.format = assembly::DisasmOptions::Format::listing;
  const auto listing = assembly::disassemble(blob, config, options);
  static_cast<void>(assembly::assemble(std::get<std::string>(listing), {config.semantics, config.container}));
  if (auto lines = assembly::LinePrograms::of_blob(blob)) {
    for (ref::u32 pc = 0; pc < 40; ++pc) static_cast<void>(assembly::to_text(lines->lookup(pc)));
  }
}

void check_text(std::string_view text, ref::Semantics version) {
  const auto result = assembly::assemble(text, {version});
  if (const auto* errors = std::get_if<std::vector<assembly::AsmError>>(&result)) return check_errors(*errors);
  const auto& program = std::get<assembly::Assembled>(result);
  ref::Config config;
  config.semantics = program.semantics;
  config.container = program.container;
  check_program(program.blob, config, 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  Input input(data, size);
  const bool is_text = input.flag();
  const auto version = static_cast<ref::Semantics>(input.below(5));
  if (is_text) {
    check_text(input.text(), version);
    return 0;
  }
  ref::Config config;
  config.semantics = version;
  config.container = static_cast<ref::Container>(input.below(3));
  const ref::u8 flags = input.byte();
  check_program(input.rest(), config, flags);
  return 0;
}
