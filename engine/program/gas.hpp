// SPDX-License-Identifier: Apache-2.0 OR MIT
// What a basic block costs. Chapter "Gas".
#pragma once

#include <array>

#include "program/instruction.hpp"
#include "program/pipeline_table.hpp"

namespace pvm::engine {

/// The cost of the block that starts at `start` under the program's gas model, flat-1 or pipeline-1. Linear in the length of the block.
/// [gas.block] [block.extent]
i64 block_cost(const Program& program, u32 start);

/// pipeline-1 fed one instruction at a time, for compilers that see each instruction once. Reusable: finish() makes it fresh again.
/// Allocates nothing; the program must outlive it. [pipeline.feed]
///
/// Sets of entries of the queue are 32-bit masks: an entry's bit is its number modulo 32, so that a set, rotated to begin with the oldest
/// entry, is in the order of the program. What executes is found by the cycle in which it completes, on a wheel of the next 64 cycles.
class Pipeline {
 public:
  explicit Pipeline(const Program& program);
  /// The instruction is not the block's last.
  void feed(const Instruction& instruction) { append(instruction, latency_of(instruction.op)); }
  /// The block's last instruction: a terminator or (implicit) invalid. Gives the cost of the block. [pipeline.end]
  i64 finish(const Instruction& instruction);

 private:
  using EntrySet = u32;

  static constexpr u32 queue_size = 32;
  static constexpr u32 slots_per_cycle = 4;
  static constexpr u32 wheel_size = 64;
  static constexpr u32 no_entry = 0x80000000;  ///< A number that no entry of a block reaches.

  const PipelineRow& row_of(isa::Op op) const { return rows_[static_cast<std::size_t>(op)]; }
  u32 latency_of(isa::Op op) const {
    const u32 latency = row_of(op).latency;
    return latency + u32{latency == 0} * memory_cost_;
  }
  u32 branch_latency(const Instruction& branch) const;
  bool is_cheap_successor(u32 position) const;
  void append(const Instruction& instruction, u32 latency);
  void wait_for(u32 number, u32 entry, u32 half);

  void advance();
  u32 retire();
  void start();
  void run(u32 entry, u32 latency);
  u64 cycles_to_next_completion() const;
  u64 cycles_to_last_completion() const;
  void pass(u64 cycles);
  void complete();
  void decode_next_cycle();
  void reset();

  const PipelineRow* rows_;
  const u8* code_;
  u32 code_size_;
  u32 memory_cost_;
  u8 unlikely_opcode_;

  // [pipeline.state] Entries have numbers; those from first_ on, before end_, are in the queue.
  u32 first_;
  u32 end_;
  u32 slots_;
  u32 free_units_;  ///< See packed_units.
  u64 cycles_;
  EntrySet decoded_;
  EntrySet waiting_;
  EntrySet incomplete_;  ///< Decoded, waiting, or executing with something left.
  EntrySet completed_;   ///< Executing, with nothing left: completed in the tick before.
  EntrySet done_;
  EntrySet distant_;            ///< Executing, for longer than the wheel shows.
  u64 waits_;                   ///< Entries that wait for what they read first, and in the upper half, second.
  u64 wheel_used_;              ///< Which sets of wheel_ count.
  std::array<u32, 16> writer_;  ///< By register: the number of the last entry that writes it. It counts while that is incomplete.
  std::array<EntrySet, unit_needs.size()> waiting_by_units_;  ///< Decoded or waiting, by their needs.
  std::array<EntrySet, wheel_size> wheel_;                    ///< By cycle modulo wheel_size: what completes then.
  std::array<u64, queue_size> dependents_;                    ///< By entry: who waits for it, as in waits_.
  std::array<u32, queue_size> latency_;
  std::array<u8, queue_size> units_;        ///< Indices into unit_needs.
  std::array<u64, queue_size> completion_;  ///< By entry, of distant ones only.
};

// As nearly everything here is as good as random, there are no branches where arithmetic will do.
inline void Pipeline::append(const Instruction& instruction, u32 latency) {
  const PipelineRow& row = row_of(instruction.op);
  const PackedRegisters registers(instruction.reg1, instruction.reg2, instruction.reg3);
  const u32 written = registers.at(row.write);
  const u32 read = registers.at(row.read_1);

  // [pipeline.slots]
  const u32 extra = u32{row.extra_slot} & u32{written != read} & u32{written != registers.at(row.compared)};
  const u32 slots = row.slots + extra;
  if ((slots_ < slots) | (end_ - first_ == queue_size)) advance();
  slots_ -= slots;

  // [pipeline.move]
  if (instruction.op == isa::Op::move_reg) {
    writer_[written] = writer_[read];
    return;
  }
  const u32 entry = end_ % queue_size;
  dependents_[entry] = 0;
  wait_for(writer_[read], entry, 0);
  wait_for(writer_[registers.at(row.read_2)], entry, 32);
  writer_[written] = end_++;
  const EntrySet self = EntrySet{1} << entry;
  decoded_ |= self;
  incomplete_ |= self;
  waiting_by_units_[row.units] |= self;
  latency_[entry] = latency;
  units_[entry] = row.units;
}

// Adds `number` to what `entry` waits for, in a half of waits_, if it is still incomplete. If it isn't, it is noted all the same as a
// dependent of whatever has the bit now: an older entry, whose completion then has nothing to clear.
inline void Pipeline::wait_for(u32 number, u32 entry, u32 half) {
  const u32 place = number % queue_size;
  const u32 is_in_queue = number - first_ < queue_size;
  dependents_[place] |= u64{1} << (entry + half);
  waits_ |= u64{incomplete_ >> place & is_in_queue} << (entry + half);
}

}  // namespace pvm::engine
