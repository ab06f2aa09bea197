// SPDX-License-Identifier: Apache-2.0 OR MIT
// The system calls that a worker may make, as a seccomp program: four of them, with their arguments. Anything else kills it.
#pragma once

#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>

#include "sandbox/process/protocol.hpp"
#include "sandbox/process/worker/system.hpp"

namespace pvm::engine::sandbox::process {

/// A filter under construction. Every branch is either to the next instruction, to a label within reach, or to one of the two verdicts.
class FilterProgram {
 public:
  static constexpr u8 max_length = 64;

  constexpr FilterProgram() {
    load(offsetof(seccomp_data, arch));
    require(AUDIT_ARCH_X86_64);
    load(offsetof(seccomp_data, nr));  // x32 numbers have bit 30 set, and equal none of these.
    allow_if(__NR_rt_sigreturn);
    allow_if(__NR_exit_group);
    const u8 futex = when(__NR_futex);
    const u8 mprotect = when(__NR_mprotect);
    verdict(SECCOMP_RET_KILL_PROCESS);

    here(futex);  // Waiting for a turn, and waking the host.
    require_argument(0, turn_address);
    load(low(1));
    allow_if(FUTEX_WAIT);
    require(FUTEX_WAKE);
    verdict(SECCOMP_RET_ALLOW);

    here(mprotect);  // Guest memory only: begin, length and begin + length are at most 2^32.
    load(high(0));
    require(0);
    load(high(1));
    require(0);
    load(low(0));
    add({BPF_MISC | BPF_TAX, 0, 0, 0});
    load(low(1));
    add({BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0});
    add({BPF_JMP | BPF_JGE | BPF_X, 1, 0, 0});  // No carry.
    require(0);
    load(high(2));
    require(0);
    load(low(2));
    allow_if(0);
    allow_if(1);  // PROT_READ
    require(3);   // PROT_READ | PROT_WRITE
    verdict(SECCOMP_RET_ALLOW);

    allow_ = length_;
    verdict(SECCOMP_RET_ALLOW);
    kill_ = length_;
    verdict(SECCOMP_RET_KILL_PROCESS);
    for (u8 i = 0; i < length_; ++i) {
      code_[i].jt = resolved(code_[i].jt, i);
      code_[i].jf = resolved(code_[i].jf, i);
    }
  }

  constexpr u16 length() const { return length_; }
  constexpr const sock_filter* code() const { return code_; }

 private:
  static constexpr u8 to_allow = 254, to_kill = 255;

  static constexpr u32 low(u32 argument) { return static_cast<u32>(offsetof(seccomp_data, args)) + argument * 8; }
  static constexpr u32 high(u32 argument) { return low(argument) + 4; }
  constexpr void add(sock_filter instruction) { code_[length_++] = instruction; }
  constexpr void load(u64 offset) { add({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<u32>(offset)}); }
  constexpr void verdict(u32 value) { add({BPF_RET | BPF_K, 0, 0, value}); }
  constexpr void allow_if(u32 value) { add({BPF_JMP | BPF_JEQ | BPF_K, to_allow, 0, value}); }
  constexpr void require(u32 value) { add({BPF_JMP | BPF_JEQ | BPF_K, 0, to_kill, value}); }
  constexpr void require_argument(u32 argument, u64 value) {
    load(low(argument));
    require(static_cast<u32>(value));
    load(high(argument));
    require(static_cast<u32>(value >> 32));
  }
  // A forward jump to be bound by here().
  constexpr u8 when(u32 value) {
    add({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, value});
    return static_cast<u8>(length_ - 1);
  }
  constexpr void here(u8 jump) { code_[jump].jt = static_cast<u8>(length_ - jump - 1); }
  constexpr u8 resolved(u8 target, u8 at) const {
    if (target == to_allow) return static_cast<u8>(allow_ - at - 1);
    if (target == to_kill) return static_cast<u8>(kill_ - at - 1);
    return target;
  }

  sock_filter code_[max_length] = {};
  u8 length_ = 0, allow_ = 0, kill_ = 0;
};

inline constexpr FilterProgram worker_filter;

}  // namespace pvm::engine::sandbox::process
