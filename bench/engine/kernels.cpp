// SPDX-License-Identifier: Apache-2.0 OR MIT
// The kernels as guest code. The notation is that of pvm/builder/assemble.hpp.
#include "kernels.hpp"

#include <array>

#include "native.hpp"

namespace pvm::bench {
namespace {

constexpr std::string_view loop = R"(
  load_imm t0, 0; fallthrough
loop:
  add_64 t0, t0, a0; add_imm_64 a0, a0, -1
  branch_not_eq_imm a0, 0, loop
  move_reg a0, t0; ret
)";

constexpr std::string_view sieve = R"(
  load_imm s0, 0x20000; load_imm t0, 0; fallthrough
clear:
  add_64 t1, s0, t0; store_imm_indirect_u64 t1, 0, 0; add_imm_64 t0, t0, 8
  branch_less_unsigned t0, a0, clear
  load_imm t0, 2; fallthrough
number:
  mul_64 t1, t0, t0
  branch_greater_or_equal_unsigned t1, a0, count
  add_64 t2, s0, t0; load_indirect_u8 t2, t2, 0
  branch_not_eq_imm t2, 0, next
mark:
  add_64 t2, s0, t1; store_imm_indirect_u8 t2, 0, 1; add_64 t1, t1, t0
  branch_less_unsigned t1, a0, mark
next:
  add_imm_64 t0, t0, 1; jump number
count:
  load_imm a1, 0; load_imm t0, 2; fallthrough
tally:
  add_64 t1, s0, t0; load_indirect_u8 t1, t1, 0; xor_imm t1, t1, 1; add_64 a1, a1, t1; add_imm_64 t0, t0, 1
  branch_less_unsigned t0, a0, tally
  move_reg a0, a1; ret
)";

constexpr std::string_view sort = R"(
  move_reg s1, ra; shift_logical_left_imm_64 s0, a0, 2; add_imm_64 s0, s0, 0x20000
  load_imm t0, 0x20000; load_imm t1, 12345; fallthrough
fill:
  mul_imm_32 t1, t1, 1664525; add_imm_32 t1, t1, 1013904223; store_indirect_u32 t1, t0, 0; add_imm_64 t0, t0, 4
  branch_less_unsigned t0, s0, fill
  load_imm a0, 0x20000; add_imm_64 a1, s0, -4; load_imm_and_jump ra, &sum, sort
sum:
  load_imm a0, 0; load_imm t0, 0x20000; fallthrough
tally:
  mul_imm_64 a0, a0, 31; load_indirect_u32 t1, t0, 0; add_64 a0, a0, t1; add_imm_64 t0, t0, 4
  branch_less_unsigned t0, s0, tally
  jump_indirect s1, 0
sort:
  branch_greater_or_equal_unsigned a0, a1, leave
  load_indirect_i32 t0, a1, 0; move_reg t1, a0; move_reg t2, a0; fallthrough
scan:
  load_indirect_i32 a2, t2, 0
  branch_greater_or_equal_signed a2, t0, next
  load_indirect_i32 a3, t1, 0; store_indirect_u32 a3, t2, 0; store_indirect_u32 a2, t1, 0; add_imm_64 t1, t1, 4; fallthrough
next:
  add_imm_64 t2, t2, 4
  branch_less_unsigned t2, a1, scan
  load_indirect_i32 a2, t1, 0; load_indirect_i32 a3, a1, 0; store_indirect_u32 a3, t1, 0; store_indirect_u32 a2, a1, 0
  add_imm_64 sp, sp, -24; store_indirect_u64 ra, sp, 0; store_indirect_u64 t1, sp, 8; store_indirect_u64 a1, sp, 16
  add_imm_64 a1, t1, -4; load_imm_and_jump ra, &upper, sort
upper:
  load_indirect_u64 t1, sp, 8; load_indirect_u64 a1, sp, 16; load_indirect_u64 ra, sp, 0; add_imm_64 sp, sp, 24
  add_imm_64 a0, t1, 4; jump sort
leave:
  ret
)";

constexpr std::string_view hash = R"(
  load_imm64 s0, 0x9e3779b185ebca87; load_imm64 s1, 0xc2b2ae3d27d4eb4f
  load_imm t0, 0x20000; load_imm t1, 0; add_64 a1, a0, t0; fallthrough
fill:
  mul_64 t2, t1, s0; store_indirect_u64 t2, t0, 0; add_imm_64 t0, t0, 8; add_imm_64 t1, t1, 8
  branch_less_unsigned t0, a1, fill
  add_64 a2, s0, s1; move_reg a3, s1; load_imm a4, 0; negate_and_add_imm_64 a5, s0, 0; load_imm t0, 0x20000; fallthrough
round:
  load_indirect_u64 t1, t0, 0; mul_64 t1, t1, s1; add_64 a2, a2, t1; rotate_right_imm_64 a2, a2, 33; mul_64 a2, a2, s0
  load_indirect_u64 t1, t0, 8; mul_64 t1, t1, s1; add_64 a3, a3, t1; rotate_right_imm_64 a3, a3, 33; mul_64 a3, a3, s0
  load_indirect_u64 t1, t0, 16; mul_64 t1, t1, s1; add_64 a4, a4, t1; rotate_right_imm_64 a4, a4, 33; mul_64 a4, a4, s0
  load_indirect_u64 t1, t0, 24; mul_64 t1, t1, s1; add_64 a5, a5, t1; rotate_right_imm_64 a5, a5, 33; mul_64 a5, a5, s0
  add_imm_64 t0, t0, 32
  branch_less_unsigned t0, a1, round
  rotate_right_imm_64 a2, a2, 63; rotate_right_imm_64 a3, a3, 57; rotate_right_imm_64 a4, a4, 52; rotate_right_imm_64 a5, a5, 46
  add_64 a0, a2, a3; add_64 a0, a0, a4; add_64 a0, a0, a5; shift_logical_right_imm_64 a1, a0, 33; xor a0, a0, a1
  mul_64 a0, a0, s1; ret
)";

constexpr std::string_view matrix = R"(
  mul_64 a1, a0, a0; load_imm t0, 0; load_imm t1, 1; load_imm t2, 2; load_imm s0, 0x20000; fallthrough
fill:
  store_indirect_u32 t1, s0, 0; store_indirect_u32 t2, s0, 0x40000; add_imm_32 t1, t1, 7; add_imm_32 t2, t2, 3
  add_imm_64 s0, s0, 4; add_imm_64 t0, t0, 1
  branch_less_unsigned t0, a1, fill
  shift_logical_left_imm_64 a1, a0, 2
  load_imm a5, 0; load_imm s0, 0x20000; load_imm s1, 0xa0000; load_imm a2, 0; fallthrough
row:
  load_imm a3, 0; fallthrough
column:
  load_imm t0, 0; move_reg t1, s0; add_imm_64 t2, a3, 0x60000; add_64 a4, s0, a1; fallthrough
term:
  load_indirect_i32 sp, t1, 0; load_indirect_i32 ra, t2, 0; mul_32 sp, sp, ra; add_32 t0, t0, sp
  add_imm_64 t1, t1, 4; add_64 t2, t2, a1
  branch_less_unsigned t1, a4, term
  store_indirect_u32 t0, s1, 0; shift_logical_left_imm_64 t0, t0, 32; shift_logical_right_imm_64 t0, t0, 32; add_64 a5, a5, t0
  add_imm_64 s1, s1, 4; add_imm_64 a3, a3, 4
  branch_less_unsigned a3, a1, column
  move_reg s0, a4; add_imm_64 a2, a2, 1
  branch_less_unsigned a2, a0, row
  move_reg a0, a5; load_imm ra, 0xffff0000; ret
)";

constexpr std::string_view search = R"(
  load_imm t0, 0x20000; load_imm t1, 1; add_64 a1, a0, t0; fallthrough
fill:
  mul_imm_32 t1, t1, 1664525; add_imm_32 t1, t1, 1013904223; shift_logical_right_imm_32 t2, t1, 31; add_imm_64 t2, t2, 97
  store_indirect_u8 t2, t0, 0; add_imm_64 t0, t0, 1
  branch_less_unsigned t0, a1, fill
  load_imm t0, 0x220000; load_imm64 t1, 0x6361616161616161; store_indirect_u64 t1, t0, 0
  load_imm a2, 0; load_imm t0, 0x20000; add_imm_64 a1, a1, -8; load_imm a5, 8; fallthrough
place:
  load_imm t1, 0; fallthrough
compare:
  add_64 t2, t0, t1; load_indirect_u8 t2, t2, 0; load_indirect_u8 a3, t1, 0x220000
  branch_not_eq t2, a3, differ
  add_imm_64 t1, t1, 1
  branch_less_unsigned t1, a5, compare
  add_imm_64 a0, t0, -0x20000; ret
differ:
  add_64 a2, a2, t1; add_imm_64 t0, t0, 1
  branch_greater_or_equal_unsigned a1, t0, place
  move_reg a0, a2; ret
)";

constexpr std::string_view recursion = R"(
  move_reg s1, ra; load_imm_and_jump ra, &back, fibonacci
back:
  jump_indirect s1, 0
fibonacci:
  branch_less_unsigned_imm a0, 2, small
  add_imm_64 sp, sp, -24; store_indirect_u64 ra, sp, 0; store_indirect_u64 a0, sp, 8
  add_imm_64 a0, a0, -1; load_imm_and_jump ra, &one, fibonacci
one:
  store_indirect_u64 a0, sp, 16; load_indirect_u64 a0, sp, 8; add_imm_64 a0, a0, -2; load_imm_and_jump ra, &two, fibonacci
two:
  load_indirect_u64 a1, sp, 16; add_64 a0, a0, a1; load_indirect_u64 ra, sp, 0; add_imm_64 sp, sp, 24; fallthrough
small:
  ret
)";

// The jump table begins with the six handlers, so that operation x is at the dynamic address 2 x + 2.
constexpr std::string_view bytecode = R"(
  .table plus, exclusive_or, multiply, rotate, back, end
  load_imm64 t0, 0x0d03050263011100; load_imm t1, 0x20000; store_indirect_u64 t0, t1, 0
  load_imm64 t0, 0x000500040701c900; store_indirect_u64 t0, t1, 8
  load_imm a1, 1; fallthrough
dispatch:
  load_indirect_u8 t2, t1, 1; load_indirect_u8 t0, t1, 0; add_imm_64 t1, t1, 2; add_64 t0, t0, t0; jump_indirect t0, 2
plus:
  add_64 a1, a1, t2; jump dispatch
exclusive_or:
  xor a1, a1, t2; jump dispatch
multiply:
  mul_64 a1, a1, t2; jump dispatch
rotate:
  rotate_left_64 a1, a1, t2; jump dispatch
back:
  add_imm_64 a0, a0, -1
  branch_eq_imm a0, 0, dispatch
  add_imm_64 t1, t2, 0x20000; jump dispatch
end:
  move_reg a0, a1; ret
)";

constexpr std::string_view copy = R"(
  load_imm t0, 0; load_imm a5, 0x10000; load_imm a4, 4096; fallthrough
fill:
  store_indirect_u64 t0, t0, 0x20000; add_imm_64 t0, t0, 8
  branch_less_unsigned t0, a5, fill
round:
  load_imm t0, 0x20000; load_imm t1, 0x30000; fallthrough
words:
  load_indirect_u64 t2, t0, 0; store_indirect_u64 t2, t0, 0x100000; add_imm_64 t0, t0, 8
  branch_less_unsigned t0, t1, words
  load_imm t0, 0; fallthrough
bytes:
  load_indirect_u8 t2, t0, 0x120001; store_indirect_u8 t2, t0, 0x20000; add_imm_64 t0, t0, 1
  branch_less_unsigned t0, a4, bytes
  add_imm_64 a0, a0, -1
  branch_not_eq_imm a0, 0, round
  load_u64 a0, 0x12fff8; load_u64 a1, 0x20000; add_64 a0, a0, a1; ret
)";

constexpr std::string_view divide = R"(
  load_imm a1, 0; load_imm t0, 0; load_imm64 s0, 0x9e3779b185ebca87; fallthrough
pair:
  add_imm_64 t0, t0, 1; mul_64 t1, t0, s0; mul_imm_64 t2, t0, 48271; add_imm_64 t2, t2, 12345; fallthrough
step:
  rem_unsigned_64 a2, t1, t2; move_reg t1, t2; move_reg t2, a2
  branch_not_eq_imm t2, 0, step
  add_64 a1, a1, t1; mul_imm_32 a2, t0, 2654435761; div_unsigned_32 a2, a2, t0
  shift_logical_left_imm_64 a2, a2, 32; shift_logical_right_imm_64 a2, a2, 32; add_64 a1, a1, a2
  branch_less_unsigned t0, a0, pair
  move_reg a0, a1; ret
)";

constexpr std::array<Kernel, 10> all = {{
    {"loop", loop, native::loop, 100'000'000, 1000},
    {"sieve", sieve, native::sieve, 2'000'000, 2000},
    {"sort", sort, native::sort, 200'000, 200},
    {"hash", hash, native::hash, 1 << 20, 1024},
    {"matrix", matrix, native::matrix, 192, 6},
    {"search", search, native::search, 2'000'000, 2000},
    {"recursion", recursion, native::recursion, 30, 8},
    {"bytecode", bytecode, native::bytecode, 1'000'000, 50},
    {"copy", copy, native::copy, 500, 1},
    {"divide", divide, native::divide, 100'000, 20},
}};

}  // namespace

std::span<const Kernel> kernels() {
  return all;
}

}  // namespace pvm::bench
