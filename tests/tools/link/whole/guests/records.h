// SPDX-License-Identifier: Apache-2.0 OR MIT
// The records by which a guest names its exports and imports, in the least form that the linker tests need.
#ifndef RECORDS_H
#define RECORDS_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed int i32;
typedef signed long long i64;
typedef unsigned long word;  // as wide as a register

#if defined(__riscv) && __riscv_xlen == 64
#define POINTER ".quad"
#else
#define POINTER ".word"
#endif

#ifdef __riscv

#define METADATA(label, name, inputs, outputs)                                                                                        \
  ".pushsection .rodata.names,\"a\",@progbits\n"                                                                                      \
  ".Lname_" label ": .ascii \"" name "\"\n.Lname_end_" label                                                                          \
  ":\n.popsection\n"                                                                                                                  \
  ".pushsection .polkavm_metadata,\"Ra\",@note\n"                                                                                     \
  ".Lrecord_" label ": .byte 1\n.4byte 0\n.4byte .Lname_end_" label "-.Lname_" label "\n" POINTER " .Lname_" label "\n.byte " #inputs \
  "\n.byte " #outputs "\n.popsection\n"

// To stand before or after the definition of `name`, which must not be static.
#define EXPORT(name, inputs, outputs)                                                                                  \
  __asm__(METADATA("x_" #name, #name, inputs, outputs) ".pushsection .polkavm_exports,\"Ra\",@note\n.byte 1\n" POINTER \
                                                       " .Lrecord_x_" #name "\n" POINTER " " #name "\n.popsection\n");

// Defines the function `name` that calls the host.
#define IMPORT(name, inputs, outputs)                                                                                                  \
  __asm__(METADATA("i_" #name, #name, inputs, outputs) ".pushsection .text." #name ",\"ax\",@progbits\n.globl " #name "\n.type " #name \
                                                       ",@function\n" #name ":\n.word 0x0b\n" POINTER " .Lrecord_i_" #name             \
                                                       "\nret\n.popsection\n");

#ifndef NO_LIBRARY
// What compilers call without being asked. The stores are volatile lest these be compiled into calls of themselves.
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((used)) void* memcpy(void* to, const void* from, word size) {
  for (word at = 0; at < size; ++at) ((volatile u8*)to)[at] = ((const u8*)from)[at];
  return to;
}
__attribute__((used)) void* memset(void* to, int value, word size) {
  for (word at = 0; at < size; ++at) ((volatile u8*)to)[at] = (u8)value;
  return to;
}
#ifdef __cplusplus
}
#endif
#endif

#else  // for the machine that runs the tests

#define EXPORT(name, inputs, outputs)
#define IMPORT(name, inputs, outputs)

#endif

// An export `name` of (u32, u64), which gives a u64.
#if defined(__riscv) && __riscv_xlen == 64
#define EXPORT_TEST(name) EXPORT(name, 2, 1)
#else
#define EXPORT_TEST(name) EXPORT(name, 3, 2)
#endif

#endif
