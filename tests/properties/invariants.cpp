// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the document promises of every exit, whatever the program did.
#include "invariants.hpp"

#include <algorithm>

namespace pvm::testing {
namespace {

using ref::Access;
using ref::Exit;
using ref::Machine;
using ref::Metering;
using ref::Program;
using ref::Status;
using ref::u32;
using ref::u64;
using ref::u8;

constexpr u64 lowest_address = 0x10000;
constexpr u64 address_space = u64{1} << 32;

bool is_unchanged(const Machine& before, const Machine& after) {
  return !difference(before, after);
}

std::optional<std::string> fault_in_trap(const Program& program, const Machine& before, const Machine& after, const Exit& exit) {
  if (ref::is_graypaper(program.config.semantics)) {
    return exit.pc == 0u && !exit.next_pc ? std::nullopt : std::optional<std::string>("trap of the Gray Paper with a position");
  }
  if (!exit.pc) return "trap without a position";
  if (!exit.next_pc) return std::nullopt;
  // Only an entry at a bad position leaves one.
  if (exit.next_pc != before.next_pc() || exit.pc != exit.next_pc) return "trap with a next position that was no entry";
  if (block_start(program, *exit.pc)) return "trap at the entry of a position where execution can begin";
  return is_unchanged(before, after) ? std::nullopt : std::optional<std::string>("refused entry changed the state");
}

std::optional<std::string> fault_in_host_call(const Program& program, const Exit& exit) {
  if (!exit.pc) return "host call without a position";
  const ref::Instruction in = decode(program, *exit.pc);
  if (in.op != isa::Op::ecalli) return "host call at something else than ecalli";
  if (exit.next_pc != in.next) return "host call whose next position isn't behind it";
  const u64 number = ref::is_graypaper(program.config.semantics) ? static_cast<u64>(in.imm1) : static_cast<u32>(in.imm1);
  return exit.host_call == number ? std::nullopt : std::optional<std::string>("host call number isn't the immediate");
}

std::optional<std::string> fault_in_page_fault(const Program& program, const Machine& after, const Exit& exit) {
  if (!program.is_paged()) return "page fault in mapped memory";
  if (!exit.pc || exit.pc != exit.next_pc) return "page fault that doesn't stay where it is";
  if (!isa::row_of(decode(program, *exit.pc).op).clause.starts_with("memory.")) return "page fault at something that accesses no memory";
  const u32 page = exit.fault_address;
  if (page < lowest_address) return "page fault below 2^16";
  if (page % after.memory().page_size() != 0) return "page fault at no page's address";
  const bool readable = !after.memory().check(page, 1, false);
  if (!after.memory().check(page, 1, true)) return "page fault on a page that can be written";
  if (exit.write_protected != readable) return "write_protected isn't whether the page is there";
  return std::nullopt;
}

std::optional<std::string> fault_in_out_of_gas(const Program& program, const Machine& before, const Machine& after, const Exit& exit) {
  const Metering metering = program.config.metering;
  if (metering == Metering::none) return "out of gas without metering";
  if (ref::is_graypaper(program.config.semantics)) {
    if (after.gas() >= 0) return "out of gas with gas left";
    return exit.pc && exit.pc == exit.next_pc ? std::nullopt : std::optional<std::string>("out of gas without a position");
  }
  if (!exit.pc && exit.next_pc) {  // refused before anything ran
    if (exit.next_pc != before.next_pc() || !is_unchanged(before, after)) return "refused entry changed the state";
    return std::nullopt;
  }
  if (metering == Metering::async) {
    if (exit.pc) return "asynchronous out of gas with a position";
    return after.gas() < 0 ? std::nullopt : std::optional<std::string>("asynchronous out of gas with gas left");
  }
  if (!exit.pc || exit.pc != exit.next_pc) return "out of gas without a position";
  if (after.gas() < 0) return "synchronous metering let the counter become negative";
  const bool in_memset = decode(program, *exit.pc).op == isa::Op::memset && after.gas() == 0;
  if (!in_memset && after.gas() >= block_cost(program, *exit.pc)) return "out of gas though the block can be paid";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_in_exit(const Program& program, const Machine& before, const Machine& after, const Exit& exit) {
  if (exit.next_pc != after.next_pc() && !(ref::is_graypaper(program.config.semantics) && exit.status == Status::out_of_gas)) {
    return "the next position reported isn't the machine's";
  }
  if (after.gas() > before.gas()) return "the counter has grown";
  if (program.config.metering == Metering::none && after.gas() != before.gas()) return "the counter changed without metering";
  if (auto fault = fault_in_state(program, after)) return fault;
  switch (exit.status) {
    case Status::halt:
      if (exit.next_pc) return "halt with a next position";
      if (ref::is_graypaper(program.config.semantics) ? exit.pc != 0u : exit.pc.has_value()) return "halt with the wrong position";
      return std::nullopt;
    case Status::trap: return fault_in_trap(program, before, after, exit);
    case Status::host_call: return fault_in_host_call(program, exit);
    case Status::page_fault: return fault_in_page_fault(program, after, exit);
    case Status::out_of_gas: return fault_in_out_of_gas(program, before, after, exit);
    case Status::no_pc: return "no position, though there was one";
  }
  return "an exit that isn't defined";
}

std::optional<std::string> fault_in_state(const Program& program, const Machine& machine) {
  if (ref::register_bits(program.config.semantics) == 32) {
    const auto& registers = machine.registers();
    if (std::any_of(registers.begin(), registers.end(), [](u64 value) { return value >> 32 != 0; })) return "a register beyond 32 bits";
  }
  u64 end = lowest_address;
  for (const auto& range : machine.memory().ranges()) {
    if (range.begin < end) return "ranges overlap, are out of order, or lie below 2^16";
    if (range.end <= range.begin || range.end > address_space) return "an empty range, or one beyond 2^32";
    if (range.access == Access::none) return "a range without access";
    if (program.is_paged() && (range.begin % machine.memory().page_size() != 0 || range.end % machine.memory().page_size() != 0)) {
      return "a range that isn't made of pages";
    }
    end = range.end;
  }
  return std::nullopt;
}

std::optional<std::string> difference(const Machine& a, const Machine& b, bool with_gas, u64 edge) {
  for (u32 number = 0; number < 13; ++number) {
    if (a.reg(number) != b.reg(number)) {
      return std::string(ref::register_name(static_cast<u8>(number))) + ": " + std::to_string(a.reg(number)) + " and " +
             std::to_string(b.reg(number));
    }
  }
  if (with_gas && a.gas() != b.gas()) return "gas: " + std::to_string(a.gas()) + " and " + std::to_string(b.gas());
  if (a.memory().ranges() != b.memory().ranges()) return "accessible memory";
  std::vector<u8> left(4096), right(4096);
  for (const auto& range : a.memory().ranges()) {
    for (u64 begin = range.begin; begin < range.end;) {
      const u64 size = std::min({u64{4096}, edge, range.end - begin});
      if (!a.memory().host_read(begin, std::span(left).first(size)) || !b.memory().host_read(begin, std::span(right).first(size))) {
        return "memory that can't be read";
      }
      if (!std::equal(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(size), right.begin())) {
        return "memory near " + std::to_string(begin);
      }
      begin += size;
      if (begin - range.begin == edge && range.end - begin > edge) begin = range.end - edge;
    }
  }
  return std::nullopt;
}

}  // namespace pvm::testing
