// SPDX-License-Identifier: Apache-2.0 OR MIT
// The checks after decoding: configuration, memory map, strict mode, jam-1's code. Chapter "Program containers".
#include "addresses.hpp"
#include "pvm/ref/decode.hpp"
#include "pvm/ref/memory.hpp"
#include "reader.hpp"

namespace pvm::ref {
namespace {

// [map.page_size]
constexpr bool is_page_size(u32 size) {
  return size >= 4096 && size <= 65536 && (size & (size - 1)) == 0;
}

// [version.select]
bool configuration_is_supported(const Config& config) {
  const bool graypaper = is_graypaper(config.semantics);
  const GasModel model = *config.gas_model;
  if (graypaper != (model == GasModel::instruction_1)) return false;
  if (config.semantics == Semantics::revive_1 && model == GasModel::pipeline_1) return false;
  if (graypaper && (config.metering == Metering::async || config.container == Container::polkavm)) return false;
  if (!graypaper && config.container == Container::standard) return false;
  if (model == GasModel::pipeline_1 && config.memory_cost == 0) return false;
  if (config.aux_size != 0 && (graypaper || config.dynamic_paging)) return false;
  return config.arguments.empty() || config.container == Container::standard;
}

// [standard.memory]
std::optional<Rejection> validate_standard(const Program& program) {
  if (program.config.arguments.size() > max_arguments) return Rejection{Reason::arguments_too_long, max_arguments};
  const u64 data = round_up(program.ro_data_size, zone) + round_up(program.rw_data_size + u64{4096} * program.heap_pages, zone);
  if (5 * zone + data + round_up(program.stack_size, zone) + max_arguments > u64{1} << 32) return Rejection{Reason::memory_too_large, 0};
  return std::nullopt;
}

// [blob.strict]
std::optional<Rejection> validate_strictly(const Program& program) {
  for (u64 index = 0; index < program.imports.size(); ++index) {
    if (!program.imports[index]) return Rejection{Reason::invalid_import, index};
  }
  const u64 entries = program.jump_table_entry_size == 0 ? 0 : program.jump_table_count;
  for (u64 index = 0; index < entries; ++index) {
    if (*program.jump_table_entry(index) >= program.code_size()) return Rejection{Reason::jump_table_entry_out_of_range, index};
  }
  for (u64 index = 0; index < program.exports.size(); ++index) {
    if (program.exports[index].code_offset >= program.code_size()) return Rejection{Reason::export_out_of_range, index};
  }
  return std::nullopt;
}

// [validate.code]
std::optional<Rejection> validate_code(const Program& program) {
  for (u32 pc = 0; pc < program.code_size();) {
    if (!program.is_marked(pc)) return Rejection{Reason::unmarked_instruction, pc};
    const Instruction instruction = decode(program, pc);
    if (instruction.op == isa::Op::invalid) return Rejection{Reason::invalid_opcode, pc};
    if (instruction.next < program.code_size()) {
      if (!program.is_marked(instruction.next)) return Rejection{Reason::gap_too_long, pc};
    } else if (isa::row_of(instruction.op).falls_through) {
      return Rejection{Reason::falls_off_end, pc};
    }
    pc = instruction.next;
  }
  return std::nullopt;
}

}  // namespace

// [reject.order]
std::optional<Rejection> validate(const Program& program, std::optional<u8> version_byte) {
  const Config& config = program.config;
  // [version.mismatch] The byte counts the PolkaVM versions in the document's order.
  if (version_byte && static_cast<u8>(config.semantics) != *version_byte) return Rejection{Reason::version_mismatch, 4};
  if (!configuration_is_supported(config)) return Rejection{Reason::bad_configuration, 0};
  if (config.container == Container::standard) {
    if (const auto rejection = validate_standard(program)) return rejection;
  }
  if (is_graypaper(config.semantics)) return std::nullopt;
  if (!is_page_size(config.page_size)) return Rejection{Reason::bad_page_size, 0};
  if (!program.is_paged() &&
      !map_memory(config.page_size, program.ro_data_size, program.rw_data_size, program.stack_size, config.aux_size)) {
    return Rejection{Reason::memory_too_large, 0};
  }
  if (config.strict) {
    if (const auto rejection = validate_strictly(program)) return rejection;
  }
  return config.semantics == Semantics::jam_1 ? validate_code(program) : std::nullopt;
}

}  // namespace pvm::ref
