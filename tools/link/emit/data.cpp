// SPDX-License-Identifier: Apache-2.0 OR MIT
// The bytes of the data sections, with the values that relocations put there.
#include <algorithm>

#include "emit/memory.hpp"

namespace pvm::link {
namespace {

// Signed and unsigned readings are both fine: the guest chooses.
bool fits(i64 value, u8 size) {
  if (size == 8) return true;
  const i64 bits = 8 * i64{size};
  return value >= -(i64{1} << (bits - 1)) && value < (i64{1} << bits);
}

const char* kind_text(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::number: return "a number";
    case Value::Kind::data: return "an address of data";
    case Value::Kind::code: return "an address of code";
    case Value::Kind::heap_base: return "the heap's start";
  }
  return "a value";
}

bool names_nothing(const Value& value, const Resolver& resolve) {
  if (value.kind == Value::Kind::code) return resolve.code.of(value.block()) == 0;
  return value.kind == Value::Kind::data && !resolve.program.section(value.section()).used;
}

std::optional<LinkError> write_value(const DataSection& section, const DataRelocation& relocation, const Resolver& resolve,
                                     std::span<u8> bytes) {
  if (names_nothing(relocation.target, resolve) || (relocation.minus && names_nothing(*relocation.minus, resolve))) {
    return LinkError{.section = section.name, .offset = relocation.offset, .message = "points to something that is not in the program"};
  }
  // Of 32 bits in 64: as unsigned, as a table of addresses is read. Differences are signed.
  i64 value = resolve(relocation.target);
  if (relocation.minus) {
    value = static_cast<i64>(static_cast<u64>(value) - static_cast<u64>(resolve(*relocation.minus)));
  }
  if (!fits(value, relocation.size)) {
    return LinkError{.section = section.name,
                     .offset = relocation.offset,
                     .message = std::string(kind_text(relocation.target.kind)) + ", " + std::to_string(value) + ", doesn't fit into " +
                                std::to_string(relocation.size) + " bytes",
                     .remedy = "widen the field"};
  }
  for (u8 index = 0; index < relocation.size; ++index) bytes[index] = static_cast<u8>(static_cast<u64>(value) >> (8 * index));
  return std::nullopt;
}

std::optional<LinkError> write_section(const DataSection& section, u64 place, const Resolver& resolve, std::vector<u8>& region) {
  if (section.bytes.empty()) return std::nullopt;
  if (region.size() < place + section.bytes.size()) region.resize(place + section.bytes.size());
  std::copy(section.bytes.begin(), section.bytes.end(), region.begin() + static_cast<std::ptrdiff_t>(place));
  for (const DataRelocation& relocation : section.relocations) {
    if (relocation.offset > section.bytes.size() || relocation.size > section.bytes.size() - relocation.offset) {
      return LinkError{.section = section.name, .offset = relocation.offset, .message = "a relocation beyond the section's bytes"};
    }
    const std::span<u8> bytes = std::span(region).subspan(place + relocation.offset, relocation.size);
    if (auto error = write_value(section, relocation, resolve, bytes)) return error;
  }
  return std::nullopt;
}

}  // namespace

Outcome<DataImage> write_data(const Program& program, const MemoryPlan& plan, const Resolver& resolve) {
  DataImage image;
  for (std::size_t index = 0; index < program.sections.size(); ++index) {
    const DataSection& section = program.sections[index];
    if (!section.used) continue;
    const bool read_only = section.kind == SectionKind::read_only;
    const u64 place = plan.address[index] - (read_only ? plan.ro_start : plan.rw_start);
    if (auto error = write_section(section, place, resolve, read_only ? image.ro : image.rw)) return *std::move(error);
  }
  return image;
}

}  // namespace pvm::link
