// SPDX-License-Identifier: Apache-2.0 OR MIT
// One instance's address space in this process: its frame, a stack for signal handlers, and 4 GiB of guest memory, with guards.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "machine/executor.hpp"
#include "machine/rights.hpp"
#include "sandbox/in_process/frame.hpp"

namespace pvm::engine::sandbox {

inline constexpr u64 page_bytes = 4096;

/// A part of guest memory, of whole pages.
struct Extent {
  u64 begin;
  u64 end;
};

/// Contents of guest memory in a sealed memfd, each byte at its guest address; what no extent holds is zero.
struct Image {
  int file = -1;
  std::vector<Extent> extents;  ///< Ascending, disjoint.
  ~Image();
  bool holds(u64 address) const;
};

/// What save() has made; `hidden` as in Window.
struct SavedWindow final : SavedMemory {
  std::shared_ptr<const Image> image;
  Rights rights;
  Rights hidden;
};

/// Memory operations are those of Executor.
class Window {
 public:
  static Result<std::unique_ptr<Window>> create();
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  Frame* frame() const { return frame_; }
  u64 guest_base() const { return base_; }

  Result<void> set_access(u64 begin, u64 end, Access access);
  Result<void> discard(u64 begin, u64 end);
  Result<void> read(u32 address, std::span<u8> out) const;
  Result<void> write(u32 address, std::span<const u8> bytes);
  Result<void> clear();
  Result<std::shared_ptr<const SavedMemory>> save();
  Result<void> restore(const SavedMemory& saved);

 private:
  explicit Window(u64 mapping);
  u8* at(u64 address) const { return reinterpret_cast<u8*>(base_ + address); }
  bool protect(u64 begin, u64 end, Access access) const;
  /// Makes the system's rights those of rights_ again.
  bool apply_rights(u64 begin, u64 end) const;
  bool map_zeros(u64 begin, u64 end) const;
  bool map_image(const Image& image) const;
  std::vector<Extent> data_extents(const std::vector<Rights::Range>& ranges) const;
  Result<std::shared_ptr<const Image>> copy_data(const std::vector<Rights::Range>& ranges) const;

  u64 mapping_;
  u64 base_;
  Frame* frame_;
  Rights rights_;
  Rights hidden_;                       ///< `read` for pages that had a right, have none now, and may hold data.
  std::shared_ptr<const Image> image_;  ///< Mapped copy-on-write; null: all memory is anonymous.
};

}  // namespace pvm::engine::sandbox
