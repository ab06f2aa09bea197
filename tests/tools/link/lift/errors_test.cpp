// SPDX-License-Identifier: Apache-2.0 OR MIT
// What is refused, and how it is said.
#include <elf.h>

#include "expect.hpp"

namespace pvm::link::test {
namespace {

std::string refusal_of(const std::string& body, const std::string& more = "") {
  return refusal({assemble(program_of(body, more))});
}

TEST(Errors, NoElf) {
  expect_contains(refusal({Bytes{}}), "a.o: not an ELF file");
  expect_contains(refusal({Bytes{'h', 'e', 'l', 'l', 'o'}}), "a.o: not an ELF file");
  expect_contains(refusal({}), "no input files");
}

TEST(Errors, EveryTruncationIsRefusedOrHarmless) {
  const Bytes whole = assemble(program_of("call helper\nlla a0, helper\nret", "helper: ret\n.data\n.quad main\n"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto result = lift_objects({Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))});
    const auto* error = std::get_if<LinkError>(&result);
    ASSERT_NE(error, nullptr) << size;
    ASSERT_FALSE(error->message.empty());
    ASSERT_EQ(error->path, "a.o");
  }
}

TEST(Errors, HeaderFields) {
  const Bytes whole = assemble(program_of("ret"));
  const auto changed = [&](std::size_t at, u8 value) {
    Bytes bytes = whole;
    bytes[at] = value;
    return refusal({bytes});
  };
  expect_contains(changed(EI_DATA, ELFDATA2MSB), "big-endian");
  expect_contains(changed(EI_CLASS, 7), "a.o: ");
  expect_contains(changed(EI_OSABI, ELFOSABI_FREEBSD), "another operating system");
  expect_contains(changed(18, EM_X86_64), "not a RISC-V file: machine 62");
  expect_contains(changed(16, ET_CORE), "not an object, executable or shared object");
}

TEST(Errors, AnotherWidthThanTheInstructionSets) {
  LinkOptions options;
  options.semantics = ref::Semantics::rv32_1;
  expect_contains(refusal({assemble(program_of("ret"))}, options), "a.o: a 64-bit object for the instruction set rv32-1");
}

TEST(Errors, NoExports) {
  expect_contains(refusal({assemble("ret")}), "a.o: the program exports nothing");
}

TEST(Errors, UndefinedSymbols) {
  const std::string text = refusal_of("call missing\nret");
  expect_contains(text, "a.o: .text+0x0 (missing): undefined symbol; add the object that defines it");
  const auto several = lift_objects({assemble(program_of("call missing\nlla a0, absent\nret"))});
  ASSERT_EQ(std::get<LinkError>(several).more.size(), 1U);
  EXPECT_EQ(std::get<LinkError>(several).more[0].symbol, "absent");
  expect_contains(refusal_of("lla a0, table\nret", ".data\ntable: .quad 0, absent"), ".data+0x8 (absent): undefined symbol");
}

TEST(Errors, FaultsThatNoExportReachesChangeNothing) {
  const std::string body = "addi a0, a0, 1\nlla a1, main\nret";
  const Program plain = lifted({assemble(program_of(body))});
  const Program with_fault = lifted({assemble(program_of(body, "unused: call missing\necall\nret\n.data\n.quad unused"))});
  EXPECT_EQ(first_block(with_fault), first_block(plain));
  EXPECT_EQ(with_fault.exports.size(), plain.exports.size());
}

TEST(Errors, UnsupportedInstructions) {
  expect_contains(refusal_of("nop\necall"), "a.o: .text+0x2 (main): unsupported instruction ecall; compile with -march=rv64emac_zbb");
  expect_contains(refusal_of("csrr a0, cycle"), "unsupported system instruction");
  expect_contains(refusal_of(".option arch, +d\nfadd.d f0, f1, f2"), "unsupported floating-point or vector instruction");
  expect_contains(refusal_of(".word 0xffffffff"), "unsupported instruction 0xffffffff");
}

TEST(Errors, UnsupportedRegisters) {
  expect_contains(refusal_of(".word 0x00000893"), "unsupported register a7 (x17); compile with -march=rv64emac_zbb -mabi=lp64e");
  expect_contains(refusal_of(".word 0x00018513"), "unsupported register gp (x3)");
  expect_contains(refusal_of(".word 0x01250463\nnop\nnop\nret"), "unsupported register s2 (x18)");
  expect_contains(refusal_of(".word 0x000e0067"), "unsupported register t3 (x28)");
}

TEST(Errors, ThreadLocalVariables) {
  expect_contains(refusal_of("lui a0, %tprel_hi(x)\nret", ".section .tbss,\"awT\",@nobits\n.globl x\nx: .zero 4"),
                  "thread-local variables are not supported; there is one thread");
  expect_contains(refusal_of("la.tls.gd a0, x\nret", ".section .tdata,\"awT\"\n.globl x\nx: .word 4"),
                  "thread-local variables are not supported");
}

TEST(Errors, RelocationsThatOverflow) {
  expect_contains(refusal_of("lla a0, table\nret", ".data\ntable: .quad table + 0x4000000000"),
                  ".data+0x0 (table): the relocation overflows");
  expect_contains(refusal_of("j main + 0x1000\nret"), "it leads out of its code section, to offset 4096");
}

TEST(Errors, OversizedSections) {
  expect_contains(refusal_of("ret", ".bss\n.zero 0x100000000"),
                  "a.o: .bss: a section of 4294967296 bytes does not fit into the 4 GiB of memory");
  expect_contains(refusal_of("ret", ".bss\n.zero 0x90000000\n.section .bss.b,\"aw\",@nobits\n.zero 0x90000000"), "does not fit");
}

TEST(Errors, CodeAsData) {
  expect_contains(refusal_of("lw a0, main\nret"), "code is read or written as data");
  expect_contains(refusal_of("j .Ltable\n.Ltable: .quad main"), "an address among the code; move tables to .rodata");
  expect_contains(refusal_of("j table", ".data\ntable: .word 1"), "a jump to something that is no code");
}

TEST(Errors, JumpsIntoInstructions) {
  expect_contains(refusal_of(".option norvc\nlui a0, 1\nj main+2"), ".text+0x2 (main): a jump into the middle of an instruction");
}

TEST(Errors, SectionsThatMustOrMustNotBeWritable) {
  expect_contains(refusal_of("ret", ".section .text.w,\"awx\"\nnop"), ".text.w: code that is writable");
  expect_contains(refusal_of("ret", ".section .sbss.r,\"a\"\n.word 1"), ".sbss.r: the section is not writable");
  expect_contains(refusal_of("ret", ".section .rodata.w,\"aw\"\n.word 1"), ".rodata.w: the section is writable");
}

TEST(Errors, LonelyAuipc) {
  expect_contains(refusal_of("auipc a0, 0\nmv a1, a0\nret"), "an address without a relocation (auipc)");
}

TEST(Errors, RecordsOfExports) {
  const std::string head = ".section .polkavm_exports,\"Ra\",@note\n";
  expect_contains(refusal({assemble(head + ".byte 9\n.quad 0, 0")}), ".polkavm_exports+0x0: an export record of unknown version 9");
  expect_contains(refusal({assemble(head + ".byte 1\n.quad 0")}), "an export record that is cut off");
  expect_contains(refusal({assemble(head + ".byte 1\n.quad 0, 0")}), "an export record without a relocation to its metadata");
  const std::string record = ".section .polkavm_metadata,\"Ra\",@note\nrecord: ";
  const std::string user = head + ".byte 1\n.quad record, main\n.text\nmain: ret\n.section .rodata\nname: .ascii \"x\"\n";
  expect_contains(refusal({assemble(user + record + ".byte 3\n.4byte 0, 1\n.quad name\n.byte 0, 0")}), "record of unknown version 3");
  expect_contains(refusal({assemble(user + record + ".byte 1\n.4byte 1, 1\n.quad name\n.byte 0, 0")}), "with unknown flags");
  expect_contains(refusal({assemble(user + record + ".byte 1\n.4byte 0, 5\n.quad name\n.byte 0, 0")}), "ends outside of its section");
  expect_contains(refusal({assemble(user + record + ".byte 1\n.4byte 0, 1\n.quad name\n.byte 10, 0")}), "too many registers: 10 in, 0 out");
  expect_contains(refusal({assemble(user + record + ".byte 1\n.4byte 0, 1\n.quad 0\n.byte 1, 0")}),
                  "no relocation that points into a section");
  expect_contains(refusal({assemble(user + record + ".byte 1\n.4byte 0, 1\n.quad name\n.byte 1")}), "that is cut off");
}

TEST(Errors, OneNameForTwoExports) {
  std::string second = export_of("main");
  for (const char* label : {".Lrecord_main", ".Lname_main"}) {
    for (std::size_t at = 0; (at = second.find(label, at)) != std::string::npos; at += 16)
      second.insert(at + std::string(label).size(), "2");
  }
  second.replace(second.rfind(" main\n"), 6, " other\n");
  expect_contains(refusal_of("ret", second + ".text\nother: nop\nret"), "the export \"main\" exists twice");
  EXPECT_EQ(lifted({assemble(program_of("ret", second + ".text\n.set other, main\n"))}).exports.size(), 1U);
}

TEST(Errors, StackSizeOfOddLength) {
  expect_contains(refusal_of("ret", ".section .polkavm_min_stack_size,\"a\"\n.byte 1, 2, 3"), "no multiple of 4");
}

TEST(Warnings, ForeignFlags) {
  std::string warnings;
  LinkOptions options;
  options.warn = [&](const std::string& text) { warnings += text + "\n"; };
  lifted({assemble(program_of("ret"))}, options);
  EXPECT_EQ(warnings, "");
  Bytes bytes = assemble(program_of("ret"));
  bytes[48] = 0x15;  // e_flags: RVC, a double-precision float ABI, total store ordering
  lifted({bytes}, options);
  expect_contains(warnings, "a.o: compiled for 32 registers");
  expect_contains(warnings, "a.o: compiled for a floating-point calling convention");
  expect_contains(warnings, "total store ordering");
  warnings.clear();
  lifted({assemble(program_of("ret"), 64, {"-march=rv64emac_zbb_zba_zfinx_zbc"})}, options);
  expect_contains(warnings, "a.o: compiled for extensions that do not exist here: ");
  expect_contains(warnings, "zbc");
  EXPECT_EQ(warnings.find("zba"), std::string::npos);
}

}  // namespace
}  // namespace pvm::link::test
