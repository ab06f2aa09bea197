// SPDX-License-Identifier: Apache-2.0 OR MIT
// The names of versions, containers, gas models, rejections, exits and errors, as the document and the API spell them.
#include <array>
#include <cstddef>

#include "pvm/module.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {
namespace {

constexpr std::array<std::string_view, 5> semantics_names = {"revive-1", "rv32-1", "rv64-1", "jam-1", "graypaper-0.7.2"};
constexpr std::array<std::string_view, 3> container_names = {"polkavm", "raw", "standard"};
constexpr std::array<std::string_view, 3> gas_model_names = {"flat-1", "pipeline-1", "instruction-1"};
constexpr std::array<std::string_view, 3> metering_names = {"none", "sync", "async"};
constexpr std::array<std::string_view, 2> phase_names = {"decode", "validate"};
constexpr std::array<std::string_view, 6> status_names = {"halt", "trap", "host_call", "page_fault", "out_of_gas", "interrupted"};
constexpr std::array<std::string_view, 30> reason_names = {"truncated",
                                                           "bad_magic",
                                                           "unknown_version",
                                                           "wrong_length",
                                                           "bad_varint",
                                                           "unexpected_section",
                                                           "bad_memory_config",
                                                           "ro_data_too_long",
                                                           "rw_data_too_long",
                                                           "too_many_imports",
                                                           "bad_import_table",
                                                           "missing_code",
                                                           "too_many_jump_table_entries",
                                                           "bad_jump_table_entry_size",
                                                           "code_too_long",
                                                           "bad_bitmask_length",
                                                           "bad_bitmask_padding",
                                                           "trailing_bytes",
                                                           "bad_configuration",
                                                           "version_mismatch",
                                                           "bad_page_size",
                                                           "memory_too_large",
                                                           "arguments_too_long",
                                                           "invalid_opcode",
                                                           "unmarked_instruction",
                                                           "gap_too_long",
                                                           "falls_off_end",
                                                           "invalid_import",
                                                           "jump_table_entry_out_of_range",
                                                           "export_out_of_range"};
static_assert(reason_names.size() == static_cast<std::size_t>(Reason::export_out_of_range) + 1);
constexpr std::array<std::string_view, 3> isolation_names = {"process", "in_process", "interpreter"};
constexpr std::array<std::string_view, 14> error_names = {
    "program_rejected", "program_too_large",     "invalid_argument",   "out_of_bounds", "no_pc",         "not_found",     "already_defined",
    "unsupported",      "isolation_unavailable", "resource_exhausted", "worker_failed", "host_function", "instance_busy", "instance_lost"};
static_assert(error_names.size() == static_cast<std::size_t>(ErrorCode::instance_lost) + 1);

template <typename Enum, std::size_t count>
std::string_view name_in(const std::array<std::string_view, count>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < count ? names[index] : "?";
}

}  // namespace

std::string_view name_of(Semantics value) {
  return name_in(semantics_names, value);
}
std::string_view name_of(Container value) {
  return name_in(container_names, value);
}
std::string_view name_of(GasModel value) {
  return name_in(gas_model_names, value);
}
std::string_view name_of(Metering value) {
  return name_in(metering_names, value);
}
std::string_view name_of(Phase value) {
  return name_in(phase_names, value);
}
std::string_view name_of(Reason value) {
  return name_in(reason_names, value);
}
std::string_view name_of(Status value) {
  return name_in(status_names, value);
}
std::string_view name_of(Isolation value) {
  return name_in(isolation_names, value);
}
std::string_view name_of(ErrorCode value) {
  return name_in(error_names, value);
}

Phase phase_of(Reason reason) {
  return reason < Reason::bad_configuration ? Phase::decode : Phase::validate;
}

}  // namespace pvm
