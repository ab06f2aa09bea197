// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a program's bytes to text: what both forms share.
#include "disassembly.hpp"
#include "pvm/ref/gas.hpp"

namespace pvm::assembly {

using ref::u32;
using ref::u64;
using ref::u8;

Disassembly::Disassembly(const ref::Program& program_to_show, const ContainerBytes& bytes, const DisasmOptions& how)
    : program(program_to_show), pieces(bytes), options(how), walk(program_to_show) {
  const u64 entries = program.jump_table_entry_size == 0 ? 0 : program.jump_table_count;
  for (u64 index = 0; index < entries; ++index) table_numbers.emplace(*program.jump_table_entry(index), index + 1);
  for (std::size_t index = 0; index < program.exports.size(); ++index) exports_at.emplace(program.exports[index].code_offset, index);
}

std::span<const u8> Disassembly::bytes_of(const CodeItem& item) const {
  return std::span(program.code).subspan(item.begin, item.end - item.begin);
}

std::optional<ref::i64> Disassembly::cost_of(u32 pc) const {
  if (!options.show_gas || program.config.gas_model == ref::GasModel::instruction_1) return std::nullopt;
  return ref::block_cost(program, pc);
}

std::optional<std::string_view> Disassembly::import_name(u32 number) const {
  if (number >= program.imports.size() || !program.imports[number]) return std::nullopt;
  return *program.imports[number];
}

std::optional<ref::Semantics> version_of_blob(std::span<const u8> blob) {
  constexpr std::size_t version_at = 4;
  if (blob.size() <= version_at || blob[version_at] > 3) return std::nullopt;
  return static_cast<ref::Semantics>(blob[version_at]);
}

std::variant<ref::Program, ref::Rejection> load_to_inspect(std::span<const u8> blob, const ref::Config& config) {
  ref::Config lenient = config;
  // With paging the sizes of memory need not fit anywhere.
  if (!ref::is_graypaper(config.semantics)) {
    lenient.dynamic_paging = true;
    lenient.aux_size = 0;
  }
  lenient.strict = false;
  return ref::load(blob, lenient);
}

std::variant<std::string, ref::Rejection> disassemble(std::span<const u8> blob, const ref::Config& config, const DisasmOptions& options) {
  const auto loaded = load_to_inspect(blob, config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&loaded)) return *rejection;
  const ContainerBytes pieces = split_container(blob, config.container);
  const Disassembly disassembly(std::get<ref::Program>(loaded), pieces, options);
  return options.format == DisasmOptions::Format::listing ? print_listing(disassembly) : print_canonical(disassembly);
}

}  // namespace pvm::assembly
