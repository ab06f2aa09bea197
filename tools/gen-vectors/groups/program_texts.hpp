// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest programs that do real work, in the assembler's notation. They run in every version; a name in _w follows the width.
// Each begins at 0 with ra = 0xffff0000, sp = the top of the stack, arguments in a0..a2, and leaves its result in a0.
#pragma once

namespace pvm::gen::texts {

// Words at 0x30000, a1 of them, signed, in place.
inline constexpr const char* insertion_sort = R"(
  load_imm s0, 0x30000; load_imm t0, 1; fallthrough
outer:
  branch_greater_or_equal_unsigned t0, a1, done
  shift_logical_left_imm_32 t1, t0, 2; add_w t1, t1, s0; load_indirect_i32 t2, t1, 0; fallthrough
inner:
  branch_greater_or_equal_unsigned s0, t1, place
  load_indirect_i32 a2, t1, -4
  branch_greater_or_equal_signed t2, a2, place
  store_indirect_u32 a2, t1, 0; add_imm_32 t1, t1, -4; jump inner
place:
  store_indirect_u32 t2, t1, 0; add_imm_32 t0, t0, 1; jump outer
done:
  ret
)";

// Words from address a0 up to and including a1, signed, in place; recursive.
inline constexpr const char* quicksort = R"(
  move_reg s1, ra; load_imm_and_jump ra, &back, sort
back:
  jump_indirect s1, 0
sort:
  branch_greater_or_equal_unsigned a0, a1, leave
  load_indirect_i32 t0, a1, 0; move_reg t1, a0; move_reg t2, a0; fallthrough
scan:
  branch_greater_or_equal_unsigned t2, a1, split
  load_indirect_i32 a2, t2, 0
  branch_greater_or_equal_signed a2, t0, next
  load_indirect_i32 a3, t1, 0; store_indirect_u32 a2, t1, 0; store_indirect_u32 a3, t2, 0; add_imm_32 t1, t1, 4; fallthrough
next:
  add_imm_32 t2, t2, 4; jump scan
split:
  load_indirect_i32 a2, t1, 0; load_indirect_i32 a3, a1, 0; store_indirect_u32 a3, t1, 0; store_indirect_u32 a2, a1, 0
  add_imm_32 sp, sp, -12; store_indirect_u32 ra, sp, 0; store_indirect_u32 t1, sp, 4; store_indirect_u32 a1, sp, 8
  add_imm_32 a1, t1, -4; load_imm_and_jump ra, &right, sort
right:
  load_indirect_i32 t1, sp, 4; load_indirect_i32 a1, sp, 8; add_imm_32 a0, t1, 4; load_imm_and_jump ra, &after, sort
after:
  load_indirect_i32 ra, sp, 0; add_imm_32 sp, sp, 12; fallthrough
leave:
  ret
)";

// FNV-1a, 32 bits, of a1 bytes at 0x10000.
inline constexpr const char* fnv_1a = R"(
  load_imm a0, 0x811c9dc5; load_imm t0, 0x10000; add_w a1, a1, t0; fallthrough
loop:
  branch_greater_or_equal_unsigned t0, a1, done
  load_indirect_u8 t1, t0, 0; xor a0, a0, t1; mul_imm_32 a0, a0, 16777619; add_imm_32 t0, t0, 1; jump loop
done:
  ret
)";

// CRC-32 (reflected, 0xedb88320), bit by bit, of a1 bytes at 0x10000.
inline constexpr const char* crc_32 = R"(
  load_imm a0, -1; load_imm t0, 0x10000; add_w a1, a1, t0; fallthrough
byte:
  branch_greater_or_equal_unsigned t0, a1, done
  load_indirect_u8 t1, t0, 0; xor a0, a0, t1; load_imm t2, 8; fallthrough
bit:
  and_imm s0, a0, 1; negate_and_add_imm_32 s0, s0, 0; and_imm s0, s0, 0xedb88320
  shift_logical_right_imm_32 a0, a0, 1; xor a0, a0, s0; add_imm_32 t2, t2, -1
  branch_not_eq_imm t2, 0, bit
  add_imm_32 t0, t0, 1; jump byte
done:
  xor_imm a0, a0, -1; ret
)";

// The last steps of xxHash32 with seed 0, which suffice for less than 4 bytes: a1 bytes at 0x10000.
inline constexpr const char* xxhash_short = R"(
  add_imm_32 a0, a1, 374761393; load_imm t0, 0x10000; add_w a1, a1, t0; fallthrough
byte:
  branch_greater_or_equal_unsigned t0, a1, mix
  load_indirect_u8 t1, t0, 0; mul_imm_32 t1, t1, 374761393; add_32 a0, a0, t1
  rotate_right_imm_32 a0, a0, 21; mul_imm_32 a0, a0, 2654435761; add_imm_32 t0, t0, 1; jump byte
mix:
  shift_logical_right_imm_32 t1, a0, 15; xor a0, a0, t1; mul_imm_32 a0, a0, 2246822519
  shift_logical_right_imm_32 t1, a0, 13; xor a0, a0, t1; mul_imm_32 a0, a0, 3266489917
  shift_logical_right_imm_32 t1, a0, 16; xor a0, a0, t1; ret
)";

// 3 x 3 words: 0x30048 := 0x30000 times 0x30024.
inline constexpr const char* matrix = R"(
  load_imm t0, 0; fallthrough
row:
  load_imm t1, 0; fallthrough
column:
  load_imm t2, 0; load_imm s0, 0; fallthrough
term:
  shift_logical_left_imm_32 a2, t2, 2; add_32 a2, a2, t0; load_indirect_i32 a2, a2, 0x30000
  mul_imm_32 a3, t2, 12; add_32 a3, a3, t1; load_indirect_i32 a3, a3, 0x30024
  mul_32 a2, a2, a3; add_32 s0, s0, a2; add_imm_32 t2, t2, 1
  branch_less_unsigned_imm t2, 3, term
  add_32 a2, t0, t1; store_indirect_u32 s0, a2, 0x30048; add_imm_32 t1, t1, 4
  branch_less_unsigned_imm t1, 12, column
  add_imm_32 t0, t0, 12
  branch_less_unsigned_imm t0, 36, row
  ret
)";

// First place of the a1 bytes at 0x10080 in the a0 bytes at 0x10000, or -1.
inline constexpr const char* string_search = R"(
  sub_32 t0, a0, a1; load_imm a0, 0; fallthrough
place:
  branch_less_signed t0, a0, missing
  load_imm t1, 0; fallthrough
compare:
  branch_greater_or_equal_unsigned t1, a1, found
  add_32 a2, a0, t1; load_indirect_u8 a2, a2, 0x10000; load_indirect_u8 a3, t1, 0x10080; add_imm_32 t1, t1, 1
  branch_eq a2, a3, compare
  add_imm_32 a0, a0, 1; jump place
missing:
  load_imm a0, -1; ret
found:
  ret
)";

inline constexpr const char* fibonacci = R"(
  move_reg s1, ra; load_imm_and_jump ra, &back, fibonacci
back:
  jump_indirect s1, 0
fibonacci:
  branch_less_unsigned_imm a0, 2, small
  add_imm_32 sp, sp, -12; store_indirect_u32 ra, sp, 0; store_indirect_u32 a0, sp, 4
  add_imm_32 a0, a0, -1; load_imm_and_jump ra, &one, fibonacci
one:
  store_indirect_u32 a0, sp, 8; load_indirect_i32 a0, sp, 4; add_imm_32 a0, a0, -2; load_imm_and_jump ra, &two, fibonacci
two:
  load_indirect_i32 a1, sp, 8; add_32 a0, a0, a1; load_indirect_i32 ra, sp, 0; add_imm_32 sp, sp, 12; fallthrough
small:
  ret
)";

inline constexpr const char* ackermann = R"(
  move_reg s1, ra; load_imm_and_jump ra, &back, ackermann
back:
  jump_indirect s1, 0
ackermann:
  branch_not_eq_imm a0, 0, outer
  add_imm_32 a0, a1, 1; ret
outer:
  branch_not_eq_imm a1, 0, both
  add_imm_32 a0, a0, -1; load_imm a1, 1; jump ackermann
both:
  add_imm_32 sp, sp, -8; store_indirect_u32 ra, sp, 0; store_indirect_u32 a0, sp, 4
  add_imm_32 a1, a1, -1; load_imm_and_jump ra, &inner, ackermann
inner:
  move_reg a1, a0; load_indirect_i32 a0, sp, 4; add_imm_32 a0, a0, -1; load_indirect_i32 ra, sp, 0; add_imm_32 sp, sp, 8; jump ackermann
)";

// Moves of the towers of Hanoi with a0 discs.
inline constexpr const char* hanoi = R"(
  move_reg s1, ra; load_imm s0, 0; load_imm_and_jump ra, &back, move
back:
  move_reg a0, s0; jump_indirect s1, 0
move:
  branch_eq_imm a0, 0, none
  add_imm_32 sp, sp, -8; store_indirect_u32 ra, sp, 0; store_indirect_u32 a0, sp, 4
  add_imm_32 a0, a0, -1; load_imm_and_jump ra, &middle, move
middle:
  add_imm_32 s0, s0, 1; load_indirect_i32 a0, sp, 4; add_imm_32 a0, a0, -1; load_imm_and_jump ra, &last, move
last:
  load_indirect_i32 ra, sp, 0; add_imm_32 sp, sp, 8; fallthrough
none:
  ret
)";

// A switch: i = 0..11 chooses by i mod 4 what happens to the sum.
inline constexpr const char* dispatch = R"(
  .table case_0, case_1, case_2, case_3
  load_imm t0, 0; load_imm a0, 1; fallthrough
loop:
  and_imm t1, t0, 3; shift_logical_left_imm_32 t1, t1, 1; jump_indirect t1, 2
case_0:
  add_imm_32 a0, a0, 5; jump next
case_1:
  mul_imm_32 a0, a0, 3; jump next
case_2:
  xor_imm a0, a0, 0x55; jump next
case_3:
  negate_and_add_imm_32 a0, a0, 1000; fallthrough
next:
  add_imm_32 t0, t0, 1
  branch_less_unsigned_imm t0, 12, loop
  ret
)";

// A machine for a small bytecode: program at 0x10000, stack from 0x30000 upwards, variables at 0x30100.
// 0 end; 1 k push; 2 add; 3 multiply; 4 v read variable; 5 v write variable; 6 p jump to p if not 0.
inline constexpr const char* interpreter = R"(
  .table op_end, op_push, op_add, op_multiply, op_read, op_write, op_jump
  load_imm s0, 0x10000; load_imm s1, 0x30000; fallthrough
next:
  load_indirect_u8 t0, s0, 0; load_indirect_i8 t1, s0, 1; add_imm_32 s0, s0, 1; shift_logical_left_imm_32 t0, t0, 1; jump_indirect t0, 2
op_push:
  store_indirect_u32 t1, s1, 0; add_imm_32 s1, s1, 4; add_imm_32 s0, s0, 1; jump next
op_add:
  load_indirect_i32 a0, s1, -8; load_indirect_i32 a1, s1, -4; add_32 a0, a0, a1; store_indirect_u32 a0, s1, -8; add_imm_32 s1, s1, -4; jump next
op_multiply:
  load_indirect_i32 a0, s1, -8; load_indirect_i32 a1, s1, -4; mul_32 a0, a0, a1; store_indirect_u32 a0, s1, -8; add_imm_32 s1, s1, -4; jump next
op_read:
  shift_logical_left_imm_32 t1, t1, 2; load_indirect_i32 a0, t1, 0x30100; store_indirect_u32 a0, s1, 0; add_imm_32 s1, s1, 4; add_imm_32 s0, s0, 1; jump next
op_write:
  add_imm_32 s1, s1, -4; load_indirect_i32 a0, s1, 0; shift_logical_left_imm_32 t1, t1, 2; store_indirect_u32 a0, t1, 0x30100; add_imm_32 s0, s0, 1; jump next
op_jump:
  add_imm_32 s1, s1, -4; load_indirect_i32 a0, s1, 0; add_imm_32 s0, s0, 1
  branch_eq_imm a0, 0, next
  add_imm_32 s0, t1, 0x10000; jump next
op_end:
  load_indirect_i32 a0, s1, -4; ret
)";

// Primes below a1: flags at 0x30000.
inline constexpr const char* sieve = R"(
  load_imm a0, 0; load_imm t0, 2; fallthrough
candidate:
  branch_greater_or_equal_unsigned t0, a1, done
  load_indirect_u8 t1, t0, 0x30000
  branch_not_eq_imm t1, 0, next
  add_imm_32 a0, a0, 1; mul_32 t2, t0, t0; fallthrough
strike:
  branch_greater_or_equal_unsigned t2, a1, next
  store_imm_indirect_u8 t2, 0x30000, 1; add_32 t2, t2, t0; jump strike
next:
  add_imm_32 t0, t0, 1; jump candidate
done:
  ret
)";

// Copies a2 bytes from a1 to a0: words first, then what is left.
inline constexpr const char* copy = R"(
  fallthrough
words:
  branch_less_unsigned_imm a2, 4, bytes
  load_indirect_i32 t0, a1, 0; store_indirect_u32 t0, a0, 0; add_imm_32 a0, a0, 4; add_imm_32 a1, a1, 4; add_imm_32 a2, a2, -4; jump words
bytes:
  branch_eq_imm a2, 0, done
  load_indirect_u8 t0, a1, 0; store_indirect_u8 t0, a0, 0; add_imm_32 a0, a0, 1; add_imm_32 a1, a1, 1; add_imm_32 a2, a2, -1; jump bytes
done:
  ret
)";

// 64 x 64 -> 128 bits from halves of 16 bits: 0x30010 := 0x30000 times 0x30008.
inline constexpr const char* big_multiply = R"(
  load_imm t0, 0; fallthrough
row:
  load_indirect_u16 s0, t0, 0x30000; load_imm t1, 0; load_imm s1, 0; fallthrough
column:
  load_indirect_u16 a0, t1, 0x30008; mul_32 a0, a0, s0; add_32 t2, t0, t1; load_indirect_u16 a1, t2, 0x30010
  shift_logical_right_imm_32 a3, a0, 16; and_imm a0, a0, 0xffff
  add_32 a0, a0, a1; add_32 a0, a0, s1; store_indirect_u16 a0, t2, 0x30010
  shift_logical_right_imm_32 s1, a0, 16; and_imm a3, a3, 0xffff; add_32 s1, s1, a3; add_imm_32 t1, t1, 2
  branch_less_unsigned_imm t1, 8, column
  store_indirect_u16 s1, t2, 0x30012; add_imm_32 t0, t0, 2
  branch_less_unsigned_imm t0, 8, row
  ret
)";

// Index of a0 among the a1 ascending words at 0x10000, or -1.
inline constexpr const char* binary_search = R"(
  load_imm t0, 0; fallthrough
again:
  branch_greater_or_equal_unsigned t0, a1, missing
  add_32 t1, t0, a1; shift_logical_right_imm_32 t1, t1, 1; shift_logical_left_imm_32 t2, t1, 2; load_indirect_i32 t2, t2, 0x10000
  branch_eq t2, a0, found
  branch_less_signed t2, a0, right
  move_reg a1, t1; jump again
right:
  add_imm_32 t0, t1, 1; jump again
found:
  move_reg a0, t1; ret
missing:
  load_imm a0, -1; ret
)";

// Makes a list of a1 nodes (value, next) at 0x30000, reverses it, and reads it: a0 = sum of value times place.
inline constexpr const char* linked_list = R"(
  load_imm t0, 0; load_imm a2, 0; fallthrough
make:
  branch_greater_or_equal_unsigned t0, a1, reverse
  shift_logical_left_imm_32 t1, t0, 3; add_imm_32 t1, t1, 0x30000; mul_32 t2, t0, t0
  store_indirect_u32 t2, t1, 0; store_indirect_u32 a2, t1, 4; move_reg a2, t1; add_imm_32 t0, t0, 1; jump make
reverse:
  load_imm t0, 0; fallthrough
turn:
  branch_eq_imm a2, 0, sum
  load_indirect_i32 t1, a2, 4; store_indirect_u32 t0, a2, 4; move_reg t0, a2; move_reg a2, t1; jump turn
sum:
  load_imm a0, 0; load_imm t2, 1; fallthrough
node:
  branch_eq_imm t0, 0, done
  load_indirect_i32 t1, t0, 0; mul_32 t1, t1, t2; add_32 a0, a0, t1; load_indirect_i32 t0, t0, 4; add_imm_32 t2, t2, 1; jump node
done:
  ret
)";

inline constexpr const char* gcd = R"(
  fallthrough
loop:
  branch_eq_imm a1, 0, done
  rem_unsigned_32 t0, a0, a1; move_reg a0, a1; move_reg a1, t0; jump loop
done:
  ret
)";

inline constexpr const char* collatz = R"(
  move_reg t0, a0; load_imm a0, 0; fallthrough
loop:
  branch_eq_imm t0, 1, done
  add_imm_32 a0, a0, 1; and_imm t1, t0, 1
  branch_eq_imm t1, 0, even
  mul_imm_32 t0, t0, 3; add_imm_32 t0, t0, 1; jump loop
even:
  shift_logical_right_imm_32 t0, t0, 1; jump loop
done:
  ret
)";

// Decimal digits of a0 to 0x30000; a0 = their number.
inline constexpr const char* decimal = R"(
  load_imm t0, 0x30020; fallthrough
digit:
  load_imm t2, 10; rem_unsigned_32 t1, a0, t2; div_unsigned_32 a0, a0, t2; add_imm_32 t1, t1, 48; add_imm_32 t0, t0, -1; store_indirect_u8 t1, t0, 0
  branch_not_eq_imm a0, 0, digit
  load_imm a1, 0x30000; negate_and_add_imm_32 a0, t0, 0x30020; move_reg a2, a0; fallthrough
move:
  load_indirect_u8 t1, t0, 0; store_indirect_u8 t1, a1, 0; add_imm_32 t0, t0, 1; add_imm_32 a1, a1, 1; add_imm_32 a2, a2, -1
  branch_not_eq_imm a2, 0, move
  ret
)";

// Ways to place a1 queens on a board of a1 x a1; recursive, with masks of columns and diagonals in a2, a3, a4.
inline constexpr const char* queens = R"(
  move_reg s1, ra; load_imm a0, 0; load_imm t0, 1; shift_logical_left_32 t0, t0, a1; add_imm_32 a5, t0, -1
  load_imm a2, 0; load_imm a3, 0; load_imm a4, 0; load_imm_and_jump ra, &back, place
back:
  jump_indirect s1, 0
place:
  branch_not_eq a2, a5, more
  add_imm_32 a0, a0, 1; ret
more:
  or t0, a2, a3; or t0, t0, a4; xor_imm t0, t0, -1; and t0, t0, a5
  add_imm_32 sp, sp, -20; store_indirect_u32 ra, sp, 0; store_indirect_u32 a2, sp, 4; store_indirect_u32 a3, sp, 8; store_indirect_u32 a4, sp, 12; fallthrough
each:
  branch_eq_imm t0, 0, out
  negate_and_add_imm_32 t1, t0, 0; and t1, t1, t0; xor t0, t0, t1; store_indirect_u32 t0, sp, 16
  or a2, a2, t1; or a3, a3, t1; or a4, a4, t1; shift_logical_left_imm_32 a3, a3, 1; shift_logical_right_imm_32 a4, a4, 1
  load_imm_and_jump ra, &returned, place
returned:
  load_indirect_i32 a2, sp, 4; load_indirect_i32 a3, sp, 8; load_indirect_i32 a4, sp, 12; load_indirect_i32 t0, sp, 16; jump each
out:
  load_indirect_i32 ra, sp, 0; add_imm_32 sp, sp, 20; ret
)";

// Asks the host for a0 = number by call 1 until it says 0, then reports the sum by call 2.
inline constexpr const char* ask_host = R"(
  load_imm t0, 0; fallthrough
loop:
  ecalli 1; add_32 t0, t0, a0
  branch_not_eq_imm a0, 0, loop
  move_reg a0, t0; ecalli 2; ret
)";

// Has the host fill a buffer (address a0, length a1) and sums its bytes.
inline constexpr const char* host_buffer = R"(
  load_imm a0, 0x30000; load_imm a1, 8; ecalli 7; load_imm t0, 0x30000; add_w a1, a1, t0; load_imm a0, 0; fallthrough
loop:
  branch_greater_or_equal_unsigned t0, a1, done
  load_indirect_u8 t1, t0, 0; add_32 a0, a0, t1; add_imm_32 t0, t0, 1; jump loop
done:
  ret
)";

// Adds up the first word of each of a1 pages from 0x30000 on.
inline constexpr const char* page_walk = R"(
  load_imm t0, 0x30000; load_imm a0, 0; fallthrough
loop:
  load_indirect_i32 t1, t0, 0; add_32 a0, a0, t1; store_indirect_u32 a0, t0, 4; add_imm_32 t0, t0, 4096; add_imm_32 a1, a1, -1
  branch_not_eq_imm a1, 0, loop
  ret
)";

// 64-bit registers only: a0 ^ a1 modulo 2^61 - 1 by mul_upper.
inline constexpr const char* power_modulo = R"(
  move_reg t0, a0; load_imm a0, 1; load_imm64 t2, 0x1fffffffffffffff; fallthrough
loop:
  branch_eq_imm a1, 0, done
  and_imm t1, a1, 1
  branch_eq_imm t1, 0, square
  mul_upper_unsigned_unsigned s0, a0, t0; mul_64 s1, a0, t0; shift_logical_left_imm_64 s0, s0, 3; shift_logical_right_imm_64 a2, s1, 61
  and s1, s1, t2; add_64 a0, s0, a2; add_64 a0, a0, s1; rem_unsigned_64 a0, a0, t2; fallthrough
square:
  mul_upper_unsigned_unsigned s0, t0, t0; mul_64 s1, t0, t0; shift_logical_left_imm_64 s0, s0, 3; shift_logical_right_imm_64 a2, s1, 61
  and s1, s1, t2; add_64 t0, s0, a2; add_64 t0, t0, s1; rem_unsigned_64 t0, t0, t2; shift_logical_right_imm_64 a1, a1, 1; jump loop
done:
  ret
)";

// 64-bit registers only: a1 rounds of xorshift64* from a0.
inline constexpr const char* xorshift = R"(
  load_imm64 t1, 0x2545f4914f6cdd1d; fallthrough
loop:
  shift_logical_right_imm_64 t0, a0, 12; xor a0, a0, t0; shift_logical_left_imm_64 t0, a0, 25; xor a0, a0, t0
  shift_logical_right_imm_64 t0, a0, 27; xor a0, a0, t0; mul_64 a2, a0, t1; add_imm_32 a1, a1, -1
  branch_not_eq_imm a1, 0, loop
  move_reg a0, a2; ret
)";

// Allocates a1 times 24 bytes by sbrk and writes the number of the piece into each; a0 = the last address.
inline constexpr const char* allocator = R"(
  load_imm t0, 0; load_imm t1, 24; fallthrough
loop:
  sbrk a0, t1; store_indirect_u32 t0, a0, -24; add_imm_32 t0, t0, 1
  branch_less_unsigned t0, a1, loop
  ret
)";

}  // namespace pvm::gen::texts
