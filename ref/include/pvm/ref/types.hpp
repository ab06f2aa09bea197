// SPDX-License-Identifier: Apache-2.0 OR MIT
// The vocabulary of the document as C++ types: versions, configuration, rejections.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pvm::ref {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// A frozen semantics version; the enumerators stand in the document's order. [version.select]
enum class Semantics : u8 { revive_1, rv32_1, rv64_1, jam_1, graypaper_0_7_2 };

inline constexpr Semantics all_semantics[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1,
                                              Semantics::graypaper_0_7_2};

/// How the program's bytes are wrapped. Chapter "Program containers".
enum class Container : u8 { polkavm, raw, standard };

/// What a run costs. Chapter "Gas".
enum class GasModel : u8 { flat_1, pipeline_1, instruction_1 };

/// Whether the gas counter stops the guest. [gas.none] [gas.sync] [gas.async]
enum class Metering : u8 { none, sync, async };

/// The host's choices for one program. Every field has the default that the document gives it.
struct Config {
  Semantics semantics = Semantics::rv64_1;
  Container container = Container::polkavm;
  /// Absent: the version's default (flat-1, or instruction-1 for graypaper-0.7.2).
  std::optional<GasModel> gas_model;
  /// Cycles of one load under pipeline-1; used by no other model.
  u32 memory_cost = 25;
  Metering metering = Metering::sync;
  /// Bytes; a power of two in 4096..65536. [map.page_size]
  u32 page_size = 4096;
  /// Bytes of auxiliary data; mapped memory only. [map.aux]
  u32 aux_size = 0;
  /// The host makes the pages and serves page faults. Implied by graypaper-0.7.2.
  bool dynamic_paging = false;
  /// Refuse at load what would only trap later. [blob.strict]
  bool strict = false;
  /// Arguments of a standard program, at most 2^24 bytes. [standard.memory]
  std::vector<u8> arguments;
};

/// When a program is refused. [reject.order]
enum class Phase : u8 { decode, validate };

/// Why a program is refused; the names are the document's. [reject.order]
enum class Reason : u8 {
  truncated,
  bad_magic,
  unknown_version,
  wrong_length,
  bad_varint,
  unexpected_section,
  bad_memory_config,
  ro_data_too_long,
  rw_data_too_long,
  too_many_imports,
  bad_import_table,
  missing_code,
  too_many_jump_table_entries,
  bad_jump_table_entry_size,
  code_too_long,
  bad_bitmask_length,
  bad_bitmask_padding,
  trailing_bytes,
  // From here on: phase validate.
  bad_configuration,
  version_mismatch,
  bad_page_size,
  memory_too_large,
  arguments_too_long,
  invalid_opcode,
  unmarked_instruction,
  gap_too_long,
  falls_off_end,
  invalid_import,
  jump_table_entry_out_of_range,
  export_out_of_range,
};

/// A refusal: why, and where.
struct Rejection {
  Reason reason;
  /// Byte offset in the container (phase decode), code offset (code checks), index of the entry (strict checks), else 0. Informative.
  u64 offset = 0;
  bool operator==(const Rejection&) const = default;
};

/// The phase that a reason belongs to.
constexpr Phase phase_of(Reason reason) {
  return reason < Reason::bad_configuration ? Phase::decode : Phase::validate;
}

/// Names as the document and the vectors spell them ("rv64-1", "flat-1", "bad_magic", ...). Parsing an unknown name gives nullopt.
std::string_view name_of(Semantics);
std::string_view name_of(Container);
std::string_view name_of(GasModel);
std::string_view name_of(Metering);
std::string_view name_of(Phase);
std::string_view name_of(Reason);
std::optional<Semantics> semantics_named(std::string_view);
std::optional<Container> container_named(std::string_view);
std::optional<GasModel> gas_model_named(std::string_view);
std::optional<Metering> metering_named(std::string_view);

/// True for graypaper-0.7.2, whose conventions differ from those of the other versions in pc, gas and faults.
constexpr bool is_graypaper(Semantics version) {
  return version == Semantics::graypaper_0_7_2;
}

/// Register width in bits: 32 for rv32-1, else 64.
constexpr u32 register_bits(Semantics version) {
  return version == Semantics::rv32_1 ? 32 : 64;
}

}  // namespace pvm::ref
