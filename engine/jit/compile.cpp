// SPDX-License-Identifier: Apache-2.0 OR MIT
// The walk over the marked positions: blocks, charges, labels and maps; what an instruction becomes is the emitter's business.
#include "jit/compile.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "jit/amd64/emitter.hpp"
#include "jit/labels.hpp"
#include "native/layout.hpp"
#include "program/decoder.hpp"
#include "program/gas.hpp"

namespace pvm::engine::jit {

namespace {

using isa::Op;

/// How costs come about. With `instruction` each instruction is a block, also where nothing is charged.
enum class Charging : u8 { none, flat, pipeline, instruction };

Charging charging(const ProgramConfig& config) {
  if (*config.gas_model == GasModel::instruction_1) return Charging::instruction;
  if (config.metering == Metering::none) return Charging::none;
  return *config.gas_model == GasModel::pipeline_1 ? Charging::pipeline : Charging::flat;
}

// A block can't take more cycles than its instructions do one after the other: their latency and 3 cycles to decode, finish and retire.
bool costs_may_exceed_31_bits(const Program& program) {
  constexpr u64 longest_fixed_latency = 100;
  u64 most = 1;
  if (*program.config.gas_model == GasModel::pipeline_1) most = std::max<u64>(program.config.memory_cost, longest_fixed_latency) + 3;
  return most * (u64{program.code_size} + 1) > 0x7fff'ffff;
}

/// One compilation.
class Compiler {
 public:
  Compiler(const Program& program, const CompileOptions& options)
      : program_(program),
        is_graypaper_(is_graypaper(program.semantics())),
        wide_(costs_may_exceed_31_bits(program)),
        labels_(program.code_size),
        emitter_(program, options, labels_) {}

  Result<NativeCode> compile();

 private:
  template <Charging charging>
  void walk();
  template <Charging charging>
  u32 run(u32 pc);
  template <Charging charging>
  void end_of_run(const Instruction& last);
  template <Charging charging>
  void implicit_trap(u32 pc);

  template <Charging charging>
  void begin_block(u32 pc, bool is_target);
  template <Charging charging>
  void count(const Instruction& in);

  u32 next_marked(u32 pc) const;
  void reserve_maps();
  void find_jump_targets();
  /// Room is left for what follows the last instruction.
  bool is_too_large() const { return emitter_.offset() > native::max_code_bytes - 4096; }

  const Program& program_;
  const bool is_graypaper_;
  const bool wide_;
  Labels labels_;
  amd64::Emitter emitter_;
  std::optional<Pipeline> pipeline_;
  NativeCode native_;
  u32 charge_at_ = 0;  // Of the present block.
  i64 cost_ = 0;       // flat-1: of the present block so far.
};

// ---- The walk ----

// The first marked position from `pc` on, or the end of the code.
u32 Compiler::next_marked(u32 pc) const {
  u32 byte = pc / 8;
  u32 marks = program_.bitmask[byte] >> (pc % 8);
  if (marks != 0) return pc + static_cast<u32>(std::countr_zero(marks));
  const u32 bytes = (program_.code_size + 7) / 8;
  for (++byte; byte < bytes; ++byte) {
    marks = program_.bitmask[byte];
    if (marks != 0) return 8 * byte + static_cast<u32>(std::countr_zero(marks));
  }
  return program_.code_size;
}

template <Charging charging>
void Compiler::walk() {
  for (u32 pc = next_marked(0); pc < program_.code_size && !is_too_large(); pc = next_marked(pc)) pc = run<charging>(pc);
}

// From a marked position up to a gap or the end of the code; gives the unmarked position there.
template <Charging charging>
u32 Compiler::run(u32 pc) {
  const Decoder decoder(program_);
  bool begins = true;
  bool is_target = pc == 0;  // Behind a terminator, or at 0. [target.valid]
  for (;;) {
    const Instruction in = decoder.decode_marked(pc);
    if (charging == Charging::instruction || begins) begin_block<charging>(pc, is_target && !(is_graypaper_ && in.op == Op::invalid));
    native_.positions.push_back({pc, emitter_.offset()});
    emitter_.emit(in);
    count<charging>(in);
    begins = ends_block(in.op);
    is_target = begins && in.op != Op::invalid;
    pc = in.next;
    if (!decoder.is_marked(pc) || is_too_large()) [[unlikely]] {
      end_of_run<charging>(in);
      return pc;
    }
  }
}

// Where control falls through and no instruction follows. [flow.fall_through]
template <Charging charging>
void Compiler::end_of_run(const Instruction& last) {
  const u32 next = last.next;
  if (is_graypaper_) {
    if (!falls_through(last.op)) return;
    begin_block<charging>(next, false);
    implicit_trap<charging>(next);
  } else if (!ends_block(last.op)) {
    implicit_trap<charging>(next);  // In the same block. [decode.implicit_trap]
  } else if (last.op == Op::fallthrough && next < program_.code_size) {
    begin_block<charging>(next, false);
    implicit_trap<charging>(next);
  }
}

template <Charging charging>
void Compiler::implicit_trap(u32 pc) {
  native_.positions.push_back({pc, emitter_.offset()});
  emitter_.emit_trap();
  Instruction in{};
  in.op = Op::invalid;
  in.pc = pc;
  in.next = pc;
  count<charging>(in);
}

// ---- Charges ----

template <Charging charging>
void Compiler::begin_block(u32 pc, bool is_target) {
  const u32 native = emitter_.offset();
  native_.blocks.push_back({pc, native});
  if (is_target) labels_.define(pc, native);
  if constexpr (charging == Charging::instruction) {
    if (program_.config.metering != Metering::none) emitter_.charge_one();
  } else if constexpr (charging != Charging::none) {
    charge_at_ = native;
    emitter_.charge(wide_);
  }
}

// Counts an instruction of the present block; the last one makes the cost known. [gas.flat] [pipeline.feed]
template <Charging charging>
void Compiler::count(const Instruction& in) {
  if constexpr (charging == Charging::flat) {
    ++cost_;
    if (ends_block(in.op)) emitter_.set_cost(charge_at_, wide_, std::exchange(cost_, 0));
  } else if constexpr (charging == Charging::pipeline) {
    if (ends_block(in.op)) {
      emitter_.set_cost(charge_at_, wide_, pipeline_->finish(in));
    } else {
      pipeline_->feed(in);
    }
  }
}

// ---- Maps ----

// Most programs have no gaps: then the number of positions is that of the marks, and one for the end.
void Compiler::reserve_maps() {
  std::size_t marks = 1;
  for (std::size_t at = 0; at < program_.bitmask.size() / 8 * 8; at += 8) {
    u64 word = 0;
    std::memcpy(&word, program_.bitmask.data() + at, 8);
    marks += static_cast<std::size_t>(std::popcount(word));
  }
  native_.positions.reserve(marks);
  native_.blocks.reserve(is_graypaper_ ? marks : marks / 4);
}

void Compiler::find_jump_targets() {
  if (!has_jump_table(program_)) return;
  native_.jump_targets.resize(program_.jump_table_count);
  for (u64 index = 0; index < program_.jump_table_count; ++index) {
    const std::optional<u32> entry = program_.jump_table_entry(index);
    static_assert(Labels::none == NativeCode::no_block);
    native_.jump_targets[index] = entry ? labels_.find(*entry) : NativeCode::no_block;
  }
}

Result<NativeCode> Compiler::compile() {
  reserve_maps();
  switch (charging(program_.config)) {
    case Charging::none: walk<Charging::none>(); break;
    case Charging::flat: walk<Charging::flat>(); break;
    case Charging::pipeline:
      pipeline_.emplace(program_);
      walk<Charging::pipeline>();
      break;
    case Charging::instruction: walk<Charging::instruction>(); break;
  }
  if (is_too_large()) return Error{ErrorCode::program_too_large, "the program's native code would exceed 2 GiB", {}, {}};
  emitter_.resolve();
  find_jump_targets();
  native_.halt_stub = emitter_.halt_stub();
  native_.charge_fault = emitter_.charge_fault(wide_);
  native_.jump_table_bytes = emitter_.jump_table_bytes();
  native_.calls = emitter_.take_calls();
  native_.bytes = emitter_.take_code();
  return std::move(native_);
}

}  // namespace

Result<NativeCode> compile(const Program& program, const CompileOptions& options) {
  if (has_jump_table(program) && program.jump_table_count > max_jump_table_entries) {
    return Error{ErrorCode::program_too_large, "the jump table has more than 2^24 entries", {}, {}};
  }
  return Compiler(program, options).compile();
}

}  // namespace pvm::engine::jit
