// SPDX-License-Identifier: Apache-2.0 OR MIT
// A compiled program, ready to be instantiated any number of times.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/result.hpp"
#include "pvm/types.hpp"

namespace pvm {

class Instance;

/// What stands between a guest and the host.
enum class Isolation : u8 {
  process,      ///< Native code in a worker process that can reach nothing but its own guest. Linux on amd64.
  in_process,   ///< Native code in this process. For trusted programs: a fault of the compiler would expose the host. Linux on amd64.
  interpreter,  ///< Portable interpretation in this process.
};
/// The enumerator's name: "in_process".
PVM_API std::string_view name_of(Isolation);

/// A code position that a program names. The name is any bytes. [blob.exports]
struct ExportInfo {
  std::string_view name;  ///< Lives as long as a handle of the module.
  u32 pc = 0;
};

/// A function that a program asks of its host: host call number `number`. [blob.imports]
struct ImportInfo {
  u32 number = 0;
  std::optional<std::string_view> name;  ///< Absent where the program names it wrongly. Lives as long as a handle of the module.
};

/// Guest addresses from `begin` up to, not including, `end`; empty where both are equal.
struct MemoryRegion {
  u64 begin = 0;
  u64 end = 0;
  bool operator==(const MemoryRegion&) const = default;
};

/// Where a program's memory lies at the start. In paged memory nothing is there, and all is empty, but for standard programs.
/// [map.layout] [standard.memory] [paging.initial]
struct MemoryLayout {
  u32 page_size = 4096;
  MemoryRegion ro_data;
  MemoryRegion rw_data;  ///< Up to the end of the last page with data.
  u64 heap_base = 0;     ///< Where sbrk begins; 0 where there is no heap. [heap.grow]
  MemoryRegion stack;
  MemoryRegion aux;  ///< Auxiliary data, or the arguments of a standard program.
};

/// One entry of the map from guest to native code.
struct NativePosition {
  u32 pc = 0;      ///< Of a guest instruction.
  u32 native = 0;  ///< Offset in Module::native_code() where its code begins, the charge of its block not
                   ///< included.
};

/// A compiled program. A copy is another handle of the same module. Immutable: all functions may be called by any threads at the same
/// time. Functions of a moved-from handle give invalid_argument, 0 or nothing.
class PVM_API Module {
 public:
  /// The version in force, never absent. [version.select]
  Semantics semantics() const;
  /// The configuration in force: `semantics` and `gas_model` are always set.
  const ProgramConfig& config() const;

  /// In the program's order.
  std::vector<ExportInfo> exports() const;
  std::vector<ImportInfo> imports() const;
  /// The pc of the first export of that name. Error: not_found.
  Result<u32> find_export(std::string_view name) const;

  /// Bytes of guest code.
  u64 code_size() const;
  /// What the block that starts at `pc` costs to enter; the document's number, which doesn't depend on the metering. `pc` may be any
  /// position: what the document says of a block that would start there. Error: invalid_argument under the model instruction-1, where
  /// blocks have no cost. [gas.block]
  Result<i64> block_cost(u32 pc) const;
  MemoryLayout memory_layout() const;
  /// End of the stack region, the initial stack pointer of the calling convention; 0 in paged memory. [entry.convention]
  u32 stack_top() const;

  /// The isolation level of its instances.
  Isolation isolation() const;
  /// Native code for tools such as disassemblers, empty under Isolation::interpreter. Lives as long as a handle of the module.
  std::span<const u8> native_code() const;
  /// The map from guest to native code, ascending in both members; empty under Isolation::interpreter.
  std::vector<NativePosition> native_positions() const;

  /// A new instance with its initial memory, gas 0, no next pc, and registers 0, but for standard programs, which have some that
  /// aren't. [entry.state] [standard.registers] Errors: resource_exhausted;
  /// isolation_unavailable; worker_failed.
  Result<Instance> instantiate() const;

  /// The same module? (The cache makes equal programs the same module.)
  bool operator==(const Module&) const = default;

  /// Implementation.
  struct Impl;
  explicit Module(std::shared_ptr<const Impl> impl);
  const std::shared_ptr<const Impl>& impl() const { return impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace pvm
