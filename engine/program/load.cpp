// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loading: decode the container, then validate what it holds. Chapter "Program containers".
#include <limits>

#include "program/reader.hpp"

namespace pvm::engine {
namespace {

Error error_of(const Rejection& rejection) {
  Error error;
  error.code = ErrorCode::program_rejected;
  error.reason = rejection.reason;
  error.offset = rejection.offset;
  error.message = "program refused: ";
  error.message += name_of(phase_of(rejection.reason));
  error.message += '/';
  error.message += name_of(rejection.reason);
  error.message += " at " + std::to_string(rejection.offset);
  return error;
}

// Reads the container as the configuration says; completes semantics where the container tells them.
std::optional<Rejection> decode_container(Reader& reader, Program& program, std::optional<u8>& version_byte) {
  std::optional<Semantics>& version = program.config.semantics;
  if (program.config.container != Container::polkavm && !version) return Rejection{Reason::bad_configuration, 0};
  switch (program.config.container) {
    case Container::polkavm:
      version_byte = read_polkavm_container(reader, program);
      if (version_byte && !version) version = static_cast<Semantics>(*version_byte);
      break;
    case Container::raw: is_graypaper(*version) ? read_graypaper_code(reader, program) : read_code(reader, program); break;
    case Container::standard: read_standard_container(reader, program); break;
  }
  return reader.failure();
}

}  // namespace

Result<Program> load(std::span<const u8> bytes, const ProgramConfig& config) {
  if (bytes.size() > std::numeric_limits<u32>::max()) {
    Error error;
    error.code = ErrorCode::program_too_large;
    error.message = "a container has at most 2^32 - 1 bytes";
    return error;
  }
  Program program;
  program.config = config;
  std::optional<u8> version_byte;
  Reader reader(bytes);
  if (const auto rejection = decode_container(reader, program, version_byte)) return error_of(*rejection);
  if (!program.config.gas_model) program.config.gas_model = is_graypaper(program.semantics()) ? GasModel::instruction_1 : GasModel::flat_1;
  if (const auto rejection = validate(program, version_byte)) return error_of(*rejection);
  return program;
}

// [jump.table]
std::optional<u32> Program::jump_table_entry(u64 index) const {
  if (index >= jump_table_count) return std::nullopt;
  u64 value = 0;
  for (u32 byte = jump_table_entry_size; byte-- > 0;) {
    value = value << 8 | jump_table[static_cast<std::size_t>(index * jump_table_entry_size + byte)];
    // Whatever follows, no code is that long.
    if (value > std::numeric_limits<u32>::max()) return std::numeric_limits<u32>::max();
  }
  return static_cast<u32>(value);
}

}  // namespace pvm::engine
