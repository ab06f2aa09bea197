// SPDX-License-Identifier: Apache-2.0 OR MIT
// A conformance case as data: what to load, what to do, what must be observed. conformance/README.md defines each member.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pvm/conformance/hex.hpp"
#include "pvm/ref/machine.hpp"
#include "pvm/ref/types.hpp"

namespace pvm::conformance {

/// Version of the vector format that this library reads and writes.
inline constexpr u32 schema_version = 1;
/// Gas of a case that says nothing about gas.
inline constexpr i64 ample_gas = 0x3b9aca00;

using Registers = std::array<u64, 13>;

/// What a case says about the configuration; an absent member has the document's default.
struct Config {
  std::optional<u32> page_size;
  std::optional<u32> aux_size;
  bool dynamic_paging = false;
  bool strict = false;
  /// Given exactly when the case depends on gas; otherwise the target may use any model of its version.
  std::optional<ref::GasModel> gas_model;
  std::optional<u32> memory_cost;
  std::optional<ref::Metering> metering;
  Bytes arguments;  ///< Empty: absent.
  bool operator==(const Config&) const = default;
};

struct Program {
  ref::Container container = ref::Container::raw;
  Bytes bytes;
  bool operator==(const Program&) const = default;
};

/// The program must be refused. A target need not tell phase and reason.
struct Rejected {
  std::optional<ref::Phase> phase;    ///< Always present in a case.
  std::optional<ref::Reason> reason;  ///< Always present in a case.
  bool operator==(const Rejected&) const = default;
};

/// Pages made by the host, zeroed. Paged mode only.
struct Page {
  u64 address = 0;
  u32 length = 0;  ///< Bytes.
  bool writable = false;
  bool operator==(const Page&) const = default;
};

/// Exact bytes at an address.
struct MemoryBytes {
  u64 address = 0;
  Bytes bytes;
  bool operator==(const MemoryBytes&) const = default;
};

/// The state before the first step.
struct Pre {
  std::optional<u32> pc;            ///< Absent: not set.
  std::optional<i64> gas;           ///< Absent: ample_gas.
  std::optional<Registers> regs;    ///< Absent: zeros, or the loader's for a standard program.
  std::vector<Page> pages;          ///< Made first.
  std::vector<MemoryBytes> memory;  ///< Put in place whatever the protection (paged), or by a host write (mapped).
  bool operator==(const Pre&) const = default;
};

struct Fault {
  u64 address = 0;                      ///< Of the page.
  std::optional<bool> write_protected;  ///< Not reported in graypaper-0.7.2.
  bool operator==(const Fault&) const = default;
};

/// A code position, or none. The outer optional says whether a member is there at all, the inner one is the JSON null.
using Position = std::optional<std::optional<u32>>;

/// What is asserted after a step, and equally what a target has observed there. An absent member isn't asserted (not reported).
struct Post {
  std::optional<ref::Status> status;  ///< Always present after a run, except in imported cases.
  Position pc;
  Position next_pc;
  std::optional<Registers> regs;
  std::optional<i64> gas;
  std::optional<u64> host_call;
  std::optional<Fault> fault;
  std::vector<MemoryBytes> memory;
  bool operator==(const Post&) const = default;
};

/// One alternative, or several (any_of) of which one must hold. Never empty.
struct Expectation {
  std::vector<Post> any_of = {Post{}};
  bool operator==(const Expectation&) const = default;
};

/// Runs to the next exit.
struct RunStep {
  Expectation post;
  bool operator==(const RunStep&) const = default;
};
/// Looks at the state without running. Status, pc, host call and fault are those of the last run.
struct CheckStep {
  Expectation post;
  bool operator==(const CheckStep&) const = default;
};
struct SetRegStep {
  u32 reg = 0;  ///< 0..12.
  u64 value = 0;
  bool operator==(const SetRegStep&) const = default;
};
struct SetPcStep {
  u32 pc = 0;
  bool operator==(const SetPcStep&) const = default;
};
struct SetGasStep {
  i64 gas = 0;
  bool operator==(const SetGasStep&) const = default;
};
/// `ok` in the host's steps: whether the document lets the operation succeed.
struct WriteStep {
  u64 address = 0;
  Bytes bytes;
  bool ok = true;
  bool operator==(const WriteStep&) const = default;
};
struct ReadStep {
  u64 address = 0;
  u32 length = 0;
  bool ok = true;
  Bytes bytes;  ///< `length` bytes if ok, else empty.
  bool operator==(const ReadStep&) const = default;
};
struct MapStep {
  u64 address = 0;
  u32 length = 0;
  bool writable = false;
  bool ok = true;
  bool operator==(const MapStep&) const = default;
};
struct ProtectStep {
  u64 address = 0;
  u32 length = 0;
  bool writable = false;
  bool ok = true;
  bool operator==(const ProtectStep&) const = default;
};
struct UnmapStep {
  u64 address = 0;
  u32 length = 0;
  bool ok = true;
  bool operator==(const UnmapStep&) const = default;
};
using Step = std::variant<RunStep, CheckStep, SetRegStep, SetPcStep, SetGasStep, WriteStep, ReadStep, MapStep, ProtectStep, UnmapStep>;

/// A case that executes.
struct Execution {
  Pre pre;
  std::vector<Step> steps;
  bool operator==(const Execution&) const = default;
};

/// The gas cost of the block that starts at `pc`.
struct BlockCost {
  u32 pc = 0;
  i64 cost = 0;
  bool operator==(const BlockCost&) const = default;
};
using BlockCosts = std::vector<BlockCost>;

/// Where an imported case comes from.
struct Origin {
  std::string dialect;                 ///< "a", "b" or "c".
  std::string name;                    ///< The name in the foreign file.
  std::optional<std::string> variant;  ///< Spelling that the case itself can't hold, such as "0.3" of dialect a.
  bool operator==(const Origin&) const = default;
};

struct Case {
  std::string id;  ///< "<semantics>/<topic>.<what>", unique over the suite; imported ones "import-<dialect>/<name>".
  ref::Semantics semantics = ref::Semantics::rv64_1;  ///< That of the file; not a member of the case's JSON.
  std::string why;
  std::vector<std::string> clauses;  ///< The first is the one that the case is about. Empty only in imported cases.
  std::vector<std::string> needs;    ///< JSON member "requires": exactly needs_of(case).
  Config config;
  Program program;
  std::vector<std::string> disassembly;  ///< Informative.
  std::variant<Execution, Rejected, BlockCosts> body;
  std::optional<Origin> origin;
  bool operator==(const Case&) const = default;
};

/// A file of vectors.
struct VectorFile {
  ref::Semantics semantics = ref::Semantics::rv64_1;
  std::string group;
  std::vector<Case> cases;
  bool operator==(const VectorFile&) const = default;
};

/// The capabilities that a case needs beyond its version, in the canonical order: container, gas model, dynamic_paging, aux,
/// page_size, async, strict, block_costs.
std::vector<std::string> needs_of(const Case& c);
/// Every word that `requires` may hold.
const std::vector<std::string>& known_features();

/// The complete configuration of a case: what it says, and the defaults.
ref::Config full_config(ref::Semantics semantics, const Config& config, ref::Container container);

/// Inverses of the names that ref gives; nullopt for an unknown one. Status::no_pc has no name here.
std::optional<ref::Phase> phase_named(std::string_view name);
std::optional<ref::Reason> reason_named(std::string_view name);
std::optional<ref::Status> status_named(std::string_view name);

}  // namespace pvm::conformance
