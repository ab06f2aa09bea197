// SPDX-License-Identifier: Apache-2.0 OR MIT
// Code sections to basic blocks.
#include <algorithm>

#include "lift/context.hpp"
#include "lift/expand.hpp"
#include "lift/meaning.hpp"
#include "lift/relocations.hpp"

namespace pvm::link::lifting {
namespace {

/// Decodes one section; every byte belongs to an instruction, whatever it is.
class SectionDecoder {
 public:
  SectionDecoder(CodeSection& code, u32 bits) : code_(code), bits_(bits) {}

  void run() {
    code_.instructions.reserve(code_.bytes.size() / 3);
    u32 offset = 0;
    while (offset < code_.bytes.size()) {
      const auto rest = code_.bytes.subspan(offset);
      Decoded decoded;
      decoded.offset = offset;
      decoded.instruction = rest.size() < 2 ? cut_off() : riscv::decode(rest, bits_);
      if (decoded.instruction.kind == riscv::Kind::host_call) {
        const std::size_t size = 4 + bits_ / 8;
        if (rest.size() < size) decoded.is_damaged = true;
        decoded.instruction.size = static_cast<u8>(std::min(size, rest.size()));
      }
      attach_relocations(decoded);
      offset += decoded.instruction.size;
      code_.instructions.push_back(decoded);
    }
  }

 private:
  static riscv::Instruction cut_off() {
    riscv::Instruction made;
    made.size = 1;
    return made;
  }

  void attach_relocations(Decoded& decoded) {
    const u64 end = decoded.offset + decoded.instruction.size;
    // The pointer behind the mark of a host call has the only relocation.
    const u64 expected = decoded.instruction.kind == riscv::Kind::host_call ? decoded.offset + 4U : decoded.offset;
    for (; next_ < code_.relocations.size() && code_.relocations[next_].offset < end; ++next_) {
      if (decoded.relocation != Decoded::no_relocation || code_.relocations[next_].offset != expected) decoded.is_damaged = true;
      decoded.relocation = static_cast<u32>(next_);
    }
  }

  CodeSection& code_;
  u32 bits_;
  std::size_t next_ = 0;
};

void want_targets(Context& context, CodeSection& code) {
  const auto want_next = [&](u32 offset) { code.block_at[offset / 2] = CodeSection::wanted_block; };
  for (u32 index = 0; index < code.instructions.size(); ++index) {
    const Meaning meaning = meaning_of(context, code, index);
    index += meaning.instructions - 1U;
    want_block(context, meaning.target);
    switch (meaning.kind) {
      case Meaning::Kind::call:
      case Meaning::Kind::branch: want_next(meaning.next); break;
      case Meaning::Kind::indirect:
        if (meaning.rd != 0) want_next(meaning.next);
        break;
      default: break;
    }
  }
}

/// Numbers all blocks in the order of the code. Until it is filled, a block only traps.
void number_blocks(Context& context) {
  for (CodeSection& code : context.code) {
    for (u32& block : code.block_at) {
      if (block != CodeSection::wanted_block) continue;
      block = static_cast<u32>(context.program.blocks.size());
      context.program.layout.push_back(BlockId{block});
      context.program.blocks.emplace_back();
    }
  }
}

/// Fills the blocks of one section.
class BlockMaker {
 public:
  BlockMaker(Context& context, const CodeSection& code) : context_(context), code_(code) {}

  std::optional<LinkError> run();

 private:
  Program& program() { return context_.program; }
  Block& block() { return program().blocks[*current_]; }
  Place place() const { return {code_.object, code_.section, code_.instructions[index_].offset}; }
  const riscv::Instruction& in() const { return code_.instructions[index_].instruction; }
  u32 block_at(u64 offset) const { return code_.block_at[offset / 2]; }
  BlockId next_block(const Meaning& meaning) const { return BlockId{block_at(meaning.next)}; }
  BlockId target_block(const Meaning& meaning) const { return value_of(context_, meaning.target).block(); }

  void begin(u32 id);
  void end(Terminator terminator);
  void note_fault(u32 id, const Place& where, LinkError error);
  void fail(LinkError error);
  void fail_register(u8 number);
  void add_source();
  void find_unopened();

  std::optional<LinkError> add(const Meaning& meaning);
  void plain(const Meaning& meaning);
  void access(const Meaning& meaning);
  void branch(const Meaning& meaning);
  void call(const Meaning& meaning);
  void indirect(const Meaning& meaning);
  std::optional<LinkError> host_call();
  std::optional<Operand> read(u8 number);
  std::optional<Reg> write(u8 number);

  Context& context_;
  const CodeSection& code_;
  u32 index_ = 0;
  std::optional<u32> current_;
  std::vector<bool> is_open_;
  SourceId source_ = SourceId::none;
};

std::optional<LinkError> BlockMaker::run() {
  is_open_.assign(code_.block_at.size(), false);
  for (index_ = 0; index_ < code_.instructions.size(); ++index_) {
    const u32 offset = code_.instructions[index_].offset;
    if (offset % 2 == 0 && block_at(offset) != CodeSection::no_block) begin(block_at(offset));
    if (!current_) continue;  // nothing leads here
    add_source();
    if (block().body.empty()) block().source = source_;
    const Meaning meaning = meaning_of(context_, code_, index_);
    if (auto error = add(meaning)) return error;
    index_ += meaning.instructions - 1U;
  }
  const u64 size = code_.bytes.size();
  if (size % 2 == 0 && block_at(size) != CodeSection::no_block) begin(block_at(size));
  if (current_) end({});
  find_unopened();
  return std::nullopt;
}

/// Blocks that begin inside an instruction are kept as faults.
void BlockMaker::find_unopened() {
  for (std::size_t half = 0; half < is_open_.size(); ++half) {
    const u32 id = code_.block_at[half];
    if (id == CodeSection::no_block || is_open_[half]) continue;
    const Place where = {code_.object, code_.section, half * 2};
    note_fault(id, where, fault_at(context_, where, "a jump into the middle of an instruction", "is there data among the code?"));
  }
}

void BlockMaker::begin(u32 id) {
  if (current_) {
    Terminator falls;
    falls.kind = Terminator::Kind::jump;
    falls.target = BlockId{id};
    end(falls);
  }
  current_ = id;
  const u64 offset = index_ < code_.instructions.size() ? code_.instructions[index_].offset : code_.bytes.size();
  is_open_[offset / 2] = true;
}

void BlockMaker::end(Terminator terminator) {
  terminator.source = source_;
  block().end = terminator;
  current_.reset();
}

void BlockMaker::note_fault(u32 id, const Place& where, LinkError error) {
  context_.faulty_blocks[id] = true;
  const bool is_asked_for = context_.reached_blocks != nullptr && (*context_.reached_blocks)[id];
  if (is_asked_for && context_.faults.size() < Context::max_faults) context_.faults.push_back({where, std::move(error)});
}

/// The instruction is left out; what follows it may have more faults.
void BlockMaker::fail(LinkError error) {
  note_fault(*current_, place(), std::move(error));
}

void BlockMaker::fail_register(u8 number) {
  const std::string name = std::string(riscv::register_name(number)) + " (x" + std::to_string(number) + ")";
  fail(fault_at(context_, place(), "unsupported register " + name,
                context_.program.register_bits == 32 ? "compile with -march=rv32emac_zbb -mabi=ilp32e"
                                                     : "compile with -march=rv64emac_zbb -mabi=lp64e"));
}

void BlockMaker::add_source() {
  source_ = SourceId{static_cast<u32>(program().sources.size())};
  program().sources.push_back({code_.object, code_.section, code_.instructions[index_].offset});
}

/// nullopt: the machine lacks the register.
std::optional<Operand> BlockMaker::read(u8 number) {
  if (number == 0) return Operand::of(0);
  if (const auto reg = riscv::machine_register(number)) return Operand::of(*reg);
  fail_register(number);
  return std::nullopt;
}

/// `number` isn't 0.
std::optional<Reg> BlockMaker::write(u8 number) {
  const auto reg = riscv::machine_register(number);
  if (!reg) fail_register(number);
  return reg;
}

std::optional<LinkError> BlockMaker::add(const Meaning& meaning) {
  switch (meaning.kind) {
    case Meaning::Kind::plain: plain(meaning); break;
    case Meaning::Kind::nothing: break;
    case Meaning::Kind::address:
    case Meaning::Kind::load:
    case Meaning::Kind::store: access(meaning); break;
    case Meaning::Kind::jump: {
      Terminator jump;
      jump.kind = Terminator::Kind::jump;
      jump.target = target_block(meaning);
      end(jump);
      break;
    }
    case Meaning::Kind::call: call(meaning); break;
    case Meaning::Kind::branch: branch(meaning); break;
    case Meaning::Kind::indirect: indirect(meaning); break;
    case Meaning::Kind::host_call: return host_call();
    case Meaning::Kind::trap: end({}); break;
    case Meaning::Kind::fault: fail(*meaning.target.fault); break;
  }
  return std::nullopt;
}

void BlockMaker::plain(const Meaning& meaning) {
  riscv::Instruction instruction = in();
  if (meaning.immediate) instruction.imm = *meaning.immediate;
  if (const auto number = expand(instruction, program().register_bits, source_, block().body)) fail_register(*number);
}

void BlockMaker::access(const Meaning& meaning) {
  Instruction made;
  made.source = source_;
  const Value address = value_of(context_, meaning.target);
  if (meaning.kind == Meaning::Kind::store) {
    const auto value = read(in().rs2);
    if (!value) return;
    made.op = in().op;
    made.a = Operand::of(0);
    made.b = *value;
    made.offset = address;
  } else {
    if (meaning.rd == 0) return;
    const auto d = write(meaning.rd);
    if (!d) return;
    made.d = *d;
    const bool is_load = meaning.kind == Meaning::Kind::load;
    made.op = is_load ? in().op : Op::move;
    made.a = is_load ? Operand::of(0) : Operand::of(address);
    if (is_load) made.offset = address;
  }
  block().body.push_back(made);
}

void BlockMaker::branch(const Meaning& meaning) {
  const auto a = read(in().rs1);
  if (!a) return;
  const auto b = read(in().rs2);
  if (!b) return;
  Terminator terminator;
  terminator.kind = Terminator::Kind::branch;
  terminator.condition = in().condition;
  terminator.a = *a;
  terminator.b = *b;
  terminator.target = target_block(meaning);
  terminator.otherwise = next_block(meaning);
  end(terminator);
}

void BlockMaker::call(const Meaning& meaning) {
  const auto d = write(meaning.rd);
  if (!d) return;
  Terminator terminator;
  terminator.kind = Terminator::Kind::call;
  terminator.d = *d;
  terminator.target = target_block(meaning);
  terminator.otherwise = next_block(meaning);
  end(terminator);
}

void BlockMaker::indirect(const Meaning& meaning) {
  const auto a = read(in().rs1);
  if (!a) return;
  Terminator terminator;
  terminator.kind = Terminator::Kind::jump_indirect;
  terminator.a = *a;
  terminator.offset = in().imm;
  if (meaning.rd != 0) {
    const auto d = write(meaning.rd);
    if (!d) return;
    terminator.kind = Terminator::Kind::call_indirect;
    terminator.d = *d;
    terminator.otherwise = next_block(meaning);
  }
  end(terminator);
}

std::optional<LinkError> BlockMaker::host_call() {
  Place pointer = place();
  pointer.offset += 4;
  auto import = read_import(context_, pointer);
  if (auto* error = std::get_if<LinkError>(&import)) return with_symbol(context_, pointer, std::move(*error));
  Instruction made;
  made.op = Op::host_call;
  made.import = std::get<ImportId>(import);
  made.source = source_;
  block().body.push_back(made);
  return std::nullopt;
}

}  // namespace

void decode_code(Context& context) {
  for (CodeSection& code : context.code) SectionDecoder(code, context.program.register_bits).run();
  for (CodeSection& code : context.code) want_targets(context, code);
  number_blocks(context);
}

std::optional<LinkError> make_blocks(Context& context) {
  context.program.sources.clear();
  std::fill(context.program.blocks.begin(), context.program.blocks.end(), Block{});
  context.faulty_blocks.assign(context.program.blocks.size(), false);
  for (const CodeSection& code : context.code) {
    if (auto error = BlockMaker(context, code).run()) return error;
  }
  return std::nullopt;
}

}  // namespace pvm::link::lifting
