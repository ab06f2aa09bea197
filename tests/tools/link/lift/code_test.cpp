// SPDX-License-Identifier: Apache-2.0 OR MIT
// Relocations in code, and where blocks begin.
#include "expect.hpp"

namespace pvm::link::test {
namespace {

std::string lifted_block(const std::string& body, const std::string& more = "") {
  return first_block(lifted({assemble(program_of(body, more))}));
}

constexpr const char* variable = ".data\n.balign 8\nfirst: .quad 1\nsecond: .quad 2\n";

TEST(Code, AbsoluteAddressesOfTwoHalves) {
  EXPECT_EQ(lifted_block("lui a0, %hi(second)\naddi a0, a0, %lo(second)\nret", variable),
            "a0 = move .data+8; a0 = move .data+8; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block("lui a1, %hi(second)\nlw a0, %lo(second)(a1)\nret", variable),
            "a1 = move .data+8; a0 = load_i32 [0 + .data+8]; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block("lui a1, %hi(second)\nsd a0, %lo(second)(a1)\nret", variable),
            "a1 = move .data+8; store_u64 [0 + .data+8] = a0; jump_indirect ra + 0");
}

TEST(Code, TheLowHalfOfAnotherByteOfTheSame) {
  EXPECT_EQ(lifted_block("lui a1, %hi(first)\nlw a0, %lo(first+4)(a1)\nret", variable),
            "a1 = move .data; a0 = load_i32 [0 + .data+4]; jump_indirect ra + 0");
}

TEST(Code, HalvesInDifferentRegisters) {
  EXPECT_EQ(lifted_block("lui a1, %hi(first)\nmv a2, a1\nlw a0, %lo(first)(a2)\nret", variable),
            "a1 = move .data; a2 = move a1; a0 = load_i32 [0 + .data]; jump_indirect ra + 0");
}

TEST(Code, AnIndexAddedToTheHighHalf) {
  EXPECT_EQ(lifted_block("lui a1, %hi(first)\nadd a1, a1, a0\nlw a0, %lo(first+4)(a1)\nret", variable),
            "a1 = move .data; a1 = add a1, a0; a0 = load_i32 [a1 + 4]; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block("here: auipc a1, %pcrel_hi(second)\nadd a2, a0, a1\nsw a0, %pcrel_lo(here)(a2)\nret", variable),
            "a1 = move .data+8; a2 = add a0, a1; store_u32 [a2 + 0] = a0; jump_indirect ra + 0");
}

TEST(Code, RelativeAddressesOfTwoHalves) {
  EXPECT_EQ(lifted_block("lla a0, second\nret", variable), "a0 = move .data+8; a0 = move .data+8; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block("lw a0, second\nsw a0, first, t0\nret", variable),
            "a0 = move .data+8; a0 = load_i32 [0 + .data+8]; t0 = move .data; store_u32 [0 + .data] = a0; jump_indirect ra + 0");
}

TEST(Code, AddressesByTheGlobalOffsetTable) {
  EXPECT_EQ(lifted_block("la a0, second\nret", ".option pic\n.globl second\n" + std::string(variable)),
            "a0 = move .data+8; a0 = move .data+8; jump_indirect ra + 0");
  const Bytes object = assemble(program_of(".option pic\nla a0, second\nret", variable));
  EXPECT_EQ(first_block(lifted({object})), "a0 = move .data+8; jump_indirect ra + 0");
}

TEST(Code, WeakSymbolsThatDoNotExistAreZero) {
  EXPECT_EQ(lifted_block(".weak ghost\nlla a0, ghost\nret"), "a0 = move 0; a0 = move 0; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block(".weak ghost\ncall ghost\nret"), "trap");
}

TEST(Code, Calls) {
  const Program program = lifted({assemble(program_of("call helper\ntail helper", ".section .text.helper,\"ax\",@progbits\nhelper: ret"))});
  EXPECT_EQ(line_of(program, program.blocks[0]), "ra = call @2, @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "jump @2");
  EXPECT_EQ(line_of(program, program.blocks[2]), "jump_indirect ra + 0");
}

TEST(Code, CallsBySeparateHalves) {
  const Program program = lifted({assemble(
      program_of("lui t0, %hi(helper)\njalr t1, %lo(helper)(t0)\nhere: auipc t0, %pcrel_hi(helper)\njalr zero, %pcrel_lo(here)(t0)",
                 ".section .text.helper,\"ax\",@progbits\nhelper: ret"))});
  EXPECT_EQ(line_of(program, program.blocks[0]), "t0 = move @2; t1 = call @2, @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "t0 = move @2; jump @2");
}

TEST(Code, BranchesWithAndWithoutRelocations) {
  for (const char* option : {".option relax\n", ".option norelax\n"}) {
    const Program program =
        lifted({assemble(option + program_of("beqz a0, out\nloop: addi a0, a0, -1\nbnez a0, loop\nj out\nnop\nout: ret"))});
    EXPECT_EQ(line_of(program, program.blocks[0]), "branch a0 equal 0, @3, @1");
    EXPECT_EQ(line_of(program, program.blocks[1]), "a0 = add a0, -1; branch a0 not_equal 0, @1, @2");
    EXPECT_EQ(line_of(program, program.blocks[2]), "jump @3");
    EXPECT_EQ(line_of(program, program.blocks[3]), "jump_indirect ra + 0");
    EXPECT_EQ(program.blocks.size(), 4U);  // the nop is gone
  }
}

TEST(Code, UnrelocatedPairsWithinTheSection) {
  const Program program =
      lifted({assemble(".option norelax\n" + program_of(".Lone: auipc t1, 0\njr 8(t1)\nauipc a0, 0\naddi a0, a0, -8\nret"))});
  EXPECT_EQ(line_of(program, program.blocks[0]), "jump @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "a0 = move @0; jump_indirect ra + 0");
}

TEST(Code, IndirectJumps) {
  const Program program = lifted({assemble(program_of("jalr ra, 4(a5)\njr -2(t0)"))});
  EXPECT_EQ(line_of(program, program.blocks[0]), "ra = call_indirect a5 + 4, @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "jump_indirect t0 + -2");
}

TEST(Code, ACallAtTheEndReturnsToATrap) {
  const Program program = lifted({assemble(program_of("call main"))});
  EXPECT_EQ(line_of(program, program.blocks[0]), "ra = call @0, @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "trap");
}

TEST(Code, TrapsEndBlocks) {
  EXPECT_EQ(lifted_block("li a0, 1\nunimp\nli a0, 2\nret"), "a0 = move 1; trap");
  EXPECT_EQ(lifted_block("ebreak"), "trap");
  EXPECT_EQ(lifted_block(".option norvc\n.short 0\nret"), "trap");
}

TEST(Code, PaddingIsNothing) {
  EXPECT_EQ(lifted_block("li a0, 1\n.p2align 4\nli a1, 2\nret"), "a0 = move 1; a1 = move 2; jump_indirect ra + 0");
}

TEST(Code, HostCalls) {
  for (const u32 bits : {32U, 64U}) {
    const Program program = lifted({assemble(program_of("tail put", import_of("put", 2, 1, bits), bits), bits)});
    ASSERT_EQ(program.imports.size(), 1U);
    EXPECT_EQ(program.imports[0], (Import{"put", 2, 1, std::nullopt}));
    EXPECT_EQ(line_of(program, program.blocks.back()), "host_call %0; jump_indirect ra + 0");
  }
}

TEST(Code, HostCallsByRelativePointers) {
  const std::string more =
      ".section .polkavm_metadata,\"Ra\",@note\nrecord: .byte 2\n.4byte 0, 3\n.quad name\n.byte 1, 0, 1\n.4byte 77\n"
      ".section .rodata.n,\"a\"\nname: .ascii \"log\"\n";
  const std::string body = ".insn r 0xb, 0, 0, zero, zero, zero\nauipc zero, %pcrel_hi(record)\n.4byte 0\nret";
  const Program program = lifted({assemble(program_of(body, more))});
  ASSERT_EQ(program.imports.size(), 1U);
  EXPECT_EQ(program.imports[0], (Import{"log", 1, 0, 77}));
  EXPECT_EQ(first_block(program), "host_call %0; jump_indirect ra + 0");
}

TEST(Code, GuestInstructions) {
  EXPECT_EQ(lifted_block(".word 0x0005150b\n.word 0x0000200b\n.word 0x0000358b\nret"),
            "a0 = sbrk a0; memset; a1 = move heap_base; jump_indirect ra + 0");
  EXPECT_EQ(lifted_block("lla a0, __heap_base\nret"), "a0 = move heap_base; a0 = move heap_base; jump_indirect ra + 0");
}

TEST(Code, EveryInstructionKnowsItsSource) {
  const Program program = lifted({assemble(program_of(".option norvc\naddi a0, a0, 1\naddi a1, a1, 2\nret"))});
  const Block& block = program.blocks[0];
  ASSERT_EQ(block.body.size(), 2U);
  EXPECT_EQ(program.sources[index_of(block.body[0].source)].offset, 0U);
  EXPECT_EQ(program.sources[index_of(block.body[1].source)].offset, 4U);
  EXPECT_EQ(program.sources[index_of(block.end.source)].offset, 8U);
}

TEST(Code, WhatIsNotReachedMayBeAnything) {
  EXPECT_EQ(lifted_block("ret", ".globl other\nother: ecall\n.word 0x00100a93\ncall missing\nlla a0, absent\nret"), "jump_indirect ra + 0");
}

}  // namespace
}  // namespace pvm::link::test
