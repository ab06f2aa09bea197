// SPDX-License-Identifier: Apache-2.0 OR MIT
// Notes what the host does to a guest in a host call.
#pragma once

#include "execution.hpp"

namespace pvm::command {

/// Number of the register of the n-th argument: a0 to a5, t0 to t2. [entry.convention]
constexpr u32 argument_register(u32 n) {
  return n < 6 ? 7 + n : 2 + (n - 6);
}

/// Forwards to `guest` and writes into `call`; both must outlive it.
class RecordingGuest : public CallingGuest {
 public:
  RecordingGuest(CallingGuest& guest, HostCall& call) : guest_(guest), call_(call) {}
  u64 argument(u32 n) const override { return guest_.argument(n); }
  bool is_32_bit() const override { return guest_.is_32_bit(); }
  void set_a0(u64 value) override { set(7, value); }
  void set_a1(u64 value) override { set(8, value); }
  bool read(u64 address, std::span<u8> out) override {
    if (!guest_.read(address, out)) return false;
    if (!out.empty()) call_.accesses.push_back({false, address, {out.begin(), out.end()}});
    return true;
  }
  bool write(u64 address, std::span<const u8> bytes) override {
    if (!guest_.write(address, bytes)) return false;
    if (!bytes.empty()) call_.accesses.push_back({true, address, {bytes.begin(), bytes.end()}});
    return true;
  }
  // Looking is no access that a replay needs.
  bool can_read(u64 address, u64 size) override { return guest_.can_read(address, size); }
  bool can_write(u64 address, u64 size) override { return guest_.can_write(address, size); }

 private:
  /// The host function settles the register in several steps; the last one counts.
  void set(u32 number, u64 value) {
    if (number == 7) guest_.set_a0(value);
    if (number == 8) guest_.set_a1(value);
    const u64 kept = is_32_bit() ? value & 0xffffffff : value;
    for (auto& [known, old] : call_.set_registers) {
      if (known == number) {
        old = kept;
        return;
      }
    }
    call_.set_registers.emplace_back(number, kept);
  }

  CallingGuest& guest_;
  HostCall& call_;
};

}  // namespace pvm::command
