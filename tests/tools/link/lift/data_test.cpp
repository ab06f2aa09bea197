// SPDX-License-Identifier: Apache-2.0 OR MIT
// Data sections and their relocations.
#include "expect.hpp"

namespace pvm::link::test {
namespace {

std::string relocations_of(const Program& program, const std::string& name) {
  std::string text;
  for (const DataRelocation& relocation : section_named(program, name).relocations) {
    if (!text.empty()) text += ", ";
    text += std::to_string(relocation.offset) + "/" + std::to_string(relocation.size) + " = " + line_of(program, relocation.target);
    if (relocation.minus) text += " - " + line_of(program, *relocation.minus);
  }
  return text;
}

TEST(Data, Sections) {
  const Program program = lifted({assemble(program_of(
      "ret",
      ".section .rodata\n.balign 16\n.quad 1, 2\n.data\n.word 3\n.bss\n.balign 64\n.zero 100\n.section .sbss.x,\"aw\",@nobits\n.zero 4\n"
      ".section .data.rel.ro,\"aw\"\n.quad 5\n.section custom,\"aw\"\n.byte 6\n.section .comment,\"\"\n.byte 7"))});
  const DataSection& constants = section_named(program, ".rodata");
  EXPECT_EQ(constants.kind, SectionKind::read_only);
  EXPECT_EQ(constants.alignment, 16U);
  EXPECT_EQ(constants.bytes.size(), 16U);
  EXPECT_EQ(section_named(program, ".data").kind, SectionKind::read_write);
  const DataSection& zeros = section_named(program, ".bss");
  EXPECT_EQ(zeros.kind, SectionKind::zero);
  EXPECT_EQ(zeros.size, 100U);
  EXPECT_TRUE(zeros.bytes.empty());
  EXPECT_EQ(section_named(program, ".sbss.x").kind, SectionKind::zero);
  EXPECT_EQ(section_named(program, ".data.rel.ro").kind, SectionKind::read_only);
  EXPECT_EQ(section_named(program, "custom").kind, SectionKind::read_write);
  for (const DataSection& section : program.sections) EXPECT_NE(section.name, ".comment");
}

TEST(Data, Pointers) {
  const Program program =
      lifted({assemble(program_of("nop\nplace: ret", ".section .rodata\n.quad main\n.quad here+4\n.word place\nhere: .quad 0\n"))});
  EXPECT_EQ(relocations_of(program, ".rodata"), "0/8 = @0, 8/8 = .rodata+24, 16/4 = @1");
}

TEST(Data, Differences) {
  for (const char* option : {".option relax\n", ".option norelax\n"}) {
    const Program program = lifted({assemble(
        option + program_of("nop\nplace: nop\nplace2: ret", ".section .rodata\n.word 7\ntable: .word place-table\n.word place2-table\n"))});
    EXPECT_EQ(relocations_of(program, ".rodata"), "4/4 = @1 - .rodata+4, 8/4 = @2 - .rodata+4") << option;
  }
}

TEST(Data, RelativePointers) {
  const Program program =
      lifted({assemble(program_of("ret", ".data\n.word 0\n.word other-.\n.word main@plt-.\n.section .rodata\n.word 0\nother: .word 5\n"))});
  EXPECT_EQ(relocations_of(program, ".data"), "4/4 = .rodata+4 - .data+4, 8/4 = @0 - .data+8");
}

TEST(Data, SmallDifferences) {
  const Program program =
      lifted({assemble(program_of("nop\none: call main\ntwo: ret", ".section .rodata\n.byte two-one\n.half two-one\n.quad two-one\n"))});
  EXPECT_EQ(relocations_of(program, ".rodata"), "0/1 = @2 - @1, 1/2 = @2 - @1, 3/8 = @2 - @1");
}

TEST(Data, UnreferencedSectionsMayHaveOddRelocations) {
  const Program program = lifted({assemble(program_of("ret", ".section .rodata.odd,\"a\"\n.quad absent\n"))});
  EXPECT_EQ(relocations_of(program, ".rodata.odd"), "");
}

TEST(Data, ConstructorsComeByPriority) {
  const auto part = [](const std::string& name, const std::string& function) {
    return ".section " + name + ",\"aw\",@init_array\n.balign 8\n.quad " + function + "\n";
  };
  const std::string functions = ".globl c1, c2, c3, c4\nc1: nop\nret\nc2: nop\nret\nc3: nop\nret\nc4: nop\nret\n";
  const Program program = lifted({assemble(program_of("lla a0, __init_array_start\nlla a1, __init_array_end\nret",
                                                      functions + part(".init_array", "c1") + part(".init_array.200", "c2"))),
                                  assemble(part(".init_array", "c3") + part(".init_array.65", "c4"))});
  EXPECT_EQ(relocations_of(program, ".init_array"), "0/8 = @4, 8/8 = @2, 16/8 = @1, 24/8 = @3");
  EXPECT_EQ(first_block(program),
            "a0 = move .init_array; a0 = move .init_array; a1 = move .init_array+32; a1 = move .init_array+32; jump_indirect ra + 0");
}

TEST(Data, NoConstructors) {
  EXPECT_EQ(first_block(lifted({assemble(program_of("lla a0, __init_array_start\nlla a1, __init_array_end\nret"))})),
            "a0 = move .init_array; a0 = move .init_array; a1 = move .init_array; a1 = move .init_array; jump_indirect ra + 0");
}

TEST(Data, StackSizes) {
  const std::string section = ".section .polkavm_min_stack_size,\"a\"\n.word ";
  EXPECT_EQ(lifted({assemble(program_of("ret", section + "4096, 70000\n")), assemble(section + "8192\n")}).stack_size, 70000U);
}

}  // namespace
}  // namespace pvm::link::test
