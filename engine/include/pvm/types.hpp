// SPDX-License-Identifier: Apache-2.0 OR MIT
// The vocabulary of the engine: versions, configuration of a program, exits. The names are those of the semantics document.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "pvm/export.hpp"

namespace pvm {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// A frozen semantics version; the enumerators stand in the document's order. [version.select]
enum class Semantics : u8 { revive_1, rv32_1, rv64_1, jam_1, graypaper_0_7_2 };

/// How the program's bytes are wrapped. Chapter "Program containers".
enum class Container : u8 { polkavm, raw, standard };

/// What a run costs. Chapter "Gas".
enum class GasModel : u8 { flat_1, pipeline_1, instruction_1 };

/// Whether the gas counter stops the guest. [gas.none] [gas.sync] [gas.async]
enum class Metering : u8 { none, sync, async };

/// The host's choices for one program. Every field has the default that the document gives it.
struct ProgramConfig {
  /// Absent: what the version byte of a polkavm container says; it must be set for the containers raw and standard.
  std::optional<Semantics> semantics = {};
  Container container = Container::polkavm;
  /// Absent: the version's default (flat-1, or instruction-1 for graypaper-0.7.2).
  std::optional<GasModel> gas_model = {};
  /// Cycles of one load under pipeline-1; used by no other model. 1 or more.
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
  std::vector<u8> arguments = {};
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

/// How a run ended. The first five are the document's exits; `interrupted` is the host's own doing: an Interrupt or a deadline.
enum class Status : u8 { halt, trap, host_call, page_fault, out_of_gas, interrupted };

/// An exit and what the document lets the host observe of it. [exit.pc]
struct Exit {
  Status status = Status::trap;
  std::optional<u32> pc = {};       ///< As reported; see each [exit.*] clause. interrupted: where the guest was.
  std::optional<u32> next_pc = {};  ///< Where the next run continues, if it can.
  u64 host_call = 0;                ///< Number of the host call. [exit.host_call]
  u32 fault_address = 0;            ///< Page address. [exit.page_fault]
  bool write_protected = false;     ///< The page is there but read-only; not reported by graypaper-0.7.2. [paging.write_protected]
};

/// The document's names: "rv64-1", "polkavm", "flat-1", "sync", "decode", "bad_magic", "page_fault".
PVM_API std::string_view name_of(Semantics);
PVM_API std::string_view name_of(Container);
PVM_API std::string_view name_of(GasModel);
PVM_API std::string_view name_of(Metering);
PVM_API std::string_view name_of(Phase);
PVM_API std::string_view name_of(Reason);
PVM_API std::string_view name_of(Status);
PVM_API Phase phase_of(Reason);

/// 32 or 64.
constexpr u32 register_bits(Semantics version) {
  return version == Semantics::rv32_1 ? 32 : 64;
}
constexpr bool is_graypaper(Semantics version) {
  return version == Semantics::graypaper_0_7_2;
}

}  // namespace pvm
