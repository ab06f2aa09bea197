// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a host function sees of the instance that called it.
#pragma once

#include <any>
#include <optional>
#include <span>
#include <string>

#include "pvm/instance.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

/// The calling instance during a host function: its registers, gas and memory. Valid until the function returns, on its thread. The
/// functions are those of Instance, but for the lock.
class PVM_API Caller {
 public:
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// Number of the host call. [exit.host_call]
  u64 number() const { return number_; }
  /// True in the 32-bit versions.
  bool is_32_bit() const { return is_32_bit_; }
  /// The instance's module, and its Instance::user_data().
  const Module& module() const;
  std::any& user_data() const;

  /// Register `number`, 0 to 12; other numbers read as 0 and are not written. [host.registers]
  u64 reg(u32 number) const;
  void set_reg(u32 number, u64 value);
  /// The n-th register of the calling convention, 0 to 8: a0 to a5, t0 to t2. [entry.convention]
  u64 argument(u32 n) const;
  i64 gas() const;
  void set_gas(i64 gas);
  /// Takes `amount` >= 0 from the counter if it is not more than what is there; else takes nothing and gives false. Metering none: true.
  bool charge(i64 amount);

  Result<void> read(u64 address, std::span<u8> out) const;
  Result<void> write(u64 address, std::span<const u8> bytes);
  Result<u8> read_u8(u64 address) const;
  Result<u16> read_u16(u64 address) const;
  Result<u32> read_u32(u64 address) const;
  Result<u64> read_u64(u64 address) const;
  Result<void> write_u8(u64 address, u8 value);
  Result<void> write_u16(u64 address, u16 value);
  Result<void> write_u32(u64 address, u32 value);
  Result<void> write_u64(u64 address, u64 value);
  /// Pages and heap; see Instance.
  Result<void> map(u64 address, u64 length, bool writable);
  Result<void> protect(u64 address, u64 length, bool writable);
  Result<void> unmap(u64 address, u64 length);
  Result<u64> sbrk(u64 size);

  /// Ends the guest's call with the error host_function and this text, once the host function returns. The next run would continue
  /// behind the host call.
  void abort(std::string message);

 private:
  friend struct CallerAccess;
  explicit Caller(Instance::Impl& instance);
  Instance::Impl& instance_;
  u64 number_ = 0;
  bool is_32_bit_ = false;
  std::optional<std::string> abort_;
};

}  // namespace pvm
