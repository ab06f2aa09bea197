// SPDX-License-Identifier: Apache-2.0 OR MIT
// A cursor over untrusted bytes that remembers its first failure.
#pragma once

#include <optional>
#include <span>

#include "program/program.hpp"

namespace pvm::engine {

/// Why and where a program is refused. The offset is that of Error::offset.
struct Rejection {
  Reason reason;
  u64 offset = 0;
};

/// Reads from the front of `bytes`. After a failure every read gives 0 or nothing, and the first failure stays.
class Reader {
 public:
  /// `base`: offset of bytes[0] in the container, for reports.
  explicit Reader(std::span<const u8> bytes, u64 base = 0) : bytes_(bytes), base_(base) {}

  u8 byte();
  /// The next `count` bytes; fails as `truncated` where there are fewer.
  std::span<const u8> take(u64 count);
  std::span<const u8> take_rest() { return take(remaining()); }
  /// `count` <= 8 bytes, little-endian.
  u64 little_endian(u32 count);
  /// [blob.varint]
  u32 varint();
  /// [raw.integers]
  u64 natural();
  /// The next `count` bytes as a reader of their own: it fails on its own, at offsets of the whole container.
  Reader section(u64 count);

  /// Records a failure at the current position, unless there is one already.
  void fail(Reason reason);
  /// Gives a failure as `truncated` another name: for items whose clause has a reason of its own.
  void rename_truncated(Reason reason);

  u64 remaining() const { return bytes_.size() - at_; }
  u64 offset() const { return base_ + at_; }
  bool ok() const { return !failure_; }
  const std::optional<Rejection>& failure() const { return failure_; }

 private:
  std::span<const u8> bytes_;
  u64 base_;
  u64 at_ = 0;
  std::optional<Rejection> failure_;
};

/// The sections of a polkavm container. Gives its version byte where it was read. [blob.magic] [blob.sections]
std::optional<u8> read_polkavm_container(Reader& reader, Program& program);
/// The content of a code section, which is the whole of a raw container of the PolkaVM versions. [blob.code]
void read_code(Reader& reader, Program& program);
/// The raw container of graypaper-0.7.2. [raw.layout]
void read_graypaper_code(Reader& reader, Program& program);
/// [standard.layout]
void read_standard_container(Reader& reader, Program& program);

/// Puts code and the bitmask, which is all that the reader still has, into the program, padded. [blob.bitmask]
void read_code_and_bitmask(Reader& reader, u64 code_size, Program& program);

/// The checks that follow decoding, in the document's order. `version_byte`: that of a polkavm container. [reject.order]
std::optional<Rejection> validate(const Program& program, std::optional<u8> version_byte);

}  // namespace pvm::engine
