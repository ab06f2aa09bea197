// SPDX-License-Identifier: Apache-2.0 OR MIT
// A cursor over untrusted bytes that remembers its first failure.
#include "program/reader.hpp"

#include <bit>

namespace pvm::engine {

u8 Reader::byte() {
  const auto bytes = take(1);
  return bytes.empty() ? u8{0} : bytes[0];
}

std::span<const u8> Reader::take(u64 count) {
  if (count > remaining()) fail(Reason::truncated);
  if (!ok()) return {};
  const auto bytes = bytes_.subspan(static_cast<std::size_t>(at_), static_cast<std::size_t>(count));
  at_ += count;
  return bytes;
}

u64 Reader::little_endian(u32 count) {
  u64 value = 0;
  u32 shift = 0;
  for (const u8 byte : take(count)) {
    value |= u64{byte} << shift;
    shift += 8;
  }
  return value;
}

u32 Reader::varint() {
  const u64 start = at_;
  const u32 first = byte();
  u32 value = first;
  if (first < 0x80) return value;
  if (first < 0xc0) {
    value = (first - 0x80) << 8 | static_cast<u32>(little_endian(1));
  } else if (first < 0xe0) {
    value = (first - 0xc0) << 16 | static_cast<u32>(little_endian(2));
  } else if (first < 0xf0) {
    value = (first - 0xe0) << 24 | static_cast<u32>(little_endian(3));
  } else if (first < 0xf8) {
    value = (first - 0xf0) | static_cast<u32>(little_endian(4));  // the first byte's bits fall on the lowest bits
  } else {
    at_ = start;
    fail(Reason::bad_varint);
  }
  return ok() ? value : 0;
}

u64 Reader::natural() {
  const u64 start = at_;
  const u8 first = byte();
  const u32 extra = static_cast<u32>(std::countl_one(first));
  u64 value = little_endian(extra);
  if (!ok()) return 0;
  if (extra < 8) value |= u64{first & (0x7fu >> extra)} << (8 * extra);
  if (extra != 0 && value >> (7 * extra) == 0) {
    at_ = start;
    fail(Reason::bad_varint);
    return 0;
  }
  return value;
}

Reader Reader::section(u64 count) {
  const u64 start = offset();
  return Reader(take(count), start);
}

void Reader::fail(Reason reason) {
  if (!failure_) failure_ = Rejection{reason, offset()};
}

void Reader::rename_truncated(Reason reason) {
  if (failure_ && failure_->reason == Reason::truncated) failure_->reason = reason;
}

}  // namespace pvm::engine
