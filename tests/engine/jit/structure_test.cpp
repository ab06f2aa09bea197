// SPDX-License-Identifier: Apache-2.0 OR MIT
// What native code may look like, seen by an independent disassembler: maps, lengths, and which instructions, addresses and jumps occur at
// all, for every instruction of every version, in both targets, with and without the processor's features.
#include <Zydis/Zydis.h>

#include <algorithm>
#include <map>
#include <set>

#include "native/context.hpp"
#include "native/layout.hpp"
#include "pair.hpp"

namespace pvm::engine::jit {
namespace {

using builder::Code;
using builder::Operands;
using isa::Field;
using isa::Op;

constexpr Semantics versions[] = {Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1, Semantics::graypaper_0_7_2};
constexpr CpuFeatures features[] = {{}, {true, true, true, true}};

struct Decoded {
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
  u32 at = 0;
  u64 jump_target() const { return at + instruction.length + static_cast<u64>(operands[0].imm.value.s); }
};

/// All of the code, from the first byte to the last. A failed test, and less than all, where bytes are no instruction.
std::vector<Decoded> disassembled(const NativeCode& code) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  std::vector<Decoded> result;
  for (u32 at = 0; at < code.bytes.size();) {
    Decoded next;
    next.at = at;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.bytes.data() + at, code.bytes.size() - at, &next.instruction, next.operands))) {
      ADD_FAILURE() << "no instruction at " << at;
      break;
    }
    at += next.instruction.length;
    result.push_back(next);
  }
  return result;
}

bool is_in_context(Target target, const Decoded& in, const ZydisDecodedOperand& operand, std::size_t offset) {
  if (operand.mem.segment == ZYDIS_REGISTER_GS || in.instruction.address_width != 64) return false;
  if (target == Target::in_process) {
    return operand.mem.base == ZYDIS_REGISTER_RSP && operand.mem.index == ZYDIS_REGISTER_NONE &&
           operand.mem.disp.value == static_cast<i64>(offset);
  }
  const u64 next = native::code_address + in.at + in.instruction.length;
  return operand.mem.base == ZYDIS_REGISTER_RIP && next + static_cast<u64>(operand.mem.disp.value) == native::context_address + offset;
}

/// Guest memory: of 32-bit addresses, which the prefix cuts, or of a number below 2^31; relative to gs in process and only there.
bool is_guest_memory(Target target, const Decoded& in, const ZydisDecodedOperand& operand) {
  if ((operand.mem.segment == ZYDIS_REGISTER_GS) != (target == Target::in_process)) return false;
  if (operand.mem.index != ZYDIS_REGISTER_NONE) return false;
  if (in.instruction.address_width == 32) return true;
  return operand.mem.base == ZYDIS_REGISTER_NONE && operand.mem.disp.value >= 0 && operand.mem.disp.value <= 0x7fffffff;
}

bool is_jump_table(Target target, const Decoded& in, const ZydisDecodedOperand& operand) {
  if (in.instruction.mnemonic != ZYDIS_MNEMONIC_JMP || operand.mem.scale != 8) return false;
  if (target == Target::in_process) return operand.mem.base == ZYDIS_REGISTER_RDX && operand.mem.index == ZYDIS_REGISTER_RCX;
  return operand.mem.segment == ZYDIS_REGISTER_GS && operand.mem.base == ZYDIS_REGISTER_NONE && operand.mem.disp.value == 0;
}

/// Every access to memory that guest code makes is of one of these kinds.
bool is_allowed(Target target, const Decoded& in, const ZydisDecodedOperand& operand) {
  if (in.instruction.mnemonic == ZYDIS_MNEMONIC_LEA || in.instruction.mnemonic == ZYDIS_MNEMONIC_NOP) return true;  // No access.
  if (in.instruction.mnemonic == ZYDIS_MNEMONIC_STOSB) return target == Target::worker && in.instruction.address_width == 32;
  if (in.instruction.mnemonic == ZYDIS_MNEMONIC_JMP) {
    return is_jump_table(target, in, operand) || is_in_context(target, in, operand, offsetof(native::Context, exit_handler));
  }
  return is_guest_memory(target, in, operand) ||
         (target == Target::in_process && is_in_context(target, in, operand, offsetof(native::Context, gas)));
}

bool writes_stack_pointer(const ZydisDecodedOperand& operand) {
  return operand.type == ZYDIS_OPERAND_TYPE_REGISTER && (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0 &&
         ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operand.reg.value) == ZYDIS_REGISTER_RSP;
}

/// Nothing that enters the system, uses a stack or jumps where the compiler didn't see it.
void check_instruction(Target target, const Decoded& in) {
  const ZydisMnemonic mnemonic = in.instruction.mnemonic;
  const ZydisInstructionCategory category = in.instruction.meta.category;
  const bool allowed = category != ZYDIS_CATEGORY_CALL && category != ZYDIS_CATEGORY_RET && category != ZYDIS_CATEGORY_SYSCALL &&
                       category != ZYDIS_CATEGORY_SYSTEM && category != ZYDIS_CATEGORY_INTERRUPT && category != ZYDIS_CATEGORY_PUSH &&
                       category != ZYDIS_CATEGORY_POP && category != ZYDIS_CATEGORY_IO;
  EXPECT_TRUE(allowed || mnemonic == ZYDIS_MNEMONIC_UD2) << ZydisMnemonicGetString(mnemonic) << " at " << in.at;
  EXPECT_FALSE(mnemonic == ZYDIS_MNEMONIC_JMP && in.operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER) << in.at;
  for (u32 index = 0; index < in.instruction.operand_count; ++index) {
    const ZydisDecodedOperand& operand = in.operands[index];
    if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY) {
      EXPECT_TRUE(is_allowed(target, in, operand)) << ZydisMnemonicGetString(mnemonic) << " at " << in.at;
    }
    const bool counts_gas = target == Target::worker && (mnemonic == ZYDIS_MNEMONIC_SUB || mnemonic == ZYDIS_MNEMONIC_ADD);
    EXPECT_FALSE(!counts_gas && writes_stack_pointer(operand)) << ZydisMnemonicGetString(mnemonic) << " at " << in.at;
  }
}

/// Jumps go to instructions; only a charge's own goes into one, its subtraction.
void check_jumps(const NativeCode& code, const std::vector<Decoded>& all) {
  std::set<u64> starts, into_charges;
  for (const Decoded& in : all) starts.insert(in.at);
  for (const Block& block : code.blocks) into_charges.insert(block.native + code.charge_fault);
  for (const Decoded& in : all) {
    const bool direct =
        in.instruction.operand_count > 0 && in.operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && in.operands[0].imm.is_relative != 0;
    if (!direct) continue;
    const u64 target = in.jump_target();
    const bool fails = in.instruction.mnemonic == ZYDIS_MNEMONIC_JS && into_charges.count(target) != 0;
    EXPECT_TRUE(fails || starts.count(target) != 0) << "from " << in.at << " to " << target;
  }
}

/// The maps are in order, and each instruction of the guest begins at one of the host's and has no more than its share of bytes.
void check_maps(const NativeCode& code, const std::vector<Decoded>& all) {
  std::set<u32> starts = {static_cast<u32>(code.bytes.size())};
  for (const Decoded& in : all) starts.insert(in.at);
  const auto ordered = [](const auto& a, const auto& b) { return a.pc < b.pc && a.native <= b.native; };
  for (std::size_t index = 0; index < code.positions.size(); ++index) {
    const Position& position = code.positions[index];
    EXPECT_TRUE(starts.count(position.native) != 0) << position.pc;
    const bool last = index + 1 == code.positions.size();
    EXPECT_TRUE(last || ordered(position, code.positions[index + 1])) << position.pc;
    const auto block =
        std::upper_bound(code.blocks.begin(), code.blocks.end(), position.pc, [](u32 pc, const Block& b) { return pc < b.pc; });
    u32 end = last ? static_cast<u32>(code.bytes.size()) : code.positions[index + 1].native;
    if (block != code.blocks.end()) end = std::min(end, block->native);
    EXPECT_LE(end - position.native, max_bytes_per_instruction) << position.pc;
  }
  for (std::size_t index = 1; index < code.blocks.size(); ++index) EXPECT_TRUE(ordered(code.blocks[index - 1], code.blocks[index]));
  for (const Call& call : code.calls) EXPECT_TRUE(starts.count(call.native) != 0) << call.pc;
  for (const u32 target : code.jump_targets) EXPECT_TRUE(target == NativeCode::no_block || starts.count(target) != 0);
  EXPECT_TRUE(starts.count(code.halt_stub) != 0);
}

/// The instruction with all kinds of operands; jumps go forwards, backwards and astray.
builder::CodeBlob code_of(Semantics version, Op op) {
  constexpr u8 some_registers[] = {0, 1, 2, 3, 8, 9};
  constexpr i64 some_immediates[] = {0, 1, -1, 8, 127, 128, -129, 0xff, 0xffff, 0x7fffffff, -0x80000000LL};
  const isa::Operands& o = isa::row_of(op).operands;
  Code code(static_cast<ref::Semantics>(version));
  const builder::Label before = code.new_label(), behind = code.new_label(), inside = code.new_label();
  code.bind(before);
  code.instruction(Op::trap, {});
  u32 turn = 0;
  for (const u8 d : some_registers) {
    for (const u8 a : some_registers) {
      for (const i64 i : some_immediates) {
        const builder::Label targets[] = {before, behind, inside};
        const Operands operands = {.d = o.d == Field::none ? a : d, .a = a, .b = some_registers[turn % 6], .i = i, .j = -i - 1};
        code.instruction(op, operands, {}, o.target != Field::none ? std::optional(targets[turn++ % 3]) : std::nullopt);
        turn += 7;
      }
    }
  }
  code.instruction(Op::load_imm, {.d = 7, .i = 5});
  code.bind(inside);
  code.instruction(Op::fallthrough, {});
  code.bind(behind);
  code.instruction(Op::trap, {});
  for (u32 entry = 0; entry < 5; ++entry) code.table_entry(entry % 2 == 0 ? behind : inside);
  auto blob = code.build();
  EXPECT_TRUE(std::holds_alternative<builder::CodeBlob>(blob));
  return std::get<builder::CodeBlob>(blob);
}

void check(const Setting& setting, Target target, const builder::CodeBlob& blob) {
  const auto program = load(container_of(setting.version, blob), config_of(setting));
  ASSERT_TRUE(program.ok());
  const auto code = compile(*program, {target, setting.features});
  ASSERT_TRUE(code.ok());
  const std::vector<Decoded> all = disassembled(*code);
  for (const Decoded& in : all) check_instruction(target, in);
  check_jumps(*code, all);
  check_maps(*code, all);
}

void check_all(Setting setting) {
  for (const Semantics version : versions) {
    setting.version = version;
    if (is_graypaper(version) && setting.metering == Metering::async) continue;
    const bool has_pipeline = version != Semantics::revive_1 && !is_graypaper(version);
    if (setting.gas_model == GasModel::pipeline_1 && !has_pipeline) continue;
    for (std::size_t index = 0; index < isa::op_count; ++index) {
      const Op op = static_cast<Op>(index);
      if (isa::row_of(op).opcode[static_cast<std::size_t>(version)] < 0) continue;
      const builder::CodeBlob blob = code_of(version, op);
      for (const CpuFeatures& some : features) {
        setting.features = some;
        for (const Target target : {Target::worker, Target::in_process}) check(setting, target, blob);
      }
      ASSERT_FALSE(testing::Test::HasFailure()) << isa::row_of(op).name << " in " << name_of(version);
    }
  }
}

TEST(Structure, ofAllInstructions) {
  check_all({});
}
TEST(Structure, withoutCharges) {
  check_all({.metering = Metering::none});
}
TEST(Structure, withAsynchronousCharges) {
  check_all({.metering = Metering::async});
}
TEST(Structure, withWideCharges) {
  check_all({.gas_model = GasModel::pipeline_1, .memory_cost = 0xffffffff});
}

// Twice the code is twice the output, and little more than that of work: nothing looks at what is behind.
TEST(Structure, growsWithTheCode) {
  std::map<u32, std::size_t> bytes;
  for (const u32 count : {1000U, 2000U, 4000U}) {
    Code code(ref::Semantics::rv64_1);
    const builder::Label behind = code.new_label();
    for (u32 index = 0; index < count; ++index) {
      code.instruction(Op::div_signed_64, {.d = 7, .a = 8, .b = 9});
      code.instruction(Op::branch_eq, {.a = 7, .b = 8}, {}, behind);
    }
    code.bind(behind);
    code.instruction(Op::trap, {});
    const auto program = load(container_of(Semantics::rv64_1, std::get<builder::CodeBlob>(code.build())), config_of({}));
    ASSERT_TRUE(program.ok());
    const auto native = compile(*program, {Target::worker, {}});
    ASSERT_TRUE(native.ok());
    bytes[count] = native->bytes.size();
  }
  EXPECT_EQ(bytes[4000] - bytes[2000], 2 * (bytes[2000] - bytes[1000]));
}

TEST(Structure, refusesEndlessJumpTables) {
  builder::CodeBlob blob = code_of(Semantics::graypaper_0_7_2, Op::jump_indirect);
  blob.jump_table.assign(max_jump_table_entries + 1, 0);
  blob.entry_size = 1;
  const auto program = load(container_of(Semantics::graypaper_0_7_2, blob), config_of({.version = Semantics::graypaper_0_7_2}));
  ASSERT_TRUE(program.ok());
  const auto code = compile(*program, {Target::worker, {}});
  ASSERT_FALSE(code.ok());
  EXPECT_EQ(code.error().code, ErrorCode::program_too_large);
}

}  // namespace
}  // namespace pvm::engine::jit
