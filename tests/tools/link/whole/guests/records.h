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

#if __riscv_xlen == 64
#define POINTER ".quad"
#else
#define POINTER ".word"
#endif

#ifdef __cplusplus
#define C_LINKAGE extern "C"
#else
#define C_LINKAGE
#endif

#define METADATA(label, name, inputs, outputs)                                                                                     \
  ".pushsection .rodata.names,\"a\",@progbits\n"                                                                                   \
  ".Lname_" label ": .ascii \"" name "\"\n.Lname_end_" label ":\n.popsection\n"                                                    \
  ".pushsection .polkavm_metadata,\"Ra\",@note\n"                                                                                  \
  ".Lrecord_" label ": .byte 1\n.4byte 0\n.4byte .Lname_end_" label "-.Lname_" label "\n" POINTER " .Lname_" label "\n.byte " #inputs  \
  "\n.byte " #outputs "\n.popsection\n"

// To stand before or after the definition of `name`, which must not be static.
#define EXPORT(name, inputs, outputs)                                                                                    \
  __asm__(METADATA("x_" #name, #name, inputs, outputs) ".pushsection .polkavm_exports,\"Ra\",@note\n.byte 1\n" POINTER   \
          " .Lrecord_x_" #name "\n" POINTER " " #name "\n.popsection\n");

// Defines the function `name` that calls the host.
#define IMPORT(name, inputs, outputs)                                                                                           \
  __asm__(METADATA("i_" #name, #name, inputs, outputs) ".pushsection .text." #name ",\"ax\",@progbits\n.globl " #name           \
          "\n.type " #name ",@function\n" #name ":\n.word 0x0b\n" POINTER " .Lrecord_i_" #name "\nret\n.popsection\n");

#endif
