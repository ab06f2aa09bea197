// SPDX-License-Identifier: Apache-2.0 OR MIT
// The guests of the examples, assembled by hand; and what an example does when something fails.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <pvm/pvm.hpp>

namespace example {

using pvm::u8;

// clang-format off
/// Squares its argument by one host function, and prints it by another.
inline constexpr u8 square_and_print[] = {
    'P', 'V', 'M', 0, 2,  56, 0, 0, 0, 0, 0, 0, 0,  // version rv64-1; 56 bytes
    4, 20,  2,  0, 0, 0, 0,  6, 0, 0, 0,            // two imports, whose names begin at 0 and at 6
        's', 'q', 'u', 'a', 'r', 'e', 'p', 'r', 'i', 'n', 't',
    5, 7,  1,  0, 4, 'm', 'a', 'i', 'n',            // one export: "main" at 0
    6, 9,  0, 0, 5,                                 // no jump table, 5 bytes of code:
        0x0a,                                       //   0: ecalli 0
        0x0a, 1,                                    //   1: ecalli 1
        0x32, 0,                                    //   3: jump_indirect ra, 0
        0b01011,                                    // where instructions begin
    0};

/// Counts up from a0 without end.
inline constexpr u8 endless[] = {
    'P', 'V', 'M', 0, 2,  35, 0, 0, 0, 0, 0, 0, 0,
    5, 8,  1,  0, 5, 'c', 'o', 'u', 'n', 't',
    6, 9,  0, 0, 5,
        0x95, 0x77, 1,                              //   0: add_imm_64 a0, a0, 1
        0x28, 0xfd,                                 //   3: jump 0
        0b01001,
    0};

/// Counts up from a0 to a1.
inline constexpr u8 count[] = {
    'P', 'V', 'M', 0, 2,  38, 0, 0, 0, 0, 0, 0, 0,
    5, 8,  1,  0, 5, 'c', 'o', 'u', 'n', 't',
    6, 12,  0, 0, 8,
        0x95, 0x77, 1,                              //   0: add_imm_64 a0, a0, 1
        0xab, 0x87, 0xfd,                           //   3: branch_not_eq a0, a1, 0
        0x32, 0,                                    //   6: jump_indirect ra, 0
        0b01001001,
    0};

/// Stores a1 at the address a0, and gives what was there before.
inline constexpr u8 swap[] = {
    'P', 'V', 'M', 0, 2,  37, 0, 0, 0, 0, 0, 0, 0,
    5, 7,  1,  0, 4, 's', 'w', 'a', 'p',
    6, 12,  0, 0, 8,
        0x82, 0x79,                                 //   0: load_indirect_u64 a2, a0, 0
        0x7b, 0x78,                                 //   2: store_indirect_u64 a1, a0, 0
        0x64, 0x97,                                 //   4: move_reg a0, a2
        0x32, 0,                                    //   6: jump_indirect ra, 0
        0b01010101,
    0};

/// Adds 1 to a number in its memory, at 0x20000, and returns it. It begins with 41.
inline constexpr u8 bump[] = {
    'P', 'V', 'M', 0, 2,  53, 0, 0, 0, 0, 0, 0, 0,
    1, 3,  0, 1, 0,                                 // sizes of read-only data, read-write data, stack
    3, 1,  41,                                      // read-write data
    5, 7,  1,  0, 4, 'b', 'u', 'm', 'p',
    6, 20,  0, 0, 15,
        0x38, 7, 0, 0, 2,                           //   0: load_u32 a0, 0x20000
        0x95, 0x77, 1,                              //   5: add_imm_64 a0, a0, 1
        0x3d, 7, 0, 0, 2,                           //   8: store_u32 a0, 0x20000
        0x32, 0,                                    //  13: jump_indirect ra, 0
        0b00100001, 0b00100001,
    0};
// clang-format on

/// The value, or the end of the example.
template <typename T>
T must(pvm::Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace example
