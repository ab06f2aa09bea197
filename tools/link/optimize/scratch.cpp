// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machine registers for the scratch values e0-e3: one that nobody reads there, or one that is saved in memory around the scratch value's
// life. Saving in a fixed place is fine, as a guest has one thread.
#include <algorithm>
#include <array>
#include <optional>

#include "facts.hpp"
#include "link.hpp"
#include "liveness.hpp"

namespace pvm::link {
namespace {

// From the write of a scratch register to the last read of what was written. Positions are those of instructions; the terminator's is next.
struct Life {
  Reg reg = Reg::e0;
  std::size_t begin = 0, end = 0;
};

// A machine register to be stored before position `begin` and loaded after position `end`.
struct Saved {
  Reg reg = Reg::t0;
  std::size_t begin = 0, end = 0;
};

// Memory where registers are saved, one place for each; made when first needed.
class SaveArea {
 public:
  explicit SaveArea(Program& program) : program_(program) {}

  Instruction store(Reg reg, SourceId source) {
    Instruction access;
    access.op = program_.register_bits == 64 ? Op::store_u64 : Op::store_u32;
    access.a = Operand::of(0);
    access.b = Operand::of(reg);
    access.offset = place(reg);
    access.source = source;
    return access;
  }
  Instruction load(Reg reg, SourceId source) {
    Instruction access;
    access.op = program_.register_bits == 64 ? Op::load_u64 : Op::load_i32;
    access.d = reg;
    access.a = Operand::of(0);
    access.offset = place(reg);
    access.source = source;
    return access;
  }

 private:
  Value place(Reg reg) {
    const u64 width = program_.register_bits / 8;
    if (!section_) {
      section_ = SectionId{static_cast<u32>(program_.sections.size())};
      DataSection section;
      section.name = ".regspill";
      section.kind = SectionKind::zero;
      section.alignment = width;
      section.size = width * machine_register_count;
      program_.sections.push_back(std::move(section));
    }
    return Value::of(*section_, static_cast<i64>(width * static_cast<u64>(reg)));
  }

  Program& program_;
  std::optional<SectionId> section_;
};

void rename(Operand& operand, Reg from, Reg to) {
  if (operand == Operand::of(from)) operand.reg = to;
}

// The scratch registers of one block.
class BlockScratch {
 public:
  BlockScratch(Program& program, const Liveness& liveness, SaveArea& area, BlockId id)
      : program_(program), liveness_(liveness), area_(area), id_(id), block_(program.block(id)) {}

  void run() {
    find_lives();
    if (lives_.empty()) return;
    find_live();
    for (const Life& life : lives_) assign(life);
    insert_saves();
  }

 private:
  std::size_t size() const { return block_.body.size(); }
  RegisterSet read_at(std::size_t at) const { return at == size() ? reads(block_.end) : reads(program_, block_.body[at]); }
  RegisterSet written_at(std::size_t at) const { return at == size() ? writes(block_.end) : writes(block_.body[at]); }

  void find_lives() {
    std::optional<std::size_t> current[register_count];  // the life that a scratch register is in
    for (std::size_t at = 0; at <= size(); ++at) {
      const RegisterSet read = read_at(at) & scratch_registers, written = written_at(at) & scratch_registers;
      if ((read | written) == 0) continue;
      for (u32 number = machine_register_count; number < register_count; ++number) {
        const RegisterSet bit = RegisterSet{1} << number;
        if ((read & bit) && current[number]) lives_[*current[number]].end = at;
        // A result that replaces what it was made from goes on with the same life; so there is one register for an instruction's d and a.
        if ((written & bit) == 0 || (read & bit)) continue;
        current[number] = lives_.size();
        lives_.push_back({static_cast<Reg>(number), at, at});
      }
    }
  }

  void find_live() {
    live_after_.resize(size() + 1);
    RegisterSet live = registers_of(liveness_.before_end(id_));
    for (std::size_t at = size(); at-- > 0;) {
      live_after_[at] = live;
      live = (live & ~written_at(at)) | read_at(at);
    }
  }

  // Machine registers that hold something during a life: what is read later, and what instructions inside it use. The first may still read,
  // and the last already write, the register that the scratch value gets.
  RegisterSet occupied(const Life& life) const {
    RegisterSet set = written_at(life.begin);
    for (std::size_t at = life.begin; at < life.end; ++at) set |= live_after_[at] | (at > life.begin ? read_at(at) | written_at(at) : 0);
    if (life.end == life.begin) set |= live_after_[life.begin];
    return set;
  }

  // Machine registers that instructions of a life mention.
  RegisterSet mentioned(const Life& life) const {
    RegisterSet set = 0;
    for (std::size_t at = life.begin; at <= life.end; ++at) set |= read_at(at) | written_at(at);
    return set;
  }

  static std::optional<Reg> pick(RegisterSet excluded) {
    // Those that the calling convention doesn't keep first: they are the least likely to be wanted.
    constexpr Reg order[] = {Reg::t2, Reg::t1, Reg::t0, Reg::a5, Reg::a4, Reg::a3, Reg::a2, Reg::a1, Reg::a0, Reg::s1, Reg::s0, Reg::ra};
    for (const Reg reg : order) {
      if ((excluded & set_of(reg)) == 0) return reg;
    }
    return std::nullopt;
  }

  void assign(const Life& life) {
    std::optional<Reg> reg = pick(occupied(life));
    if (!reg) {
      // At most 4 scratch registers and 3 operands are mentioned at a time, so there is one. A terminator that reads a scratch value has no
      // place after it to load what was saved; the front end makes none but indirect jumps, where t0-t2 are free by the calling convention.
      RegisterSet excluded = mentioned(life);
      for (const std::optional<Saved>& saved : newest_) {
        if (saved && saved->begin <= life.end && life.begin <= saved->end) excluded |= set_of(saved->reg);
      }
      reg = pick(excluded).value_or(Reg::t2);
      if (life.end < size()) {
        saves_.push_back({*reg, life.begin, life.end});
        newest_[static_cast<u32>(life.reg) - machine_register_count] = saves_.back();
        live_after_[life.end] |= set_of(*reg);  // it is loaded there: no other life may begin in it
      }
    }
    for (std::size_t at = life.begin; at <= life.end; ++at) replace(at, life, *reg);
    for (std::size_t at = life.begin; at < life.end; ++at) live_after_[at] |= set_of(*reg);
  }

  void replace(std::size_t at, const Life& life, Reg reg) {
    if (at == size()) {
      rename(block_.end.a, life.reg, reg);
      rename(block_.end.b, life.reg, reg);
      return;
    }
    Instruction& instruction = block_.body[at];
    const bool continues = at == life.begin || (read_at(at) & set_of(life.reg)) != 0;
    const bool sets = continues && (writes(instruction) & set_of(life.reg)) != 0;
    if (at > life.begin) {
      rename(instruction.a, life.reg, reg);
      rename(instruction.b, life.reg, reg);
    }
    if (sets) instruction.d = reg;
  }

  void insert_saves() {
    if (saves_.empty()) return;
    std::vector<Saved> by_end = saves_;  // saves_ are by begin, as lives are
    std::stable_sort(by_end.begin(), by_end.end(), [](const Saved& x, const Saved& y) { return x.end < y.end; });
    std::vector<Instruction> body;
    auto next_store = saves_.begin();
    auto next_load = by_end.begin();
    for (std::size_t at = 0; at < size(); ++at) {
      const SourceId source = block_.body[at].source;
      for (; next_store != saves_.end() && next_store->begin == at; ++next_store) body.push_back(area_.store(next_store->reg, source));
      body.push_back(block_.body[at]);
      for (; next_load != by_end.end() && next_load->end == at; ++next_load) body.push_back(area_.load(next_load->reg, source));
    }
    block_.body = std::move(body);
  }

  Program& program_;
  const Liveness& liveness_;
  SaveArea& area_;
  BlockId id_;
  Block& block_;
  std::vector<Life> lives_;
  std::vector<RegisterSet> live_after_;
  std::vector<Saved> saves_;
  std::array<std::optional<Saved>, register_count - machine_register_count> newest_;  ///< By scratch register: others are over.
};

bool has_scratch(const Program& program, const Block& block) {
  const auto uses = [&](const Instruction& instruction) {
    return ((reads(program, instruction) | writes(instruction)) & scratch_registers) != 0;
  };
  return std::any_of(block.body.begin(), block.body.end(), uses) || (reads(block.end) & scratch_registers) != 0;
}

}  // namespace

void assign_scratch(Program& program) {
  const auto uses = [&](BlockId id) { return has_scratch(program, program.block(id)); };
  if (std::none_of(program.layout.begin(), program.layout.end(), uses)) return;
  const Liveness liveness(program);
  SaveArea area(program);
  for (const BlockId id : program.layout) {
    if (uses(id)) BlockScratch(program, liveness, area, id).run();
  }
}

}  // namespace pvm::link
