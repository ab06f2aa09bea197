// SPDX-License-Identifier: Apache-2.0 OR MIT
// The linker's view of a program, between ELF and blob: basic blocks of instructions on symbolic values, data sections, imports, exports.
// The front end (lift/) makes it, the optimiser (optimize/) improves it, the back end (emit/) turns it into a blob.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pvm::link {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i64 = std::int64_t;

/// The 13 registers of the machine in its numbering, then four that exist only here: an expansion's scratch values, each written before it
/// is read within its block. assign_scratch() replaces them before emission.
enum class Reg : u8 { ra, sp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, e0, e1, e2, e3 };
inline constexpr u32 machine_register_count = 13;
inline constexpr u32 register_count = 17;

/// Indices into Program's vectors. Distinct types, so that one can't be taken for the other.
enum class BlockId : u32 {};
enum class SectionId : u32 {};
enum class ImportId : u32 {};
enum class SourceId : u32 { none = 0xffffffff };

constexpr u32 index_of(BlockId id) {
  return static_cast<u32>(id);
}
constexpr u32 index_of(SectionId id) {
  return static_cast<u32>(id);
}
constexpr u32 index_of(ImportId id) {
  return static_cast<u32>(id);
}
constexpr u32 index_of(SourceId id) {
  return static_cast<u32>(id);
}

/// A value that is known once memory and code are laid out.
struct Value {
  enum class Kind : u8 {
    number,     ///< `number`.
    data,       ///< The address of section `id` plus `number`.
    code,       ///< The dynamic address of block `id`: an entry of the jump table. `number` is 0.
    heap_base,  ///< Where the heap begins. `number` is 0.
  };
  Kind kind = Kind::number;
  u32 id = 0;
  i64 number = 0;

  static Value of(i64 number) { return {Kind::number, 0, number}; }
  static Value of(SectionId section, i64 offset) { return {Kind::data, index_of(section), offset}; }
  static Value of(BlockId block) { return {Kind::code, index_of(block), 0}; }
  static Value of_heap_base() { return {Kind::heap_base, 0, 0}; }
  bool is_number() const { return kind == Kind::number; }
  bool is_number(i64 n) const { return kind == Kind::number && number == n; }
  SectionId section() const { return SectionId{id}; }  ///< kind data only.
  BlockId block() const { return BlockId{id}; }        ///< kind code only.
  auto operator<=>(const Value&) const = default;
};

/// A register or a value.
struct Operand {
  bool is_register = false;
  Reg reg = Reg::ra;  ///< is_register only.
  Value value;        ///< Not is_register only.

  static Operand of(Reg reg) { return {true, reg, {}}; }
  static Operand of(Value value) { return {false, Reg::ra, value}; }
  static Operand of(i64 number) { return of(Value::of(number)); }
  bool is_number() const { return !is_register && value.is_number(); }
  bool is_number(i64 n) const { return !is_register && value.is_number(n); }
  auto operator<=>(const Operand&) const = default;
};

/// What an instruction does. Operands: d written, a and b read. Any of a and b may be a value, whether or not the machine has such a form:
/// the back end legalises what it lacks. Meanings are those of the document's like-named instructions.
enum class Op : u8 {
  nop,
  move,  ///< d = a: a copy, a number of any 64 bits, an address.
  // d = a op b
  add,
  sub,
  mul,
  mul_upper_signed_signed,
  mul_upper_unsigned_unsigned,
  mul_upper_signed_unsigned,
  div_unsigned,
  div_signed,
  rem_unsigned,
  rem_signed,
  and_,
  or_,
  xor_,
  and_inverted,
  or_inverted,
  xnor,  ///< and_inverted: a & ~b; or_inverted: a | ~b.
  shift_left,
  shift_right_logical,
  shift_right_arithmetic,
  rotate_left,
  rotate_right,
  set_less_unsigned,
  set_less_signed,
  max_signed,
  max_unsigned,
  min_signed,
  min_unsigned,
  // d = op a
  count_leading_zeros,
  count_trailing_zeros,
  count_set_bits,
  sign_extend_8,
  sign_extend_16,
  zero_extend_16,
  reverse_bytes,
  // d = b if a is (not) 0, else d as it was
  cmov_if_zero,
  cmov_if_not_zero,
  // d = [a + offset]; a may be the number 0: an absolute access
  load_u8,
  load_i8,
  load_u16,
  load_i16,
  load_u32,
  load_i32,
  load_u64,
  // [a + offset] = b
  store_u8,
  store_u16,
  store_u32,
  store_u64,
  host_call,  ///< `import`. Reads Import::inputs registers and sp; writes a0-a5 and t0-t2.
  sbrk,       ///< d = sbrk a; a is a register.
  memset,     ///< Reads a0, a1, a2; writes a0, a2, memory.
};

/// One instruction inside a block. Fields that its Op lacks have their defaults.
struct Instruction {
  Op op = Op::nop;
  /// In 64-bit programs: the 32-bit form, which works on the low halves and sign-extends its result. In 32-bit programs always false. Only
  /// for add, sub, mul, div_*, rem_*, shift_*, rotate_*, count_*.
  bool word = false;
  Reg d = Reg::ra;
  Operand a = {}, b = {};
  Value offset = {};  ///< Loads and stores: a number in 32 signed bits, or an address.
  ImportId import{};
  SourceId source = SourceId::none;
};

/// How two operands are compared.
enum class Condition : u8 { equal, not_equal, less_unsigned, less_signed, greater_or_equal_unsigned, greater_or_equal_signed };

/// How a block ends.
struct Terminator {
  enum class Kind : u8 {
    trap,
    jump,           ///< To `target`. The back end makes a fallthrough of it, or nothing, where target comes next.
    branch,         ///< If `a condition b` to `target`, else to `otherwise`.
    jump_indirect,  ///< To the dynamic address a + offset; a is a register, or a value.
    call,           ///< d = the dynamic address of `otherwise`, where the callee returns to; jump to `target`.
    call_indirect,  ///< d = the dynamic address of `otherwise`; jump to the dynamic address a + offset, a read before d is written.
  };
  Kind kind = Kind::trap;
  Condition condition = Condition::equal;
  Reg d = Reg::ra;
  Operand a = {}, b = {};
  i64 offset = 0;
  BlockId target{};
  BlockId otherwise{};
  SourceId source = SourceId::none;
};

/// Straight-line code that is entered only at its beginning.
struct Block {
  std::vector<Instruction> body;
  Terminator end;
  SourceId source = SourceId::none;  ///< Of its first instruction, before any was moved.
};

/// Bytes of a data section that hold a value: `target`, less `minus` where that is present; `size` bytes, little-endian.
struct DataRelocation {
  u64 offset = 0;
  u8 size = 4;  ///< 1, 2, 4 or 8.
  Value target;
  std::optional<Value> minus = {};
  auto operator<=>(const DataRelocation&) const = default;
};

enum class SectionKind : u8 { read_only, read_write, zero };

/// A piece of memory that is kept or left out as a whole.
struct DataSection {
  std::string name;
  SectionKind kind = SectionKind::read_only;
  u64 alignment = 1;  ///< A power of two.
  u64 size = 0;       ///< Bytes in memory; bytes.size() of them are given, the rest is zero.
  std::vector<u8> bytes = {};
  std::vector<DataRelocation> relocations = {};  ///< Ascending, not overlapping, inside `bytes`.
  bool used = true;                              ///< False: left out of the blob. Reachability decides.
};

/// A host function that the program calls.
struct Import {
  std::string symbol;  ///< Any bytes.
  u32 inputs = 0;      ///< Registers read, in the order a0-a5, t0-t2.
  u32 outputs = 0;     ///< Registers that hold a result: a0, a1. All of a0-a5, t0-t2 count as overwritten.
  std::optional<u32> index = {};
  auto operator<=>(const Import&) const = default;
};

/// A function that the host may call: all it needs is in registers, it returns by a jump to ra.
struct Export {
  std::string symbol;  ///< Any bytes.
  BlockId block{};
  u32 inputs = 0;
  u32 outputs = 0;
};

/// Where an instruction came from.
struct Source {
  u32 object = 0;   ///< Index into Program::objects.
  u32 section = 0;  ///< ELF section number.
  u64 offset = 0;   ///< In the section.
  auto operator<=>(const Source&) const = default;
};

/// A whole program. Blocks stand in the order in which they are to be laid out, unless a pass has reordered `layout`.
struct Program {
  u32 register_bits = 64;  ///< 32 or 64.
  std::vector<Block> blocks;
  std::vector<BlockId> layout;  ///< The blocks to be emitted, each once, in this order; those missing are dropped.
  std::vector<DataSection> sections;
  std::vector<Import> imports;
  std::vector<Export> exports;
  u32 stack_size = 0;  ///< The largest minimum that the objects ask for; 0: none does.
  std::vector<Source> sources;
  std::vector<std::string> objects;  ///< Paths of the input files.

  Block& block(BlockId id) { return blocks[index_of(id)]; }
  const Block& block(BlockId id) const { return blocks[index_of(id)]; }
  DataSection& section(SectionId id) { return sections[index_of(id)]; }
  const DataSection& section(SectionId id) const { return sections[index_of(id)]; }
};

/// Set of registers: bit n is register n.
using RegisterSet = u32;
constexpr RegisterSet set_of(Reg reg) {
  return RegisterSet{1} << static_cast<u32>(reg);
}
inline constexpr RegisterSet machine_registers = (RegisterSet{1} << machine_register_count) - 1;

}  // namespace pvm::link
