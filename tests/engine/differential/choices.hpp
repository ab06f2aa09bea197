// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where programs, states and hosts' decisions come from: random numbers, or the bytes of a fuzzer.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "pvm/types.hpp"

namespace pvm::differential {

/// A stream of decisions. Once exhausted it is all zeros, and 0 is the plain choice everywhere.
class Choices {
 public:
  virtual ~Choices() = default;
  /// Any number below `count`.
  virtual u32 below(u32 count) = 0;
  virtual u64 any() = 0;

  bool one_in(u32 count) { return below(count) == count - 1; }
  template <typename T, std::size_t n>
  T of(const T (&values)[n]) {
    return values[below(static_cast<u32>(n))];
  }
  template <typename T>
  T of(const std::vector<T>& values) {
    return values[below(static_cast<u32>(values.size()))];
  }
};

/// The numbers of a list, modulo what there is to choose from.
class ListedChoices final : public Choices {
 public:
  explicit ListedChoices(std::span<const u32> list) : list_(list) {}
  u32 below(u32 count) override { return next() % count; }
  u64 any() override {
    const u64 high = next();
    return high << 32 | next();
  }

 private:
  u32 next() { return place_ < list_.size() ? list_[place_++] : 0; }
  std::span<const u32> list_;
  std::size_t place_ = 0;
};

/// A fuzzer's bytes: one for each decision among up to 256.
class InputChoices final : public Choices {
 public:
  explicit InputChoices(std::span<const u8> bytes) : bytes_(bytes) {}
  u32 below(u32 count) override { return static_cast<u32>((count <= 256 ? byte() : u64{byte()} << 8 | byte()) % count); }
  u64 any() override {
    u64 value = 0;
    for (int index = 0; index < 8; ++index) value = value << 8 | byte();
    return value;
  }
  bool is_exhausted() const { return place_ >= bytes_.size(); }

 private:
  u8 byte() { return place_ < bytes_.size() ? bytes_[place_++] : u8{0}; }
  std::span<const u8> bytes_;
  std::size_t place_ = 0;
};

}  // namespace pvm::differential
