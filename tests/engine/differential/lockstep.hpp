// SPDX-License-Identifier: Apache-2.0 OR MIT
// One guest on the reference interpreter and on back ends of the engine, doing the same and compared after each step.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/backend.hpp"
#include "machine/machine.hpp"
#include "pvm/conformance/case.hpp"
#include "pvm/ref/machine.hpp"
#include "runner/engine_config.hpp"
#include "touched_memory.hpp"

namespace pvm::differential {

/// A way to execute guests.
struct NamedBackend {
  std::string name;
  std::shared_ptr<const engine::Backend> backend;
};

/// The back ends called "interpreter", "in_process", "process", and "in_process_plain", whose code uses no optional feature of the
/// processor; or why one can't be had here.
std::variant<std::vector<NamedBackend>, std::string> open_backends(const std::vector<std::string>& names);

/// A program as a back end has compiled it.
struct Compiled {
  std::string name;
  std::shared_ptr<const engine::Program> program;
  std::shared_ptr<const engine::Code> code;
};

/// What a difference is, and the case that shows it: the steps up to there, with the reference's expectations.
struct Difference {
  std::string text;
  conformance::Case shown;
};

using runner::engine_config;

/// What has happened on the reference interpreter so far.
struct Tally {
  u64 programs = 0;
  u64 rejected = 0;
  u64 guests = 0;
  u64 abandoned = 0;                              ///< Runs.
  std::array<u64, 6> exits{};                     ///< By ref::Status.
  std::array<u64, isa::op_count + 1> executed{};  ///< By isa::Op.
};

/// How a run is carried out, with the same result.
enum class Style : u8 {
  straight,
  interrupted,  ///< Stopped after some microseconds and taken up again, until it ends.
  rewound,      ///< Run, put back by a snapshot, and run again.
};

/// A machine of each kind in the state that a case begins with, and the case's steps as they are made. Every member that does something
/// does it everywhere; once a difference has been found, nothing happens any more.
class Lockstep {
 public:
  /// A run ends here at the latest. On reaching it the run is abandoned, and so is the case.
  static constexpr u64 max_steps = 20000;

  /// `start` holds program, configuration and pre; no steps.
  Lockstep(const ref::Program& program, conformance::Case start, const std::vector<Compiled>& compiled, Tally& tally);

  /// What differs, if anything does.
  const std::optional<Difference>& difference() const { return difference_; }
  /// False when there is nothing more to do: a difference, an abandoned run, states that may differ (async), or nowhere to continue.
  bool goes_on() const { return !difference_ && !is_over_; }

  /// The exit of the reference, or nullopt if the run was abandoned.
  std::optional<ref::Exit> run(Style style);
  void set_reg(u32 number, u64 value);
  void set_gas(i64 gas);
  void set_pc(u32 pc);
  void write(u64 address, const conformance::Bytes& bytes);
  void read(u64 address, u32 length);
  void map(u64 address, u32 length, bool writable);
  void protect(u64 address, u32 length, bool writable);
  void unmap(u64 address, u32 length);
  /// Compares all of memory, as far as it isn't huge.
  void compare_all_memory();

  const ref::Machine& ref() const { return ref_; }
  const ref::Program& program() const { return *program_; }

 private:
  struct Participant {
    std::string name;
    std::unique_ptr<engine::Machine> machine;
  };

  void prepare(const conformance::Pre& pre, const std::vector<Compiled>& compiled);
  std::optional<ref::Exit> run_ref();
  Result<Exit> run_engine(engine::Machine& machine, Style style);
  void compare(Participant& participant, const ref::Exit& expected, const Result<Exit>& result, Style style);
  void compare_state(Participant& participant);
  void compare_memory(Participant& participant, const std::vector<conformance::MemoryBytes>& parts);
  void host_step(conformance::Step step, bool ok, const std::function<Result<void>(engine::Machine&)>& act);
  void differ(const std::string& who, const std::string& what);
  bool is_verdict_only(const ref::Exit& exit) const;

  const ref::Program* program_;
  Tally* tally_;
  ref::Machine ref_;
  std::vector<Participant> participants_;
  conformance::Case case_;
  conformance::Intervals touched_;
  std::optional<Difference> difference_;
  bool is_over_ = false;
};

}  // namespace pvm::differential
