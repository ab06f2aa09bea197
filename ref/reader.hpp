// SPDX-License-Identifier: Apache-2.0 OR MIT
// A cursor over untrusted bytes that remembers its first failure.
#pragma once

#include <optional>
#include <span>

#include "pvm/ref/types.hpp"

namespace pvm::ref {

/// Reads from the front of `bytes`. After a failure every read gives 0 or nothing, and the first failure stays.
class Reader {
 public:
  /// `base`: offset of bytes[0] in the container, for reports.
  explicit Reader(std::span<const u8> bytes, u64 base = 0) : bytes_(bytes), base_(base) {}

  u8 byte();
  std::span<const u8> take(u64 count);
  /// `count` <= 8 bytes, little-endian.
  u64 little_endian(u32 count);
  /// Integer of the polkavm container. [blob.varint]
  u32 varint();
  /// Natural number of the Gray Paper, shortest form only. [raw.integers]
  u64 natural();

  u64 remaining() const { return bytes_.size() - at_; }
  u64 offset() const { return base_ + at_; }
  const std::optional<Rejection>& failure() const { return failure_; }
  bool ok() const { return !failure_; }
  /// Records a failure at the current position unless there is one already.
  void fail(Reason reason);

 private:
  std::span<const u8> bytes_;
  u64 base_;
  u64 at_ = 0;
  std::optional<Rejection> failure_;
};

struct Program;

/// The code section's content, as both containers of the PolkaVM versions hold it. [blob.code]
void read_code_section(Reader& reader, Program& program);
/// The Gray Paper's program blob. [raw.layout]
void read_graypaper_blob(Reader& reader, Program& program);
/// The Gray Paper's standard program. [standard.layout]
void read_standard_program(Reader& reader, Program& program);
/// The bitmask: the rest of the reader, checked against the code's length. [blob.bitmask]
void read_bitmask(Reader& reader, Program& program);

/// Everything that is checked once the container is decoded, in the document's order. [reject.order]
/// `version_byte`: that of the polkavm container, if there is one.
std::optional<Rejection> validate(const Program& program, std::optional<u8> version_byte);

}  // namespace pvm::ref
