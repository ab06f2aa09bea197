// SPDX-License-Identifier: Apache-2.0 OR MIT
// The checks after decoding: configuration, memory, strict loading, jam-1's code. Chapter "Program containers".
#include <bit>

#include "program/decoder.hpp"
#include "program/reader.hpp"

namespace pvm::engine {
namespace {

constexpr u64 zone = 65536;
constexpr u64 max_arguments = u64{1} << 24;
constexpr u64 address_space = u64{1} << 32;

constexpr u64 round_up_to_zone(u64 size) {
  return (size + zone - 1) / zone * zone;
}

// [map.page_size]
constexpr bool is_page_size(u32 size) {
  return std::has_single_bit(size) && size >= 4096 && size <= 65536;
}

bool container_is_supported(Semantics version, Container container) {
  switch (container) {
    case Container::polkavm: return !is_graypaper(version);
    case Container::raw: return true;
    case Container::standard: return is_graypaper(version);
  }
  return false;
}

bool gas_model_is_supported(Semantics version, GasModel model, u32 memory_cost) {
  switch (model) {
    case GasModel::flat_1: return !is_graypaper(version);
    case GasModel::pipeline_1: return !is_graypaper(version) && version != Semantics::revive_1 && memory_cost != 0;
    case GasModel::instruction_1: return is_graypaper(version);
  }
  return false;
}

// [version.select]
bool configuration_is_supported(const ProgramConfig& config) {
  const Semantics version = *config.semantics;
  if (!container_is_supported(version, config.container)) return false;
  if (!gas_model_is_supported(version, *config.gas_model, config.memory_cost)) return false;
  if (is_graypaper(version) && config.metering == Metering::async) return false;
  if (config.aux_size != 0 && (is_graypaper(version) || config.dynamic_paging)) return false;
  return config.arguments.empty() || config.container == Container::standard;
}

// [standard.memory]
std::optional<Rejection> validate_standard(const Program& program) {
  if (program.config.arguments.size() > max_arguments) return Rejection{Reason::arguments_too_long, max_arguments};
  const u64 heap = u64{program.rw_data_size} + u64{4096} * program.heap_pages;
  const u64 total =
      5 * zone + round_up_to_zone(program.ro_data_size) + round_up_to_zone(heap) + round_up_to_zone(program.stack_size) + max_arguments;
  if (total > address_space) return Rejection{Reason::memory_too_large, 0};
  return std::nullopt;
}

// [map.limit] In the form of the clause's note: all that isn't one of the five guards.
bool fits_memory_map(const Program& program) {
  const u64 total = round_up_to_zone(program.ro_data_size) + round_up_to_zone(program.rw_data_size) + round_up_to_zone(program.stack_size) +
                    round_up_to_zone(program.config.aux_size);
  return total <= address_space - 5 * zone;
}

// [blob.strict]
std::optional<Rejection> validate_strictly(const Program& program) {
  for (u64 index = 0; index < program.imports.size(); ++index) {
    if (!program.imports[index]) return Rejection{Reason::invalid_import, index};
  }
  for (u64 index = 0; index < program.jump_table_count; ++index) {
    if (*program.jump_table_entry(index) >= program.code_size) return Rejection{Reason::jump_table_entry_out_of_range, index};
  }
  for (u64 index = 0; index < program.exports.size(); ++index) {
    if (program.exports[index].code_offset >= program.code_size) return Rejection{Reason::export_out_of_range, index};
  }
  return std::nullopt;
}

// [validate.code]
std::optional<Rejection> validate_code(const Program& program) {
  const Decoder decoder(program);
  u32 pc = 0;
  if (program.code_size != 0 && !program.is_marked(pc)) return Rejection{Reason::unmarked_instruction, pc};
  while (pc < program.code_size) {
    const isa::Op op = decoder.op_at(pc);
    if (op == isa::Op::invalid) return Rejection{Reason::invalid_opcode, pc};
    const u32 next = decoder.next(pc);
    if (next < program.code_size) {
      if (!program.is_marked(next)) return Rejection{Reason::gap_too_long, pc};
    } else if (falls_through(op)) {
      return Rejection{Reason::falls_off_end, pc};
    }
    pc = next;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Rejection> validate(const Program& program, std::optional<u8> version_byte) {
  const ProgramConfig& config = program.config;
  // [version.mismatch] The byte counts the PolkaVM versions in the document's order.
  if (version_byte && static_cast<u8>(*config.semantics) != *version_byte) return Rejection{Reason::version_mismatch, 4};
  if (!configuration_is_supported(config)) return Rejection{Reason::bad_configuration, 0};
  if (config.container == Container::standard) return validate_standard(program);
  if (is_graypaper(*config.semantics)) return std::nullopt;
  if (!is_page_size(config.page_size)) return Rejection{Reason::bad_page_size, 0};
  if (!program.is_paged() && !fits_memory_map(program)) return Rejection{Reason::memory_too_large, 0};
  if (config.strict) {
    if (const auto rejection = validate_strictly(program)) return rejection;
  }
  return *config.semantics == Semantics::jam_1 ? validate_code(program) : std::nullopt;
}

}  // namespace pvm::engine
