// SPDX-License-Identifier: Apache-2.0 OR MIT
// Several objects, and how their symbols find each other.
#include <fstream>

#include "expect.hpp"

namespace pvm::link::test {
namespace {

TEST(Objects, SymbolsAreFoundInAnotherObject) {
  const Program program = lifted(
      {assemble(program_of("tail helper")), assemble(".globl helper\nhelper: lw a0, value\nret\n.data\n.globl value\nvalue: .word 1")});
  EXPECT_EQ(line_of(program, program.blocks[0]), "jump @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "a0 = move .data; a0 = load_i32 [0 + .data]; jump_indirect ra + 0");
  EXPECT_EQ(program.objects, (std::vector<std::string>{"a.o", "b.o"}));
  EXPECT_EQ(program.sources[index_of(program.blocks[1].source)].object, 1U);
}

TEST(Objects, LocalSymbolsStayApart) {
  const Program program = lifted({assemble(program_of("tail helper", "helper: li a0, 1\nret")), assemble("helper: li a0, 2\nret")});
  EXPECT_EQ(line_of(program, program.blocks[0]), "jump @1");
  EXPECT_EQ(line_of(program, program.blocks[1]), "a0 = move 1; jump_indirect ra + 0");
}

TEST(Objects, StrongWinsOverWeakInEitherOrder) {
  const Bytes user = assemble(program_of("tail helper"));
  const Bytes weak = assemble(".weak helper\nhelper: li a0, 1\nret");
  const Bytes strong = assemble(".globl helper\nhelper: li a0, 2\nret");
  for (const auto& order : {std::vector<Bytes>{user, weak, strong}, std::vector<Bytes>{user, strong, weak}}) {
    const Program program = lifted(order);
    EXPECT_EQ(line_of(program, program.block(program.blocks[0].end.target)), "a0 = move 2; jump_indirect ra + 0");
  }
}

TEST(Objects, TheFirstWeakOneIsTaken) {
  const Program program = lifted({assemble(program_of("tail helper")), assemble(".weak helper\nhelper: li a0, 1\nret"),
                                  assemble(".weak helper\nhelper: li a0, 2\nret")});
  EXPECT_EQ(line_of(program, program.block(program.blocks[0].end.target)), "a0 = move 1; jump_indirect ra + 0");
}

TEST(Objects, TwoStrongDefinitionsAreRefused) {
  const std::string text =
      refusal({assemble(program_of("tail helper")), assemble(".globl helper\nhelper: ret"), assemble(".globl helper\nhelper: ret")});
  expect_contains(text, "c.o: (helper): defined twice, the first time in b.o");
}

TEST(Objects, CommonSymbolsBecomeOne) {
  const Program program = lifted({assemble(program_of("lla a0, shared\nret", ".comm shared, 8, 8")), assemble(".comm shared, 40, 16")});
  const DataSection& common = section_named(program, "COMMON.shared");
  EXPECT_EQ(common.size, 40U);
  EXPECT_EQ(common.alignment, 16U);
  EXPECT_EQ(common.kind, SectionKind::zero);
  EXPECT_EQ(first_block(program), "a0 = move COMMON.shared; a0 = move COMMON.shared; jump_indirect ra + 0");
}

TEST(Objects, ADefinitionWinsOverACommonSymbol) {
  const Program program =
      lifted({assemble(program_of("lla a0, shared\nret", ".comm shared, 8, 8")), assemble(".data\n.globl shared\nshared: .quad 9")});
  EXPECT_EQ(first_block(program), "a0 = move .data; a0 = move .data; jump_indirect ra + 0");
}

TEST(Objects, GroupsAreKeptOnce) {
  const auto group = [](const std::string& number) {
    return ".section .text.shared,\"axG\",@progbits,shared,comdat\n.weak shared\nshared: li a0, " + number + "\nret\n";
  };
  const Program program =
      lifted({assemble(program_of("tail shared", group("1"))), assemble(group("2") + ".text\n.globl user\nuser: tail shared")});
  u32 copies = 0;
  for (const Block& block : program.blocks) copies += block.body.empty() ? 0U : 1U;
  EXPECT_EQ(copies, 1U);
  EXPECT_EQ(line_of(program, program.block(program.blocks[0].end.target)), "a0 = move 1; jump_indirect ra + 0");
}

TEST(Objects, ExportsOfAllObjects) {
  const Program program = lifted({assemble(program_of("ret")), assemble(export_of("other") + ".globl other\nother: li a0, 3\nret")});
  ASSERT_EQ(program.exports.size(), 2U);
  EXPECT_EQ(program.exports[0].symbol, "main");
  EXPECT_EQ(program.exports[1].symbol, "other");
  EXPECT_EQ(program.exports[0].inputs, 2U);
}

TEST(Objects, EqualImportsAreOne) {
  const Program program =
      lifted({assemble(program_of("tail put", import_of("put", 1, 1))), assemble(".globl x\nx: nop\n" + import_of("get", 1, 1))});
  EXPECT_EQ(program.imports.size(), 1U);  // nothing leads to the other
  const Bytes local = assemble(program_of(
      "call one\nret", "one: .word 0x0b\n.quad .Lrecord_put\nret\n" + import_of("put", 1, 1) + ".text\n.globl again\nagain: tail put"));
  EXPECT_EQ(lifted({local}).imports.size(), 1U);
}

TEST(Objects, ImportsThatDifferAreRefused) {
  const auto caller = [](const std::string& name, u32 inputs) {
    std::string import = import_of("put", inputs, 1);
    import.replace(import.find(".globl put\nput:"), 15, ".globl " + name + "\n" + name + ":");
    return import;
  };
  expect_contains(refusal({assemble(program_of("call p1\ntail p2", caller("p1", 1))), assemble(caller("p2", 2))}),
                  "the import \"put\" is declared in two ways");
}

TEST(Objects, OfDifferentWidthsAreRefused) {
  expect_contains(refusal({assemble(program_of("ret")), assemble("nop", 32)}), "b.o: a 32-bit object among 64-bit ones");
}

TEST(Objects, LinkedFilesWithTheirRelocations) {
  const TemporaryFolder folder;
  const auto compile = [&](const std::string& name, const std::string& text) {
    std::ofstream file(folder.path(name), std::ios::binary);
    const Bytes bytes = assemble(text, 32);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  compile("a.o", program_of("call helper\nlw a0, value\nret", "", 32));
  compile("b.o", ".globl helper\nhelper: ret\n.data\n.globl value\nvalue: .word 1");
  for (const char* relax : {"--relax", "--no-relax"}) {
    for (const std::string& linker : {lld(), gnu_ld()}) {
      run({linker, "--emit-relocs", relax, "-e", "main", linker == lld() ? "-z" : "-melf32lriscv", linker == lld() ? "now" : "-q",
           folder.path("a.o"), folder.path("b.o"), "-o", folder.path("out")});
      const Program program = lifted({read_file(folder.path("out"))});
      EXPECT_EQ(line_of(program, program.blocks[0]), "ra = call @2, @1") << linker << relax;
      const std::string second = line_of(program, program.blocks[1]);
      expect_contains(second, "a0 = load_i32 [0 + .data]; jump_indirect ra + 0");
    }
  }
}

}  // namespace
}  // namespace pvm::link::test
