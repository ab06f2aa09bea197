// SPDX-License-Identifier: Apache-2.0 OR MIT
// The scripted executor and programs for it.
#include "scripted.hpp"

#include <algorithm>
#include <string>

#include "pvm/builder/assemble.hpp"
#include "pvm/builder/container.hpp"

namespace pvm::engine::testing {

Event ScriptedExecutor::execute(CpuState& state, std::optional<Entry> entry, const RunLimits&) {
  entries.push_back(entry);
  if (script.empty()) {
    ADD_FAILURE() << "the script is over";
    return {};
  }
  const Turn turn = std::move(script.front());
  script.pop_front();
  return turn(state);
}

Result<void> ScriptedExecutor::outcome() const {
  if (fails) return Error{ErrorCode::resource_exhausted, "as the test wants it", std::nullopt, std::nullopt};
  return {};
}

Result<void> ScriptedExecutor::set_access(u64 begin, u64 end, Access access) {
  EXPECT_LT(begin, end);
  EXPECT_TRUE(begin >= 0x10000 && end <= 0x100000000 && begin % 4096 == 0 && end % 4096 == 0) << begin << " " << end;
  rights.set(begin, end, access);
  return outcome();
}

Result<void> ScriptedExecutor::discard(u64 begin, u64 end) {
  EXPECT_TRUE(begin < end && begin % 4096 == 0 && end % 4096 == 0) << begin << " " << end;
  pages_.erase(pages_.lower_bound(begin / 4096), pages_.lower_bound(end / 4096));
  return outcome();
}

Result<void> ScriptedExecutor::read(u32 address, std::span<u8> out) {
  for (std::size_t index = 0; index < out.size(); ++index) {
    const u64 place = u64{address} + index;
    const auto page = pages_.find(place / 4096);
    out[index] = page == pages_.end() ? u8{0} : page->second[place % 4096];
  }
  return outcome();
}

Result<void> ScriptedExecutor::write(u32 address, std::span<const u8> bytes) {
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    const u64 place = u64{address} + index;
    pages_[place / 4096][place % 4096] = bytes[index];
  }
  bytes_written += bytes.size();
  return outcome();
}

Result<void> ScriptedExecutor::clear() {
  pages_.clear();
  rights.clear();
  return outcome();
}

Result<std::shared_ptr<const SavedMemory>> ScriptedExecutor::save() {
  auto saved = std::make_shared<Saved>();
  saved->pages = pages_;
  saved->rights = rights;
  return std::shared_ptr<const SavedMemory>(std::move(saved));
}

Result<void> ScriptedExecutor::restore(const SavedMemory& saved) {
  const auto& mine = dynamic_cast<const Saved&>(saved);
  pages_ = mine.pages;
  rights = mine.rights;
  return outcome();
}

Exit Scripted::run(const std::vector<Event>& events, std::optional<u32> pc, std::optional<i64> gas) {
  if (pc) machine->set_pc(*pc);
  if (gas) machine->set_gas(*gas);
  std::vector<ScriptedExecutor::Turn> turns;
  turns.reserve(events.size());
  for (const Event& event : events) turns.emplace_back([event](CpuState&) { return event; });
  return run_turns(std::move(turns));
}

Exit Scripted::run_turns(std::vector<ScriptedExecutor::Turn> turns) {
  executor->script.assign(turns.begin(), turns.end());
  auto exit = machine->run();
  EXPECT_TRUE(exit.ok()) << exit.error().message;
  EXPECT_TRUE(executor->script.empty()) << executor->script.size() << " events are left";
  return exit ? *exit : Exit{};
}

ProgramConfig raw(Semantics version) {
  ProgramConfig config;
  config.semantics = version;
  config.container = Container::raw;
  return config;
}

std::shared_ptr<const Program> load_text(const ProgramConfig& config, std::string_view text) {
  const auto blob = builder::assemble(static_cast<ref::Semantics>(*config.semantics), text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return nullptr;
  }
  auto program = load(raw_container(std::get<builder::CodeBlob>(blob)), config);
  if (!program) {
    ADD_FAILURE() << program.error().message;
    return nullptr;
  }
  return std::make_shared<const Program>(*std::move(program));
}

Scripted scripted(std::shared_ptr<const Program> program) {
  auto executor = std::make_unique<ScriptedExecutor>();
  ScriptedExecutor* inside = executor.get();
  auto machine = Machine::create(std::move(program), std::move(executor));
  EXPECT_TRUE(machine.ok());
  return {*std::move(machine), inside};
}

Scripted scripted(const ProgramConfig& config, std::string_view text) {
  return scripted(load_text(config, text));
}

Event event(Event::Kind kind, u32 pc, u32 next, u32 number) {
  Event result;
  result.kind = kind;
  result.pc = pc;
  result.next = next;
  result.number = number;
  return result;
}

std::string text_of(const Exit& exit) {
  const auto position = [](std::optional<u32> pc) { return pc ? std::to_string(*pc) : std::string("none"); };
  std::string text = std::string(name_of(exit.status)) + " pc " + position(exit.pc) + " next " + position(exit.next_pc);
  if (exit.status == Status::host_call) text += " number " + std::to_string(exit.host_call);
  if (exit.status == Status::page_fault) text += " at " + std::to_string(exit.fault_address) + (exit.write_protected ? " protected" : "");
  return text;
}

}  // namespace pvm::engine::testing
