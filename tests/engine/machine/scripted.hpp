// SPDX-License-Identifier: Apache-2.0 OR MIT
// Machines whose executor says what a test wants it to say.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "machine/machine.hpp"

namespace pvm::engine::testing {

/// Memory that enforces nothing, and one scripted event for each call of execute().
class ScriptedExecutor final : public Executor {
 public:
  using Turn = std::function<Event(CpuState&)>;

  Event execute(CpuState& state, std::optional<Entry> entry, const RunLimits& limits) override;
  void kick() override {}
  Result<void> set_access(u64 begin, u64 end, Access access) override;
  Result<void> discard(u64 begin, u64 end) override;
  bool holds_read_only_data() const override { return shares_read_only_data; }
  Result<void> read(u32 address, std::span<u8> out) override;
  Result<void> write(u32 address, std::span<const u8> bytes) override;
  Result<void> clear() override;
  Result<std::shared_ptr<const SavedMemory>> save() override;
  Result<void> restore(const SavedMemory& saved) override;

  std::deque<Turn> script;
  std::vector<std::optional<Entry>> entries;  ///< Of each call.
  Rights rights;                              ///< As the machine has set them.
  bool shares_read_only_data = false;
  bool fails = false;  ///< Every memory operation does.
  u64 bytes_written = 0;

 private:
  using Pages = std::map<u64, std::array<u8, 4096>>;
  struct Saved final : SavedMemory {
    Pages pages;
    Rights rights;
  };
  Result<void> outcome() const;

  Pages pages_;
};

/// A machine of `text`, and the executor inside.
struct Scripted {
  std::unique_ptr<Machine> machine;
  ScriptedExecutor* executor = nullptr;

  /// Sets gas and pc, if given, lets the executor say these events one after the other, and runs once. Every event must be used.
  Exit run(const std::vector<Event>& events, std::optional<u32> pc = {}, std::optional<i64> gas = {});
  /// The same where events also change registers or gas.
  Exit run_turns(std::vector<ScriptedExecutor::Turn> turns);
  /// What the executor was last told.
  std::optional<Entry> last_entry() const { return executor->entries.back(); }
};

/// version rv64-1, raw, everything by default.
ProgramConfig raw(Semantics version = Semantics::rv64_1);
std::shared_ptr<const Program> load_text(const ProgramConfig& config, std::string_view text);
Scripted scripted(std::shared_ptr<const Program> program);
Scripted scripted(const ProgramConfig& config, std::string_view text);

/// Events by kind.
Event event(Event::Kind kind, u32 pc = 0, u32 next = 0, u32 number = 0);

/// What exits are compared by: "trap pc 3 next none".
std::string text_of(const Exit& exit);

}  // namespace pvm::engine::testing
