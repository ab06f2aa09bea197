// SPDX-License-Identifier: Apache-2.0 OR MIT
// Owned file descriptors, anonymous files, mappings, and errors of the system as values.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "pvm/result.hpp"

namespace pvm::engine::sandbox::process {

/// Closes what it holds. Everything made here is closed on exec.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }
  void close();

 private:
  int number_ = -1;
};

/// A shared mapping of a file, in this process.
class Mapping {
 public:
  Mapping() = default;
  Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();
  static Result<Mapping> map(const Descriptor& file, u64 offset, u64 bytes, bool writable);
  u8* data() const { return bytes_.data(); }
  std::span<u8> bytes() const { return bytes_; }

 private:
  std::span<u8> bytes_;
};

/// What an anonymous file is for: only the worker program may be executed as a program.
enum class FileUse : u8 { data, program };
/// An anonymous file of `bytes` bytes, all zero.
Result<Descriptor> make_file(const char* name, u64 bytes, FileUse use = FileUse::data);
/// Its size can't change any more; that can't be undone.
Result<void> fix_size(const Descriptor& file);
/// Neither its size nor its contents can change any more. No writable mapping may exist.
Result<void> seal(const Descriptor& file);
Result<void> write_all(const Descriptor& file, u64 offset, std::span<const u8> bytes);
/// Bytes beyond the end are zero.
Result<void> read_all(const Descriptor& file, u64 offset, std::span<u8> bytes);

/// "what: text of errno", resource_exhausted for what a limit explains, else `otherwise`.
Error system_error(std::string what, int error, ErrorCode otherwise = ErrorCode::worker_failed);

}  // namespace pvm::engine::sandbox::process
