// SPDX-License-Identifier: Apache-2.0 OR MIT
// The small language in which cases are written down: what to load, what to do, and what must come out whatever ref says.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/builder/assemble.hpp"
#include "pvm/conformance/case.hpp"
#include "pvm/conformance/hex.hpp"

namespace pvm::gen {

using builder::Bytes;
using builder::CodeBlob;
using ref::i64;
using ref::Semantics;
using ref::Status;
using ref::u32;
using ref::u64;
using ref::u8;

/// Return address that halts. [jump.halt]
inline constexpr u64 halt_address = 0xffff0000;
/// Where regions() puts things when the read-only data takes at most 64 KiB and isn't empty. [map.layout]
inline constexpr u64 ro_start = 0x10000, rw_start = 0x30000, stack_top = 0xfffe0000;
/// `none` for the expect_pc family: the exit has no such position.
inline constexpr std::optional<u32> none = std::nullopt;

Bytes hex(std::string_view digits);

/// One case under construction. Members return the builder, so that a definition reads as a sentence. Before anything is said:
/// container raw, pc 0, ra = 0xffff0000 (so `ret` halts), other registers 0, ample gas that isn't asserted.
///
/// The expect_* members are independent knowledge: generation fails where ref disagrees with them. They speak of the last step.
class CaseBuilder {
 public:
  CaseBuilder(Semantics version, std::string name, std::string why, std::vector<std::string> clauses);

  // What to load.
  CaseBuilder& code(std::string_view text);  ///< See builder::assemble.
  CaseBuilder& blob(CodeBlob blob);
  CaseBuilder& container(ref::Container kind, Bytes bytes);  ///< Bytes as they stand.
  /// Memory with contents: regions of a polkavm container, or the same ranges as pages where the memory is paged.
  CaseBuilder& regions(u32 ro_size = 4096, u32 rw_size = 8192, u32 stack_size = 4096);
  CaseBuilder& ro_data(Bytes data);
  CaseBuilder& rw_data(Bytes data);
  CaseBuilder& paged();                                              ///< dynamic_paging where that is a choice.
  CaseBuilder& page(u64 address, u32 length, bool writable = true);  ///< A page from the start; implies paged().
  CaseBuilder& put(u64 address, Bytes bytes);                        ///< Contents from the start.
  CaseBuilder& config(const std::function<void(conformance::Config&)>& change);

  // The state at the start.
  CaseBuilder& reg(std::string_view name, u64 value);
  CaseBuilder& pc(std::optional<u32> pc);
  CaseBuilder& gas(i64 gas);                             ///< Asserted, under flat-1 or instruction-1.
  CaseBuilder& pipeline(i64 gas, u32 memory_cost = 25);  ///< Asserted, under pipeline-1.
  CaseBuilder& metering(ref::Metering metering);

  // Steps.
  CaseBuilder& run();
  CaseBuilder& set_reg(std::string_view name, u64 value);
  CaseBuilder& set_pc(u32 pc);
  CaseBuilder& set_gas(i64 gas);
  CaseBuilder& write(u64 address, Bytes bytes);
  CaseBuilder& read(u64 address, u32 length);
  CaseBuilder& map(u64 address, u32 length, bool writable = true);
  CaseBuilder& protect(u64 address, u32 length, bool writable);
  CaseBuilder& unmap(u64 address, u32 length);
  /// Bytes that every later run asserts, besides those that it stores to.
  CaseBuilder& watch(u64 address, u32 length);
  /// Instead of steps: the costs of the blocks at these positions, under pipeline-1 (or flat-1 if gas() came first).
  CaseBuilder& block_costs(std::vector<u32> positions);
  /// Instead of steps: the program is refused.
  CaseBuilder& rejected();
  /// Further clauses that the case shows.
  CaseBuilder& also(std::initializer_list<std::string_view> clauses);

  // Independent knowledge about the last step.
  CaseBuilder& expect(Status status);
  CaseBuilder& expect_reg(std::string_view name, u64 value);
  CaseBuilder& expect_pc(std::optional<u32> pc);
  CaseBuilder& expect_next_pc(std::optional<u32> next_pc);
  CaseBuilder& expect_gas(i64 gas);
  CaseBuilder& expect_memory(u64 address, std::string_view digits);
  CaseBuilder& expect_halt();
  CaseBuilder& expect_trap(u32 pc);  ///< At that instruction; graypaper-0.7.2 reports 0.
  CaseBuilder& expect_host_call(u64 number);
  CaseBuilder& expect_fault(u64 page, bool write_protected = false);  ///< A page fault whatever the memory mode.
  /// A refused access at `pc`: trap in mapped memory, else a fault on `page` (a trap if that lies below 2^16).
  CaseBuilder& expect_refused(u32 pc, u64 page, bool write_protected = false);
  CaseBuilder& expect_out_of_gas(std::optional<u32> pc, i64 gas);
  CaseBuilder& expect_ok(bool ok);
  CaseBuilder& expect_bytes(std::string_view digits);  ///< What a host read gave.
  CaseBuilder& expect_rejected(ref::Reason reason);
  CaseBuilder& expect_cost(u32 pc, i64 cost);
  /// Comes last: in jam-1 the program is refused at load instead, and nothing said before about runs holds. [validate.code]
  CaseBuilder& jam_rejects(ref::Reason reason);

  const std::string& id() const { return case_.id; }
  bool is_graypaper() const { return ref::is_graypaper(case_.semantics); }
  /// Completes the case with ref. Errors: what can't be built or filled, and each expectation that isn't met.
  conformance::Case finish(std::vector<std::string>& errors);

 private:
  struct Check {
    std::size_t step;
    std::function<std::string(const conformance::Case&, std::size_t step)> find_fault;  ///< Empty: all is well.
  };

  bool is_paged() const { return case_.config.dynamic_paging || is_graypaper(); }
  conformance::Execution& execution();
  CaseBuilder& step(conformance::Step step);
  CaseBuilder& check(std::function<std::string(const conformance::Case&, std::size_t)> find_fault);
  CaseBuilder& check_post(std::function<std::string(const conformance::Post&)> find_fault);
  void assemble_program();
  void place_regions();

  conformance::Case case_;
  builder::ProgramParts parts_;
  conformance::Execution discarded_;  ///< Takes what is said of a run that the case doesn't have.
  bool has_container_ = false;
  bool has_regions_ = false;
  std::vector<conformance::MemoryBytes> watched_;
  std::vector<Check> checks_;
  std::vector<std::string> errors_;
};

}  // namespace pvm::gen
