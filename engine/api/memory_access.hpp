// SPDX-License-Identifier: Apache-2.0 OR MIT
// Checked host accesses, for Instance and Caller alike.
#pragma once

#include <array>
#include <span>
#include <string>
#include <type_traits>

#include "api/errors.hpp"
#include "machine/machine.hpp"

namespace pvm::engine {

inline Error no_such_register(u32 number) {
  return error(ErrorCode::invalid_argument, "there is no register " + std::to_string(number) + "; there are 0 to 12");
}

inline Result<void> read_bytes(const Machine& machine, u64 address, std::span<u8> out) {
  if (out.data() == nullptr && !out.empty()) return null_span();
  return machine.read(address, out);
}

inline Result<void> write_bytes(Machine& machine, u64 address, std::span<const u8> bytes) {
  if (bytes.data() == nullptr && !bytes.empty()) return null_span();
  return machine.write(address, bytes);
}

/// A little-endian number at an address; `memory` is an Instance or a Caller.
template <typename T, typename Memory>
Result<T> read_number(const Memory& memory, u64 address) {
  std::array<u8, sizeof(T)> bytes{};
  if (auto done = memory.read(address, bytes); !done) return std::move(done.error());
  u64 value = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index) value |= u64{bytes[index]} << (8 * index);
  return static_cast<T>(value);
}

template <typename T, typename Memory>
Result<void> write_number(Memory& memory, u64 address, T value) {
  std::array<u8, sizeof(T)> bytes{};
  for (std::size_t index = 0; index < bytes.size(); ++index) bytes[index] = static_cast<u8>(u64{value} >> (8 * index));
  return memory.write(address, bytes);
}

}  // namespace pvm::engine
