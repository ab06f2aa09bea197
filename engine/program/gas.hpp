// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a basic block costs. Chapter "Gas".
#pragma once

#include <array>
#include <bit>

#include "program/instruction.hpp"
#include "program/pipeline_table.hpp"

namespace pvm::engine {

/// The cost of the block that starts at `start` under the program's gas model, flat-1 or pipeline-1. Linear in the length of the block.
/// [gas.block] [block.extent]
i64 block_cost(const Program& program, u32 start);

/// pipeline-1 fed one instruction at a time, for compilers that see each instruction once. Reusable: finish() makes it fresh again.
/// Allocates nothing; the program must outlive it. [pipeline.feed]
///
/// The entries of the queue are the bits of 32-bit sets: a bit is an entry's number modulo 32, so that the sets, rotated to begin at the
/// oldest entry, are in the order of the program. What runs is found by the cycle in which it ends, on a wheel of the next 64 cycles.
class Pipeline {
 public:
  explicit Pipeline(const Program& program);
  /// The instruction is not the block's last.
  void feed(const Instruction& instruction) { append(instruction, row_of(instruction.op).latency); }
  /// The block's last instruction: a terminator or (implicit) invalid. Gives the cost of the block. [pipeline.end]
  i64 finish(const Instruction& instruction);

 private:
  using EntrySet = u32;

  static constexpr u32 queue_size = 32;
  static constexpr u32 slots_per_cycle = 4;
  static constexpr u32 wheel_size = 64;
  const PipelineRow& row_of(isa::Op op) const { return rows_[static_cast<std::size_t>(op)]; }
  u32 branch_latency(const Instruction& branch) const;
  bool is_cheap_successor(u32 position) const;
  void append(const Instruction& instruction, u32 latency);
  void advance();
  u32 retire();
  void start();
  void start(u32 entry);
  u64 cycles_to_next_completion() const;
  void pass(u64 cycles);
  void complete(EntrySet completed);
  void decode_next_cycle();
  void reset();

  const PipelineRow* rows_;
  const u8* code_;
  u32 code_size_;
  u32 memory_cost_;
  u8 unlikely_opcode_;

  // [pipeline.state] Numbers of entries; those from first_ on, before end_, are in the queue.
  u32 first_;
  u32 end_;
  u32 slots_;
  u64 cycles_;
  u64 last_completion_;  ///< Of all that has started.
  u32 free_units_;       ///< See packed_units.
  EntrySet decoded_;
  EntrySet waiting_;
  EntrySet completed_;  ///< Executing, with nothing left: completed in the tick before.
  EntrySet done_;
  EntrySet distant_;                             ///< Executing, for longer than the wheel shows.
  u64 waits_;                                    ///< Entries that wait for what they read first, and in the upper half, second.
  u64 wheel_used_;                               ///< Which cycles' sets in wheel_ count.
  alignas(16) std::array<EntrySet, 16> writer_;  ///< By register: its writer, or the empty set.
  std::array<EntrySet, unit_needs.size()> waiting_by_units_;  ///< Decoded or waiting, by their needs.
  std::array<EntrySet, wheel_size> wheel_;                    ///< By cycle modulo wheel_size: what completes then.
  std::array<u64, queue_size + 1> dependents_;                ///< By entry: who waits for it, as in waits_. The last stands for none.
  std::array<u32, queue_size> latency_;
  std::array<u8, queue_size> units_;
  std::array<u64, queue_size> completion_;  ///< By entry, of distant ones only.
};

inline void Pipeline::append(const Instruction& instruction, u32 latency) {
  const PipelineRow& row = row_of(instruction.op);
  const PackedRegisters registers(instruction.reg1, instruction.reg2, instruction.reg3);
  const u32 written = registers.at(row.write);
  const u32 read = registers.at(row.read_1);

  // [pipeline.slots]
  const u32 extra = u32{row.extra_slot} & u32{written != read} & u32{written != registers.at(row.compared)};
  const u32 slots = row.slots + extra;
  if (slots_ < slots || end_ - first_ == queue_size) advance();
  slots_ -= slots;

  // [pipeline.move]
  if (instruction.op == isa::Op::move_reg) {
    writer_[written] = writer_[read];
    return;
  }
  const u32 entry = end_++ % queue_size;
  const EntrySet self = EntrySet{1} << entry;
  const EntrySet first_writer = writer_[read];
  const EntrySet second_writer = writer_[registers.at(row.read_2)];
  dependents_[entry] = 0;
  dependents_[static_cast<u32>(std::countr_zero(first_writer))] |= self;
  dependents_[static_cast<u32>(std::countr_zero(second_writer))] |= u64{self} << 32;
  waits_ |= u64{first_writer != 0 ? self : 0} | u64{second_writer != 0 ? self : 0} << 32;
  writer_[written] = self;
  decoded_ |= self;
  waiting_by_units_[row.units] |= self;
  units_[entry] = row.units;
  latency_[entry] = latency != 0 ? latency : memory_cost_;
}

}  // namespace pvm::engine
