// SPDX-License-Identifier: Apache-2.0 OR MIT
// A module's pages for workers, in a sealed anonymous file.
#pragma once

#include <mutex>
#include <vector>

#include "sandbox/process/descriptor.hpp"
#include "sandbox/process/process.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox {

class SealedCode {
 public:
  SealedCode(process::Descriptor file, process::ForkRequest layout, std::vector<u32> boundaries);
  SealedCode(const SealedCode&) = delete;
  SealedCode& operator=(const SealedCode&) = delete;
  /// Ends the idle workers that pools keep for it.
  ~SealedCode();

  const process::Descriptor& file() const { return file_; }
  /// What the file holds, as the template wants it.
  const process::ForkRequest& layout() const { return layout_; }
  u64 read_only_end() const { return process::guest_begin + layout_.read_only_bytes; }
  /// Whether an instruction or a block's charge begins there: where a guest may be paused.
  bool is_boundary(u32 native) const;
  /// Copies read-only data out; the range must lie in it.
  Result<void> read(u32 address, std::span<u8> out) const;
  /// Has the destructor tell `pool`.
  void note(const std::shared_ptr<WorkerPool>& pool) const;

 private:
  process::Descriptor file_;
  process::ForkRequest layout_;
  std::vector<u32> boundaries_;  ///< Ascending. Empty: the code's maker doesn't tell, anywhere will do.
  mutable std::mutex mutex_;
  mutable std::vector<std::weak_ptr<WorkerPool>> pools_;
};

}  // namespace pvm::engine::sandbox
