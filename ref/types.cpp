// SPDX-License-Identifier: Apache-2.0 OR MIT
// The names of versions, containers, gas models and rejections, as the document spells them.
#include "pvm/ref/types.hpp"

#include <array>
#include <cstddef>

namespace pvm::ref {
namespace {

constexpr std::array<std::string_view, 5> semantics_names = {"revive-1", "rv32-1", "rv64-1", "jam-1", "graypaper-0.7.2"};
constexpr std::array<std::string_view, 3> container_names = {"polkavm", "raw", "standard"};
constexpr std::array<std::string_view, 3> gas_model_names = {"flat-1", "pipeline-1", "instruction-1"};
constexpr std::array<std::string_view, 3> metering_names = {"none", "sync", "async"};
constexpr std::array<std::string_view, 2> phase_names = {"decode", "validate"};
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

template <typename Enum, std::size_t count>
std::optional<Enum> find(const std::array<std::string_view, count>& names, std::string_view name) {
  for (std::size_t index = 0; index < count; ++index) {
    if (names[index] == name) return static_cast<Enum>(index);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Semantics value) {
  return semantics_names[static_cast<std::size_t>(value)];
}
std::string_view name_of(Container value) {
  return container_names[static_cast<std::size_t>(value)];
}
std::string_view name_of(GasModel value) {
  return gas_model_names[static_cast<std::size_t>(value)];
}
std::string_view name_of(Metering value) {
  return metering_names[static_cast<std::size_t>(value)];
}
std::string_view name_of(Phase value) {
  return phase_names[static_cast<std::size_t>(value)];
}
std::string_view name_of(Reason value) {
  return reason_names[static_cast<std::size_t>(value)];
}
std::optional<Semantics> semantics_named(std::string_view name) {
  return find<Semantics>(semantics_names, name);
}
std::optional<Container> container_named(std::string_view name) {
  return find<Container>(container_names, name);
}
std::optional<GasModel> gas_model_named(std::string_view name) {
  return find<GasModel>(gas_model_names, name);
}
std::optional<Metering> metering_named(std::string_view name) {
  return find<Metering>(metering_names, name);
}

}  // namespace pvm::ref
