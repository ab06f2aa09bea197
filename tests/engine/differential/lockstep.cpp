// SPDX-License-Identifier: Apache-2.0 OR MIT
// One guest on the reference interpreter and on back ends of the engine, doing the same and compared after each step.
#include "lockstep.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>

namespace pvm::differential {
namespace {

using conformance::Bytes;
using conformance::MemoryBytes;
using std::chrono::steady_clock;

// Far more than any run here takes, on a busy machine too.
constexpr auto patience = std::chrono::seconds(30);
constexpr u32 max_range_bytes = 512;

std::string hex(u64 value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

std::string text(const std::optional<u32>& position) {
  return position ? std::to_string(*position) : "none";
}

template <typename T>
std::string pair(const T& expected, const T& actual) {
  return ": expected " + expected + ", got " + actual;
}

std::string describe(const Error& error) {
  return std::string(name_of(error.code)) + " (" + error.message + ")";
}

// What differs between two exits of equal status.
std::optional<std::string> exit_difference(const ref::Exit& expected, const Exit& actual, bool reports_protection) {
  if (expected.pc != actual.pc) return "pc" + pair(text(expected.pc), text(actual.pc));
  if (expected.next_pc != actual.next_pc) return "next pc" + pair(text(expected.next_pc), text(actual.next_pc));
  if (expected.status == ref::Status::host_call && expected.host_call != actual.host_call) {
    return "host call" + pair(hex(expected.host_call), hex(actual.host_call));
  }
  if (expected.status != ref::Status::page_fault) return std::nullopt;
  if (expected.fault_address != actual.fault_address) return "fault" + pair(hex(expected.fault_address), hex(actual.fault_address));
  if (reports_protection && expected.write_protected != actual.write_protected) {
    return "write_protected" + pair(std::to_string(expected.write_protected), std::to_string(actual.write_protected));
  }
  return std::nullopt;
}

std::string text(const std::vector<ref::Memory::Range>& ranges) {
  std::string all;
  for (const auto& range : ranges) {
    all += hex(range.begin) + ".." + hex(range.end) + (range.access == ref::Access::write ? " rw " : " ro ");
  }
  return all.empty() ? "none" : all;
}

std::vector<ref::Memory::Range> as_ref(const std::vector<engine::Rights::Range>& ranges) {
  std::vector<ref::Memory::Range> result;
  for (const auto& range : ranges) result.push_back({range.begin, range.end, static_cast<ref::Access>(range.access)});
  return result;
}

}  // namespace

Lockstep::Lockstep(const ref::Program& program, conformance::Case start, const std::vector<Compiled>& compiled, Tally& tally)
    : program_(&program), tally_(&tally), ref_(program), case_(std::move(start)) {
  const conformance::Pre pre = std::get<conformance::Execution>(case_.body).pre;
  prepare(pre, compiled);
}

void Lockstep::prepare(const conformance::Pre& pre, const std::vector<Compiled>& compiled) {
  for (const Compiled& one : compiled) {
    auto executor = one.code->make_executor();
    if (!executor) return differ(one.name, "no instance: " + describe(executor.error()));
    auto machine = engine::Machine::create(one.program, *std::move(executor));
    if (!machine) return differ(one.name, "no machine: " + describe(machine.error()));
    participants_.push_back({one.name, *std::move(machine)});
  }
  for (u32 number = 0; pre.regs && number < pre.regs->size(); ++number) ref_.set_reg(number, (*pre.regs)[number]);
  for (const auto& page : pre.pages) ref_.memory().map(page.address, page.length, page.writable);
  ref_.set_gas(pre.gas.value_or(conformance::ample_gas));
  if (pre.pc) ref_.set_pc(*pre.pc);
  for (Participant& participant : participants_) {
    engine::Machine& machine = *participant.machine;
    for (u32 number = 0; pre.regs && number < pre.regs->size(); ++number) machine.set_reg(number, (*pre.regs)[number]);
    for (const auto& page : pre.pages) {
      if (!machine.map(page.address, page.length, page.writable)) return differ(participant.name, "a page of the start is refused");
    }
    machine.set_gas(ref_.gas());
    if (pre.pc) machine.set_pc(*pre.pc);
    compare_state(participant);
  }
  compare_all_memory();
}

void Lockstep::differ(const std::string& who, const std::string& what) {
  if (difference_) return;
  const std::size_t steps = std::get<conformance::Execution>(case_.body).steps.size();
  difference_ = Difference{who + ", step " + std::to_string(steps) + ": " + what, case_};
}

// [exit.async]: all but the verdict is open after a charge that made the counter negative.
bool Lockstep::is_verdict_only(const ref::Exit& exit) const {
  return program_->config.metering == ref::Metering::async && exit.status == ref::Status::out_of_gas && !exit.next_pc;
}

// A memset without gas to end it might fill 4 GiB.
std::optional<ref::Exit> Lockstep::run_ref() {
  const bool is_sync = program_->config.metering == ref::Metering::sync;
  const auto note = [&](const ref::TraceStep& step) {
    ++tally_->executed[static_cast<std::size_t>(step.instruction.op)];
    conformance::note_store(step, ref_.memory(), touched_);
  };
  for (u64 step = 0; step < max_steps; ++step) {
    const auto pc = ref_.next_pc();
    const bool is_long = !is_sync && pc && static_cast<u32>(ref_.reg(9)) > 100'000 && decode(*program_, *pc).op == isa::Op::memset;
    if (is_long) return std::nullopt;
    if (const auto exit = ref_.run_at_most(1, note)) return exit;
  }
  return std::nullopt;
}

Result<Exit> Lockstep::run_engine(engine::Machine& machine, Style style) {
  const auto end = steady_clock::now() + patience;
  engine::RunLimits limits;
  limits.deadline = end;
  if (style == Style::interrupted) {
    for (auto slice = std::chrono::microseconds(1); steady_clock::now() < end; slice *= 2) {
      limits.deadline = steady_clock::now() + slice;
      auto result = machine.run(limits);
      if (!result || result->status != Status::interrupted) return result;
    }
  }
  if (style == Style::rewound) {
    auto snapshot = machine.snapshot();
    if (!snapshot) return std::move(snapshot.error());
    if (auto first = machine.run(limits); !first) return first;
    if (auto restored = machine.restore(**snapshot); !restored) return std::move(restored.error());
  }
  return machine.run(limits);
}

std::optional<ref::Exit> Lockstep::run(Style style) {
  if (!goes_on()) return std::nullopt;
  const auto exit = run_ref();
  if (!exit || exit->status == ref::Status::no_pc) {
    is_over_ = true;
    ++tally_->abandoned;
    return std::nullopt;
  }
  ++tally_->exits[static_cast<std::size_t>(exit->status)];
  std::get<conformance::Execution>(case_.body).steps.emplace_back(conformance::RunStep{});
  for (Participant& participant : participants_) compare(participant, *exit, run_engine(*participant.machine, style), style);
  if (is_verdict_only(*exit)) is_over_ = true;
  return exit;
}

void Lockstep::compare(Participant& participant, const ref::Exit& expected, const Result<Exit>& result, Style style) {
  constexpr const char* manners[] = {"", ", interrupted and continued", ", after going back to a snapshot"};
  const std::string who = participant.name + manners[static_cast<int>(style)];
  if (!result) return differ(who, describe(result.error()));
  if (static_cast<u8>(expected.status) != static_cast<u8>(result->status)) {
    return differ(who, "status" + pair(std::string(name_of(expected.status)), std::string(name_of(result->status))));
  }
  if (is_verdict_only(expected)) {
    if (participant.machine->gas() >= 0) differ(who, "out of gas, though the counter isn't negative");
    if (result->pc || result->next_pc) differ(who, "a position where none is known");
    return;
  }
  if (const auto what = exit_difference(expected, *result, !ref::is_graypaper(program_->config.semantics))) return differ(who, *what);
  compare_state(participant);
  compare_memory(participant, read_parts(touched_, ref_.memory(), max_range_bytes));
}

void Lockstep::compare_state(Participant& participant) {
  const engine::Machine& machine = *participant.machine;
  for (u32 number = 0; number < 13; ++number) {
    if (ref_.reg(number) == machine.reg(number)) continue;
    const std::string name(ref::register_name(static_cast<u8>(number)));
    return differ(participant.name, name + pair(hex(ref_.reg(number)), hex(machine.reg(number))));
  }
  if (ref_.gas() != machine.gas()) return differ(participant.name, "gas" + pair(std::to_string(ref_.gas()), std::to_string(machine.gas())));
  if (ref_.next_pc() != machine.next_pc()) {
    return differ(participant.name, "next pc of the machine" + pair(text(ref_.next_pc()), text(machine.next_pc())));
  }
  const auto ranges = as_ref(machine.ranges());
  if (ref_.memory().ranges() != ranges) differ(participant.name, "accessible memory" + pair(text(ref_.memory().ranges()), text(ranges)));
}

void Lockstep::compare_memory(Participant& participant, const std::vector<MemoryBytes>& parts) {
  for (const MemoryBytes& part : parts) {
    Bytes actual(part.bytes.size());
    if (auto done = participant.machine->read(part.address, actual); !done) {
      return differ(participant.name, "memory at " + hex(part.address) + " can't be read: " + describe(done.error()));
    }
    const auto [expected, other] = std::mismatch(part.bytes.begin(), part.bytes.end(), actual.begin());
    if (expected == part.bytes.end()) continue;
    const u64 address = part.address + static_cast<u64>(expected - part.bytes.begin());
    return differ(participant.name, "memory at " + hex(address) + pair(hex(*expected), hex(*other)));
  }
}

void Lockstep::compare_all_memory() {
  if (!goes_on()) return;
  std::vector<MemoryBytes> parts;
  for (const auto& range : ref_.memory().ranges()) {
    // All of a page's edges, where stray accesses are likely; only some pages of a huge range.
    for (u64 page = range.begin; page < range.end && page < range.begin + 0x40000; page += 4096) {
      for (const u64 begin : {page, page + 4096 - 64}) {
        MemoryBytes part{begin, Bytes(64)};
        if (ref_.memory().host_read(begin, part.bytes)) parts.push_back(std::move(part));
      }
    }
  }
  for (Participant& participant : participants_) compare_memory(participant, parts);
}

void Lockstep::host_step(conformance::Step step, bool ok, const std::function<Result<void>(engine::Machine&)>& act) {
  std::get<conformance::Execution>(case_.body).steps.push_back(std::move(step));
  for (Participant& participant : participants_) {
    const auto done = act(*participant.machine);
    if (done.ok() == ok) {
      compare_state(participant);
    } else {
      differ(participant.name, std::string("a host operation is ") + (ok ? "refused: " + describe(done.error()) : "not refused"));
    }
  }
}

void Lockstep::set_reg(u32 number, u64 value) {
  if (!goes_on()) return;
  ref_.set_reg(number, value);
  host_step(conformance::SetRegStep{number, value}, true,
            [&](engine::Machine& machine) { return machine.set_reg(number, value), Result<void>(); });
}

void Lockstep::set_gas(i64 gas) {
  if (!goes_on()) return;
  ref_.set_gas(gas);
  host_step(conformance::SetGasStep{gas}, true, [&](engine::Machine& machine) { return machine.set_gas(gas), Result<void>(); });
}

void Lockstep::set_pc(u32 pc) {
  if (!goes_on()) return;
  ref_.set_pc(pc);
  host_step(conformance::SetPcStep{pc}, true, [&](engine::Machine& machine) { return machine.set_pc(pc), Result<void>(); });
}

void Lockstep::write(u64 address, const Bytes& bytes) {
  if (!goes_on()) return;
  const bool ok = ref_.memory().host_write(address, bytes);
  if (ok) touched_.add(address, address + bytes.size());
  host_step(conformance::WriteStep{address, bytes, ok}, ok, [&](engine::Machine& machine) { return machine.write(address, bytes); });
}

void Lockstep::read(u64 address, u32 length) {
  if (!goes_on()) return;
  Bytes expected(length), actual(length);
  const bool ok = ref_.memory().host_read(address, expected);
  host_step(conformance::ReadStep{address, length, ok, ok ? expected : Bytes{}}, ok, [&](engine::Machine& machine) -> Result<void> {
    auto done = machine.read(address, actual);
    if (ok && done && actual != expected) return Error{ErrorCode::invalid_argument, "other bytes were read"};
    return done;
  });
}

void Lockstep::map(u64 address, u32 length, bool writable) {
  if (!goes_on()) return;
  const bool ok = ref_.memory().map(address, length, writable);
  if (ok) touched_.add(address, address + std::min(length, max_range_bytes));
  host_step(conformance::MapStep{address, length, writable, ok}, ok,
            [&](engine::Machine& machine) { return machine.map(address, length, writable); });
}

void Lockstep::protect(u64 address, u32 length, bool writable) {
  if (!goes_on()) return;
  const bool ok = ref_.memory().protect(address, length, writable);
  host_step(conformance::ProtectStep{address, length, writable, ok}, ok,
            [&](engine::Machine& machine) { return machine.protect(address, length, writable); });
}

void Lockstep::unmap(u64 address, u32 length) {
  if (!goes_on()) return;
  const bool ok = ref_.memory().unmap(address, length);
  host_step(conformance::UnmapStep{address, length, ok}, ok, [&](engine::Machine& machine) { return machine.unmap(address, length); });
}

}  // namespace pvm::differential
