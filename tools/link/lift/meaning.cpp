// SPDX-License-Identifier: Apache-2.0 OR MIT
// Addresses are built from two halves in RISC-V. Here the instruction with the high half has the whole address, as has each one with the
// low half, so neither depends on the other: it doesn't matter if the high half was moved, spilled or shared in between. The one exception
// is a high half that something was added to (an index) before the low half came: then the low half adds nothing more.
#include "lift/meaning.hpp"

#include <elf.h>

#include <algorithm>

#include "lift/relocations.hpp"

namespace pvm::link::lifting {
namespace {

using riscv::Kind;

constexpr u8 gp = 3;

/// How far back the origin of a base register is looked for.
constexpr u32 max_steps_back = 64;

constexpr const char* emit_relocs_remedy = "give the object file, or link with --emit-relocs";

class Interpreter {
 public:
  Interpreter(const Context& context, const CodeSection& code, u32 index)
      : context_(context), code_(code), index_(index), decoded_(code.instructions[index]), in_(decoded_.instruction) {}

  Meaning run();

 private:
  u32 end_of(u32 index) const { return code_.instructions[index].offset + code_.instructions[index].instruction.size; }
  const elf::Relocation* relocation_of(u32 index) const {
    const u32 number = code_.instructions[index].relocation;
    return number == Decoded::no_relocation ? nullptr : &code_.relocations[number];
  }
  Target resolved(const elf::Relocation& relocation) const { return resolve(context_, code_.object, relocation.symbol, relocation.addend); }
  Target here(i64 offset) const { return target_in_section(context_, code_.object, code_.section, offset); }
  Target at_distance(u32 from, i64 distance) const;

  Meaning fault(std::string message, std::string remedy = {}) const;
  Meaning fault(Target target) const;
  Meaning of(Meaning::Kind kind, Target target) const;
  Meaning jump_or_call(Target target, u8 link, u8 instructions) const;

  Meaning unrelocated() const;
  Meaning after_auipc() const;
  bool is_pair_of_auipc(u32 auipc, u32 user) const;
  Meaning relocated(const elf::Relocation& relocation) const;
  Meaning call(const elf::Relocation& relocation) const;
  Meaning low_part(const elf::Relocation& relocation) const;
  bool has_lost_its_high_half(const elf::Relocation& relocation) const;
  Meaning lonely_low_part(const elf::Relocation& relocation) const;
  Meaning pcrel_low_part(const elf::Relocation& relocation) const;
  Meaning got_load(Target target) const;
  Meaning access(Target target, const elf::Relocation* high) const;
  const elf::Relocation* added_high_part(u8 reg, u32 symbol) const;
  const elf::Relocation* definition_as_high_part(u32 before, u8 reg) const;
  std::optional<u32> definition(u32 before, u8 reg) const;

  const Context& context_;
  const CodeSection& code_;
  u32 index_;
  const Decoded& decoded_;
  const riscv::Instruction& in_;
};

bool ends_straight_line(Kind kind) {
  return kind == Kind::jal || kind == Kind::jalr || kind == Kind::branch || kind == Kind::trap || kind == Kind::host_call ||
         kind == Kind::unknown;
}

Meaning Interpreter::fault(Target target) const {
  Meaning meaning;
  meaning.kind = Meaning::Kind::fault;
  meaning.target = std::move(target);
  LinkError& error = *meaning.target.fault;
  LinkError place = fault_at(context_, {code_.object, code_.section, decoded_.offset}, std::move(error.message), std::move(error.remedy));
  if (!error.symbol.empty()) place.symbol = std::move(error.symbol);
  error = std::move(place);
  return meaning;
}

Meaning Interpreter::fault(std::string message, std::string remedy) const {
  Target target;
  target.kind = Target::Kind::bad;
  target.fault = LinkError{.message = std::move(message), .remedy = std::move(remedy)};
  return fault(std::move(target));
}

Meaning Interpreter::of(Meaning::Kind kind, Target target) const {
  if (target.fault) return fault(std::move(target));
  Meaning meaning;
  meaning.kind = kind;
  meaning.rd = in_.rd;
  meaning.target = std::move(target);
  meaning.next = end_of(index_);
  return meaning;
}

/// `instructions`: how many of them make the jump.
Meaning Interpreter::jump_or_call(Target target, u8 link, u8 instructions) const {
  // A weak function that doesn't exist: calling it is what the program checks against.
  if (target.kind == Target::Kind::number && target.offset == 0) {
    Meaning meaning;
    meaning.kind = Meaning::Kind::trap;
    meaning.instructions = instructions;
    return meaning;
  }
  if (!target.fault && !target.is_code()) return fault("a jump to something that is no code", emit_relocs_remedy);
  Meaning meaning = of(link == 0 ? Meaning::Kind::jump : Meaning::Kind::call, std::move(target));
  meaning.rd = link;
  meaning.instructions = instructions;
  meaning.next = end_of(index_ + instructions - 1);
  return meaning;
}

Meaning Interpreter::run() {
  if (decoded_.is_damaged)
    return fault("a relocation that does not fit the instruction", "is this data in a code section? Move it to .rodata");
  if (in_.kind == Kind::host_call) return of(Meaning::Kind::host_call, {});
  const elf::Relocation* relocation = relocation_of(index_);
  if (relocation == nullptr) return unrelocated();
  if (has_lost_its_high_half(*relocation)) return lonely_low_part(*relocation);
  return relocation->type == relocation::none ? unrelocated() : relocated(*relocation);
}

/// A code target `distance` bytes from instruction `from`: in this section, or, in a linked file, in any.
Target Interpreter::at_distance(u32 from, i64 distance) const {
  const i64 offset = code_.instructions[from].offset + distance;
  const bool is_inside = offset >= 0 && static_cast<u64>(offset) <= code_.bytes.size();
  if (is_inside || context_.objects[code_.object].type == ET_REL) return here(offset);
  const u64 address = context_.section(code_.object, code_.section).address + static_cast<u64>(offset);
  if (place_at_address(context_, code_.object, address)) return target_at_address(context_, code_.object, address);
  return here(offset);
}

Meaning Interpreter::unrelocated() const {
  switch (in_.kind) {
    case Kind::unknown: {
      const auto bytes = code_.bytes.subspan(decoded_.offset);
      return fault("unsupported " + (bytes.size() < 2 ? std::string("instruction") : riscv::describe_unknown(bytes)),
                   "compile with -march=rv" + std::to_string(context_.program.register_bits) + "emac_zbb");
    }
    case Kind::trap: return of(Meaning::Kind::trap, {});
    case Kind::jal: return jump_or_call(at_distance(index_, in_.imm), in_.rd, 1);
    case Kind::branch: return of(Meaning::Kind::branch, at_distance(index_, in_.imm));
    case Kind::auipc:
      if (in_.rd == 0 || is_pair_of_auipc(index_, index_ + 1)) return of(Meaning::Kind::nothing, {});
      return fault("an address without a relocation (auipc)",
                   "compile with -ffunction-sections or -mrelax; " + std::string(emit_relocs_remedy));
    case Kind::jalr:
    case Kind::load:
    case Kind::store:
    case Kind::alu:
      if (index_ > 0 && is_pair_of_auipc(index_ - 1, index_)) return after_auipc();
      if (in_.kind == Kind::jalr) return of(Meaning::Kind::indirect, {});
      return of(Meaning::Kind::plain, {});
    default: return of(Meaning::Kind::plain, {});
  }
}

/// Does `user` complete the address that the auipc before it begins, both without relocations?
bool Interpreter::is_pair_of_auipc(u32 auipc, u32 user) const {
  if (user >= code_.instructions.size()) return false;
  const riscv::Instruction& first = code_.instructions[auipc].instruction;
  const riscv::Instruction& second = code_.instructions[user].instruction;
  if (first.kind != Kind::auipc || first.rd == 0 || second.rs1 != first.rd) return false;
  if (relocation_of(auipc) != nullptr || relocation_of(user) != nullptr) return false;
  const bool is_addi = second.kind == Kind::alu && second.op == Op::add && second.has_immediate && !second.word;
  // A load that leaves the register alone may be one of several through it, of which the others would go wrong.
  return second.kind == Kind::jalr || is_addi || (second.kind == Kind::load && second.rd == first.rd);
}

Meaning Interpreter::after_auipc() const {
  const i64 high = code_.instructions[index_ - 1].instruction.imm;
  Target target = at_distance(index_ - 1, high + in_.imm);
  if (in_.kind == Kind::jalr) return jump_or_call(std::move(target), in_.rd, 1);
  return access(std::move(target), nullptr);
}

Meaning Interpreter::relocated(const elf::Relocation& relocation) const {
  const auto mismatch = [&] { return fault(relocation::name_of(relocation.type) + " on an instruction that it does not belong to", ""); };
  switch (relocation.type) {
    case relocation::call:
    case relocation::call_plt: return in_.kind == Kind::auipc ? call(relocation) : mismatch();
    case relocation::jal:
    case relocation::rvc_jump: return in_.kind == Kind::jal ? jump_or_call(resolved(relocation), in_.rd, 1) : mismatch();
    case relocation::branch:
    case relocation::rvc_branch: {
      if (in_.kind != Kind::branch) return mismatch();
      Target target = resolved(relocation);
      if (!target.fault && !target.is_code()) return fault("a branch to something that is no code", "");
      return of(Meaning::Kind::branch, std::move(target));
    }
    case relocation::pcrel_hi20: return in_.kind == Kind::auipc ? of(Meaning::Kind::address, resolved(relocation)) : mismatch();
    case relocation::got_hi20: return in_.kind == Kind::auipc ? of(Meaning::Kind::nothing, {}) : mismatch();
    case relocation::hi20:
    case relocation::rvc_lui: {
      // A linker may have made c.li of it.
      const bool is_constant = in_.kind == Kind::lui || (in_.kind == Kind::alu && in_.op == Op::add && in_.has_immediate && in_.rs1 == 0);
      return is_constant ? of(Meaning::Kind::address, resolved(relocation)) : mismatch();
    }
    case relocation::lo12_i:
    case relocation::lo12_s: return low_part(relocation);
    case relocation::pcrel_lo12_i:
    case relocation::pcrel_lo12_s: return pcrel_low_part(relocation);
    default: break;
  }
  if (relocation::is_thread_local(relocation.type)) {
    return fault("thread-local variables are not supported", "there is one thread: compile without thread_local and _Thread_local");
  }
  if (relocation.type == relocation::absolute_32 || relocation.type == relocation::absolute_64) {
    return fault("an address among the code", "move tables to .rodata");
  }
  return fault("unsupported relocation in code: " + relocation::name_of(relocation.type), "");
}

/// auipc + jalr under one relocation.
Meaning Interpreter::call(const elf::Relocation& relocation) const {
  if (index_ + 1 >= code_.instructions.size()) return fault("a call that is cut off");
  const Decoded& second = code_.instructions[index_ + 1];
  if (second.instruction.kind != Kind::jalr || second.instruction.rs1 != in_.rd || relocation_of(index_ + 1) != nullptr) {
    return fault("R_RISCV_CALL on something that is no pair of auipc and jalr");
  }
  return jump_or_call(resolved(relocation), second.instruction.rd, 2);
}

Meaning Interpreter::low_part(const elf::Relocation& relocation) const {
  Target target = resolved(relocation);
  if (in_.kind == Kind::jalr) return jump_or_call(std::move(target), in_.rd, 1);
  return access(std::move(target), added_high_part(in_.rs1, relocation.symbol));
}

/// Has a linker removed the instruction with the high half? Then the base is gp or 0. lld's types for this, 256..259, are only 8 bits in
/// ELF32.
bool Interpreter::has_lost_its_high_half(const elf::Relocation& relocation) const {
  if (relocation::is_without_high_half(relocation.type)) return true;
  if (context_.program.register_bits == 64 || context_.objects[code_.object].type == ET_REL || relocation.type > 3) return false;
  const bool is_add = in_.kind == Kind::alu && in_.op == Op::add && in_.has_immediate;
  return (is_add || in_.kind == Kind::load || in_.kind == Kind::store) && (in_.rs1 == gp || in_.rs1 == 0);
}

/// A linker has removed the high half.
Meaning Interpreter::lonely_low_part(const elf::Relocation& relocation) const {
  i64 addend = relocation.addend;
  const bool is_of_gnu = relocation.type == relocation::gprel_i || relocation.type == relocation::gprel_s;
  if (is_of_gnu && in_.rs1 == gp) {
    // The addend is what is added to gp.
    const auto value = context_.global_pointers.find(code_.object);
    if (value == context_.global_pointers.end())
      return fault("an address relative to gp without the symbol __global_pointer$", "link with --no-relax");
    addend += value->second;
  }
  Target target = resolve(context_, code_.object, relocation.symbol, addend);
  if (in_.kind == Kind::jalr) return jump_or_call(std::move(target), in_.rd, 1);
  return access(std::move(target), nullptr);
}

/// The symbol is that of the instruction with the high half.
Meaning Interpreter::pcrel_low_part(const elf::Relocation& relocation) const {
  const Target place = resolve(context_, code_.object, relocation.symbol, 0);
  if (place.fault) return fault(place);
  if (!place.is_code() || place.id != context_.sections[code_.object][code_.section].id) {
    return fault("the low half of an address whose high half is in another section");
  }
  const auto found = std::lower_bound(code_.instructions.begin(), code_.instructions.end(), place.offset,
                                      [](const Decoded& decoded, i64 offset) { return decoded.offset < offset; });
  if (found == code_.instructions.end() || found->offset != place.offset) return fault("the low half of an address that has no high half");
  const elf::Relocation* high = relocation_of(static_cast<u32>(found - code_.instructions.begin()));
  if (high == nullptr || (high->type != relocation::pcrel_hi20 && high->type != relocation::got_hi20)) {
    return fault("the low half of an address that has no high half", emit_relocs_remedy);
  }
  Target target = resolve(context_, code_.object, high->symbol, high->addend);
  if (high->type == relocation::got_hi20) return got_load(std::move(target));
  if (!target.fault && relocation.addend != 0) target = resolve(context_, code_.object, high->symbol, high->addend + relocation.addend);
  if (in_.kind == Kind::jalr) return jump_or_call(std::move(target), in_.rd, 1);
  return access(std::move(target), added_high_part(in_.rs1, high->symbol));
}

/// A load from the table of addresses; the table isn't needed, as addresses are known.
Meaning Interpreter::got_load(Target target) const {
  const bool is_native = in_.kind == Kind::load && in_.op == (context_.program.register_bits == 32 ? Op::load_i32 : Op::load_u64);
  if (!is_native) return fault("an address of the global offset table that is not simply loaded from", "compile with -fno-pic");
  return of(Meaning::Kind::address, std::move(target));
}

/// An addition, load or store at `target`, or, where something was added to the high half `high`, at that and what is left of the low half.
Meaning Interpreter::access(Target target, const elf::Relocation* high) const {
  if (target.fault) return fault(std::move(target));
  const bool is_add = in_.kind == Kind::alu && in_.op == Op::add && in_.has_immediate;
  if (!is_add && in_.kind != Kind::load && in_.kind != Kind::store)
    return fault("the low half of an address on an instruction that takes none");
  if (high != nullptr) {
    const Target base = resolved(*high);
    if (!base.fault && base.kind == target.kind && base.id == target.id) {
      Meaning meaning = of(Meaning::Kind::plain, {});
      meaning.immediate = target.offset - base.offset;
      return meaning;
    }
  }
  if (is_add) return of(Meaning::Kind::address, std::move(target));
  if (target.is_code()) return fault("code is read or written as data", "move tables out of code sections");
  return of(in_.kind == Kind::load ? Meaning::Kind::load : Meaning::Kind::store, std::move(target));
}

/// The last instruction before `before`, in straight line, that writes `reg`.
std::optional<u32> Interpreter::definition(u32 before, u8 reg) const {
  for (u32 step = 1; step <= max_steps_back && step <= before; ++step) {
    const riscv::Instruction& candidate = code_.instructions[before - step].instruction;
    if (ends_straight_line(candidate.kind)) return std::nullopt;
    if (candidate.rd == reg) return before - step;
  }
  return std::nullopt;
}

const elf::Relocation* Interpreter::definition_as_high_part(u32 before, u8 reg) const {
  const auto found = reg == 0 ? std::nullopt : definition(before, reg);
  const elf::Relocation* relocation = found ? relocation_of(*found) : nullptr;
  if (relocation == nullptr) return nullptr;
  const bool is_high =
      relocation->type == relocation::hi20 || relocation->type == relocation::rvc_lui || relocation->type == relocation::pcrel_hi20;
  return is_high ? relocation : nullptr;
}

/// If `reg` is the sum of something and the high half of an address with `symbol`: the relocation of that half.
const elf::Relocation* Interpreter::added_high_part(u8 reg, u32 symbol) const {
  const auto sum = reg == 0 ? std::nullopt : definition(index_, reg);
  if (!sum) return nullptr;
  const riscv::Instruction& candidate = code_.instructions[*sum].instruction;
  const bool is_add =
      (candidate.kind == Kind::alu && candidate.op == Op::add && !candidate.has_immediate) || candidate.kind == Kind::shift_add;
  if (!is_add || candidate.rs1 == 0 || candidate.rs2 == 0) return nullptr;
  for (const u8 part : {candidate.rs2, candidate.rs1}) {
    const elf::Relocation* high = definition_as_high_part(*sum, part);
    if (high != nullptr && high->symbol == symbol) return high;
  }
  return nullptr;
}

}  // namespace

Meaning meaning_of(const Context& context, const CodeSection& code, u32 index) {
  return Interpreter(context, code, index).run();
}

}  // namespace pvm::link::lifting
