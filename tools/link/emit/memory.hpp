// SPDX-License-Identifier: Apache-2.0 OR MIT
// Where the data sections lie in the guest's memory, and what every symbolic value is worth.
#pragma once

#include <vector>

#include "link.hpp"

namespace pvm::link {

/// Addresses of everything that is not code.
struct MemoryPlan {
  std::vector<u64> address;  ///< By section; unspecified for unused ones.
  u64 ro_start = 0, rw_start = 0;
  u32 ro_size = 0, rw_size = 0;  ///< Bytes in memory.
  u64 heap_base = 0;
  u64 spill_slot = 0;  ///< Eight bytes for a register that must give way for a moment; 0: not asked for.
  u32 stack_size = 0;
  u64 zero_bytes = 0;  ///< Of rw_size: sections without contents.
};

/// Read-only sections, then the spill slot, read-write sections, and those that are zero; each in the program's order and at its alignment.
/// Error: the memory doesn't fit into the address space. [map.layout] [standard.memory]
Outcome<MemoryPlan> plan_memory(const Program& program, const LinkOptions& options, ref::Semantics semantics, bool spill_slot);

/// The addresses by which blocks are reached dynamically: those that are taken anywhere get an entry of the jump table, in layout order.
/// [jump.dynamic]
class CodeAddresses {
 public:
  explicit CodeAddresses(const Program& program);
  /// 0 where the block's address is not taken, or where the block is not laid out.
  u32 of(BlockId block) const { return addresses_[index_of(block)]; }
  /// The blocks of the table's entries.
  const std::vector<BlockId>& entries() const { return entries_; }

 private:
  std::vector<u32> addresses_;
  std::vector<BlockId> entries_;
};

/// Turns values into numbers.
struct Resolver {
  const Program& program;
  const MemoryPlan& memory;
  const CodeAddresses& code;

  /// In 64 bits; addresses sign-extended from 32, as a guest computes them.
  i64 operator()(const Value& value) const;
};

/// The contents of both data regions, without zeros at the end that no section gives. Errors: a value doesn't fit; it names no block that
/// is there.
struct DataImage {
  std::vector<u8> ro, rw;
};
Outcome<DataImage> write_data(const Program& program, const MemoryPlan& plan, const Resolver& resolve);

}  // namespace pvm::link
