// SPDX-License-Identifier: Apache-2.0 OR MIT
// Lays out code and wraps it into the three containers.
#include "layout.hpp"

#include <algorithm>

namespace pvm::spec {

namespace {

constexpr std::uint8_t trap = 0, ecalli = 10, invalid_opcode = 0xff;  // the same in every version

void put(Bytes& out, std::uint64_t value, unsigned length) {
  for (unsigned index = 0; index < length; ++index) out.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
}

void put(Bytes& out, const Bytes& bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// [blob.varint] in the shortest form.
void put_varint(Bytes& out, std::uint32_t value) {
  if (value < 0x80) return put(out, value, 1);
  if (value < 0x4000) return put(out, 0x80 | (value >> 8) | ((value & 0xff) << 8), 2);
  if (value < 0x200000) return put(out, 0xc0 | (value >> 16) | ((value & 0xffff) << 8), 3);
  put(out, 0xf0, 1);
  put(out, value, 4);
}

void put_section(Bytes& out, std::uint8_t id, const Bytes& content) {
  out.push_back(id);
  put_varint(out, static_cast<std::uint32_t>(content.size()));
  put(out, content);
}

}  // namespace

Layout::Layout(const Bytes& instruction, bool ends_block, bool alone, bool with_invalid_opcode) {
  append({ecalli, 5}, Mark::plain);
  append({trap}, Mark::terminator);
  append(instruction, ends_block ? Mark::terminator : Mark::plain);
  next_ = size();
  if (alone) return;
  append({ecalli, 7}, Mark::plain);
  append({trap}, Mark::terminator);
  append({ecalli, 9}, Mark::plain);
  append({trap}, Mark::terminator);
  if (!with_invalid_opcode) return;
  append({invalid_opcode}, Mark::invalid);
  append({trap}, Mark::terminator);
}

void Layout::append(const Bytes& bytes, Mark mark) {
  put(code_, bytes);
  marks_.push_back(mark);
  marks_.resize(code_.size(), Mark::none);
}

Bytes Layout::bitmask() const {
  Bytes out((code_.size() + 7) / 8);
  for (std::size_t position = 0; position < marks_.size(); ++position) {
    if (marks_[position] != Mark::none) out[position / 8] = static_cast<std::uint8_t>(out[position / 8] | (1u << (position % 8)));
  }
  return out;
}

std::optional<std::uint32_t> Layout::position_of(Target target) const {
  const bool has_invalid = !alone() && size() > next_ + 6;
  switch (target) {
    case Target::start: return 0;
    case Target::end: return size();
    case Target::beyond: return size() + 1000;
    case Target::negative: return std::uint32_t{0} - 5;
    case Target::inside: return 1;
    case Target::behind: return next_;
    case Target::behind_call: return alone() ? 2 : next_ + 2;
    case Target::landing: return alone() ? std::nullopt : std::optional(next_ + 3);
    case Target::invalid_opcode: return has_invalid ? std::optional(next_ + 6) : std::nullopt;
    case Target::behind_invalid: return has_invalid ? std::optional(next_ + 7) : std::nullopt;
  }
  return std::nullopt;
}

bool Layout::is_valid_target(std::uint64_t position, bool graypaper) const {
  if (position >= marks_.size() || marks_[position] == Mark::none) return false;
  if (graypaper && marks_[position] == Mark::invalid) return false;
  if (position == 0) return true;
  std::uint64_t before = position - 1;
  while (marks_[before] == Mark::none) --before;  // position 0 is marked
  return marks_[before] == Mark::terminator;
}

std::int64_t Layout::block_length(std::uint32_t position) const {
  std::int64_t length = 0;
  for (; position < size(); ++position) {
    if (marks_[position] != Mark::none) ++length;
    if (marks_[position] == Mark::terminator || marks_[position] == Mark::invalid) return length;
  }
  return length + 1;  // [decode.implicit_trap]
}

Arrival Layout::arrive(std::uint32_t position) const {
  const bool is_call = position < size() && marks_[position] == Mark::plain;
  if (!is_call) return {false, position, 0};
  return {true, position, code_[position + 1]};
}

Bytes raw_container(const Layout& layout, const std::vector<std::uint64_t>& jump_table, unsigned entry_size) {
  Bytes out;
  put_varint(out, static_cast<std::uint32_t>(jump_table.size()));
  out.push_back(static_cast<std::uint8_t>(entry_size));
  put_varint(out, layout.size());
  for (const std::uint64_t entry : jump_table) put(out, entry, entry_size);
  put(out, layout.code());
  put(out, layout.bitmask());
  return out;
}

Bytes polkavm_container(const Layout& layout, int version_byte, const MappedSizes& sizes) {
  Bytes out = {'P', 'V', 'M', 0, static_cast<std::uint8_t>(version_byte)};
  put(out, 0, 8);
  Bytes config;
  for (const std::uint32_t size : {sizes.ro_size, sizes.rw_size, sizes.stack_size}) put_varint(config, size);
  put_section(out, 1, config);
  put_section(out, 2, sizes.ro_data);
  put_section(out, 3, sizes.rw_data);
  put_section(out, 6, raw_container(layout, {}, 0));
  out.push_back(0);
  Bytes length;
  put(length, out.size(), 8);
  std::copy(length.begin(), length.end(), out.begin() + 5);  // [blob.length]
  return out;
}

Bytes standard_container(const Layout& layout, const Bytes& rw_data, std::uint32_t heap_pages, std::uint32_t stack_size) {
  const Bytes program = raw_container(layout, {}, 0);
  Bytes out;
  put(out, 0, 3);
  put(out, rw_data.size(), 3);
  put(out, heap_pages, 2);
  put(out, stack_size, 3);
  put(out, rw_data);
  put(out, program.size(), 4);
  put(out, program);
  return out;
}

}  // namespace pvm::spec
