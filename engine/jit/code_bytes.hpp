// SPDX-License-Identifier: Apache-2.0 OR MIT
// A buffer for machine code.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "pvm/types.hpp"

namespace pvm::engine::jit {

/// Bytes that grow without being touched before they are written, and as a rule without being copied. Otherwise like a vector.
class CodeBytes {
 public:
  CodeBytes() = default;
  CodeBytes(std::span<const u8> bytes) {  // NOLINT(google-explicit-constructor)
    resize(bytes.size());
    if (!bytes.empty()) std::memcpy(memory_.get(), bytes.data(), bytes.size());
  }
  CodeBytes(const std::vector<u8>& bytes) : CodeBytes(std::span(bytes)) {}  // NOLINT(google-explicit-constructor)
  CodeBytes(const CodeBytes& other) : CodeBytes(std::span<const u8>(other.data(), other.size())) {}
  CodeBytes(CodeBytes&& other) noexcept : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  CodeBytes& operator=(CodeBytes other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~CodeBytes() = default;

  u8* data() { return memory_.get(); }
  const u8* data() const { return memory_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  u8* begin() { return data(); }
  u8* end() { return data() + size_; }
  const u8* begin() const { return data(); }
  const u8* end() const { return data() + size_; }
  u8& operator[](std::size_t index) { return memory_.get()[index]; }
  const u8& operator[](std::size_t index) const { return memory_.get()[index]; }

  /// Keeps the contents up to the smaller size; bytes beyond the old one are unspecified.
  void resize(std::size_t size) {
    void* const grown = std::realloc(memory_.get(), size != 0 ? size : 1);
    if (grown == nullptr) throw std::bad_alloc();
    static_cast<void>(memory_.release());
    memory_.reset(static_cast<u8*>(grown));
    size_ = size;
  }

 private:
  struct Free {
    void operator()(u8* memory) const { std::free(memory); }
  };

  std::unique_ptr<u8, Free> memory_;
  std::size_t size_ = 0;
};

}  // namespace pvm::engine::jit
