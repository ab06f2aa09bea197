// SPDX-License-Identifier: Apache-2.0 OR MIT
// A module's code as it lies in this process.
#pragma once

#include <memory>

#include "jit/native_code.hpp"
#include "pvm/result.hpp"

namespace pvm::engine::sandbox {

/// One mapping: the jump table, readable, right before the code, readable and executable. Unmapped with the last instance.
class LoadedCode {
 public:
  static Result<std::shared_ptr<const LoadedCode>> load(std::shared_ptr<const jit::NativeCode> code);
  ~LoadedCode();
  LoadedCode(const LoadedCode&) = delete;
  LoadedCode& operator=(const LoadedCode&) = delete;

  u64 begin() const { return begin_; }
  u64 size() const { return code_->bytes.size(); }
  bool holds(u64 address) const { return address - begin_ < size(); }
  /// Does an instruction or a block's charge begin at this offset, so that all that guest code is lies in its registers? Safe in signal
  /// handlers.
  bool is_boundary(u32 native) const;

 private:
  LoadedCode(std::shared_ptr<const jit::NativeCode> code, u64 mapping, u64 length, u64 begin)
      : code_(std::move(code)), mapping_(mapping), length_(length), begin_(begin) {}

  std::shared_ptr<const jit::NativeCode> code_;
  u64 mapping_, length_;
  u64 begin_;
};

}  // namespace pvm::engine::sandbox
