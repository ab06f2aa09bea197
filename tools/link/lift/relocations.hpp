// SPDX-License-Identifier: Apache-2.0 OR MIT
// The relocation types of RISC-V ELF ("RISC-V ELF Specification", chapter "Relocations").
#pragma once

#include <string>

#include "ir.hpp"

namespace pvm::link::relocation {

enum Type : u32 {
  none = 0,
  absolute_32 = 1,
  absolute_64 = 2,
  relative = 3,
  tls_first = 6,
  tls_last = 13,
  branch = 16,
  jal = 17,
  call = 18,
  call_plt = 19,
  got_hi20 = 20,
  tls_got_hi20 = 21,
  tls_gd_hi20 = 22,
  pcrel_hi20 = 23,
  pcrel_lo12_i = 24,
  pcrel_lo12_s = 25,
  hi20 = 26,
  lo12_i = 27,
  lo12_s = 28,
  tprel_hi20 = 29,
  tprel_add = 32,
  add8 = 33,
  add16 = 34,
  add32 = 35,
  add64 = 36,
  sub8 = 37,
  sub16 = 38,
  sub32 = 39,
  sub64 = 40,
  align = 43,
  rvc_branch = 44,
  rvc_jump = 45,
  rvc_lui = 46,
  gprel_i = 47,
  gprel_s = 48,
  tprel_i = 49,
  tprel_s = 50,
  relax = 51,
  sub6 = 52,
  set6 = 53,
  set8 = 54,
  set16 = 55,
  set32 = 56,
  pcrel_32 = 57,
  plt32 = 59,
  set_uleb128 = 60,
  sub_uleb128 = 61,
};

/// How lld (256 and on) and GNU ld write the low half of an address whose high half they have removed: it is relative to gp or to 0.
constexpr bool is_without_high_half(u32 type) {
  return type == gprel_i || type == gprel_s || (type >= 256 && type <= 259);
}

constexpr bool is_thread_local(u32 type) {
  return (type >= tls_first && type <= tls_last) || type == tls_got_hi20 || type == tls_gd_hi20 ||
         (type >= tprel_hi20 && type <= tprel_add) || type == tprel_i || type == tprel_s;
}

/// "R_RISCV_HI20", or "relocation type 99".
std::string name_of(u32 type);

}  // namespace pvm::link::relocation
