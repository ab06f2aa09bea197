// SPDX-License-Identifier: Apache-2.0 OR MIT
// The gas model pipeline-1. Chapter "Gas".
#include <algorithm>
#include <bit>

#include "program/decoder.hpp"
#include "program/gas.hpp"

namespace pvm::engine {

namespace {

// [pipeline.parameters]
constexpr u32 starts_per_cycle = 5;
constexpr u64 uncharged_cycles = 3;
// [pipeline.branch]
constexpr u32 cheap_branch = 1;
constexpr u32 dear_branch = 20;
constexpr u8 trap_opcode = 0;

// The code byte that makes a branch to it cheap; where the version has no `unlikely`, that of `trap`.
u8 unlikely_opcode_of(Semantics version) {
  const int opcode = isa::row_of(isa::Op::unlikely).opcode[static_cast<std::size_t>(version)];
  return opcode < 0 ? trap_opcode : static_cast<u8>(opcode);
}

}  // namespace

Pipeline::Pipeline(const Program& program)
    : rows_(program.is_64_bit() ? pipeline_rows_64.data() : pipeline_rows_32.data()),
      code_(program.code.data()),
      code_size_(program.code_size),
      memory_cost_(program.config.memory_cost),
      unlikely_opcode_(unlikely_opcode_of(program.semantics())) {
  waiting_by_units_.fill(0);
  dependents_.fill(0);
  wheel_.fill(0);
  reset();
}

// What isn't reset here is empty at the end of every block, or is written before it is read.
void Pipeline::reset() {
  first_ = end_ = 0;
  slots_ = slots_per_cycle;
  cycles_ = 0;
  free_units_ = packed_units::all;
  decoded_ = waiting_ = incomplete_ = completed_ = done_ = distant_ = 0;
  waits_ = wheel_used_ = 0;
  writer_.fill(no_entry);
}

bool Pipeline::is_cheap_successor(u32 position) const {
  return position >= code_size_ || code_[position] == trap_opcode || code_[position] == unlikely_opcode_;
}

// [pipeline.branch]
u32 Pipeline::branch_latency(const Instruction& branch) const {
  return is_cheap_successor(branch.next) || is_cheap_successor(branch.target) ? cheap_branch : dear_branch;
}

// Step 7 of a pending tick. [pipeline.tick]
inline void Pipeline::decode_next_cycle() {
  waiting_ |= decoded_;
  decoded_ = 0;
  slots_ = slots_per_cycle;
}

// Step 1: the done entries at the head of the queue. Gives their number. [pipeline.tick]
inline u32 Pipeline::retire() {
  const EntrySet in_order = std::rotr(done_, static_cast<int>(first_ % queue_size));
  const EntrySet retired = in_order & ~(in_order + 1);
  done_ ^= std::rotl(retired, static_cast<int>(first_ % queue_size));
  const u32 count = static_cast<u32>(std::countr_one(in_order));
  first_ += count;
  return count;
}

// Step 2. Where one entry lacks a unit, so do all others of this tick with the same needs. [pipeline.tick]
inline void Pipeline::start() {
  const u32 first = first_ % queue_size;
  const EntrySet ready = waiting_ & ~static_cast<EntrySet>(waits_ | waits_ >> 32);
  EntrySet in_order = std::rotr(ready, static_cast<int>(first));
  EntrySet started = 0;
  u32 free_units = free_units_;
  u32 left_to_start = starts_per_cycle;
  while (in_order != 0) {
    const u32 entry = (static_cast<u32>(std::countr_zero(in_order)) + first) % queue_size;
    const u32 units = units_[entry];
    const u32 free_after = free_units - unit_needs[units];
    if ((free_after & packed_units::guards) != packed_units::guards) {
      in_order &= ~std::rotr(waiting_by_units_[units], static_cast<int>(first));
      continue;
    }
    free_units = free_after;
    in_order &= in_order - 1;
    started |= EntrySet{1} << entry;
    waiting_by_units_[units] ^= EntrySet{1} << entry;
    run(entry, latency_[entry]);
    if (--left_to_start == 0) break;
  }
  waiting_ ^= started;
  free_units_ = free_units;
}

// Notes when the entry, which is executing now, will complete.
inline void Pipeline::run(u32 entry, u32 latency) {
  const EntrySet self = EntrySet{1} << entry;
  if (latency >= wheel_size) {
    distant_ |= self;
    completion_[entry] = cycles_ + latency;
    return;
  }
  const u32 place = static_cast<u32>(cycles_ + latency) % wheel_size;
  const u64 mark = u64{1} << place;
  const EntrySet keep = EntrySet{0} - static_cast<EntrySet>(wheel_used_ >> place & 1);
  wheel_[place] = (wheel_[place] & keep) | self;
  wheel_used_ |= mark;
}

// The least `left`, where no executing entry has 0; 1 where none executes. [pipeline.skip_ahead]
inline u64 Pipeline::cycles_to_next_completion() const {
  u64 least = ~u64{0};
  const u64 to_come = std::rotr(wheel_used_, static_cast<int>((cycles_ + 1) % wheel_size));
  if (to_come != 0) least = static_cast<u64>(std::countr_zero(to_come)) + 1;
  for (EntrySet rest = distant_; rest != 0; rest &= rest - 1) {
    least = std::min(least, completion_[static_cast<u32>(std::countr_zero(rest))] - cycles_);
  }
  return least == ~u64{0} ? 1 : least;
}

// The greatest `left`; 0 where none executes with something left.
inline u64 Pipeline::cycles_to_last_completion() const {
  const u64 to_come = std::rotr(wheel_used_, static_cast<int>((cycles_ + 1) % wheel_size));
  u64 greatest = wheel_size - static_cast<u64>(std::countl_zero(to_come));
  for (EntrySet rest = distant_; rest != 0; rest &= rest - 1) {
    greatest = std::max(greatest, completion_[static_cast<u32>(std::countr_zero(rest))] - cycles_);
  }
  return greatest;
}

// Steps 4 to 6 and 8; no entry completes before the last of the cycles. [pipeline.tick]
inline void Pipeline::pass(u64 cycles) {
  cycles_ += cycles;
  done_ |= completed_;
  const u32 place = static_cast<u32>(cycles_ % wheel_size);
  const EntrySet counts = EntrySet{0} - static_cast<EntrySet>(wheel_used_ >> place & 1);
  completed_ = wheel_[place] & counts;
  wheel_used_ &= ~(u64{1} << place);
  for (EntrySet rest = distant_; rest != 0; rest &= rest - 1) {
    if (completion_[static_cast<u32>(std::countr_zero(rest))] == cycles_) completed_ |= rest & ~(rest - 1);
  }
  distant_ &= ~completed_;
  complete();
}

// Step 5. [pipeline.tick]
inline void Pipeline::complete() {
  incomplete_ &= ~completed_;
  for (EntrySet rest = completed_; rest != 0; rest &= rest - 1) {
    const u32 entry = static_cast<u32>(std::countr_zero(rest));
    waits_ &= ~dependents_[entry];
    free_units_ += unit_needs[units_[entry]];
  }
}

i64 Pipeline::finish(const Instruction& instruction) {
  append(instruction, is_branch(instruction.op) ? branch_latency(instruction) : latency_of(instruction.op));
  // ADVANCE(final). [pipeline.advance]
  retire();
  start();
  pass(1);
  decode_next_cycle();
  for (;;) {
    retire();
    start();
    if (waiting_ == 0) break;
    pass(completed_ == 0 ? cycles_to_next_completion() : 1);
  }
  // All is started. What completes last finishes one cycle later, and leaves the queue in the next.
  const u64 cycles = cycles_ + cycles_to_last_completion() + 2;
  reset();
  return static_cast<i64>(std::max(cycles, uncharged_cycles + 1) - uncharged_cycles);
}

// ADVANCE(not final). [pipeline.advance]
void Pipeline::advance() {
  retire();
  start();
  pass(1);
  decode_next_cycle();
  while (end_ - first_ == queue_size) {
    const u32 retired = retire();
    start();
    pass(retired == 0 && completed_ == 0 ? cycles_to_next_completion() : 1);
  }
}

i64 block_cost(const Program& program, u32 start) {
  const Decoder decoder(program);
  std::optional<Pipeline> pipeline;
  if (program.config.gas_model == GasModel::pipeline_1) pipeline.emplace(program);
  i64 count = 1;  // [gas.flat]
  Instruction instruction = decoder.decode(start);
  for (; !ends_block(instruction.op); instruction = decoder.decode(instruction.next)) {
    if (pipeline) pipeline->feed(instruction);
    ++count;
  }
  return pipeline ? pipeline->finish(instruction) : count;
}

}  // namespace pvm::engine
