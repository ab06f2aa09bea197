// SPDX-License-Identifier: Apache-2.0 OR MIT
// Readers of the parts of a case.
#include "case_reader.hpp"

namespace pvm::conformance {
namespace {

template <typename Value, typename Read>
std::vector<Value> read_list(const Reader& at, Read read) {
  std::vector<Value> list;
  at.each_element([&](const Reader& element) { list.push_back(read(element)); });
  return list;
}

Position read_position(const Reader& at) {
  std::optional<u32> pc;
  if (!at.is_null()) pc = at.number_u32();
  return Position(pc);
}

Page read_page(const Reader& at) {
  at.only({"address", "length", "writable"});
  return {at.need("address").hex_u64(), at.need("length").number_u32(), at.need("writable").boolean()};
}

Fault read_fault(const Reader& at) {
  at.only({"address", "write_protected"});
  Fault fault;
  fault.address = at.need("address").hex_u64();
  if (const auto flag = at.find("write_protected")) fault.write_protected = flag->boolean();
  return fault;
}

Expectation read_expectation(const Reader& at) {
  const auto alternatives = at.find("any_of");
  if (!alternatives) return {{read_post(at)}};
  at.only({"any_of"});
  Expectation expectation{read_list<Post>(*alternatives, read_post)};
  if (expectation.any_of.size() < 2) alternatives->fail("must have two alternatives or more");
  return expectation;
}

u32 read_reg(const Reader& at) {
  const u32 reg = at.number_u32();
  if (reg > 12) at.fail("must be a register number, 0 to 12");
  return reg;
}

// How a kind of step spells its own members; the ones of expectations are added by the two public readers.
SetRegStep read_set_reg(const Reader& at) {
  return {read_reg(at.need("reg")), at.need("value").hex_u64()};
}
SetPcStep read_set_pc(const Reader& at) {
  return {at.need("pc").number_u32()};
}
SetGasStep read_set_gas(const Reader& at) {
  return {at.need("gas").hex_i64()};
}
WriteStep read_write(const Reader& at) {
  return {at.need("address").hex_u64(), at.need("bytes").hex_bytes(), true};
}
ReadStep read_read(const Reader& at) {
  return {at.need("address").hex_u64(), at.need("length").number_u32(), true, {}};
}
MapStep read_map(const Reader& at) {
  return {at.need("address").hex_u64(), at.need("length").number_u32(), at.need("writable").boolean(), true};
}
ProtectStep read_protect(const Reader& at) {
  return {at.need("address").hex_u64(), at.need("length").number_u32(), at.need("writable").boolean(), true};
}
UnmapStep read_unmap(const Reader& at) {
  return {at.need("address").hex_u64(), at.need("length").number_u32(), true};
}

// `ok`: "ok" in a case, nothing in a request.
template <typename Result>
Result read_host_step(const Reader& at, const std::string& kind, const char* ok) {
  // In a request "do" just stands in the list of members twice.
  const std::string_view also = ok ? std::string_view(ok) : std::string_view("do");
  if (kind == "set_reg") return at.only({"do", "reg", "value"}), Result(read_set_reg(at));
  if (kind == "set_pc") return at.only({"do", "pc"}), Result(read_set_pc(at));
  if (kind == "set_gas") return at.only({"do", "gas"}), Result(read_set_gas(at));
  if (kind == "write") return at.only({"do", "address", "bytes", also}), Result(read_write(at));
  if (kind == "map") return at.only({"do", "address", "length", "writable", also}), Result(read_map(at));
  if (kind == "protect") return at.only({"do", "address", "length", "writable", also}), Result(read_protect(at));
  if (kind == "unmap") return at.only({"do", "address", "length", also}), Result(read_unmap(at));
  at.need("do").fail("unknown step \"" + kind + "\"");
  return Result(SetPcStep{});
}

void read_ok(const Reader& at, Step& step) {
  const auto set = [&](auto& host_step) {
    if constexpr (requires { host_step.ok; }) host_step.ok = at.need("ok").boolean();
  };
  std::visit(set, step);
}

Step read_read_with_result(const Reader& at) {
  at.only({"do", "address", "length", "ok", "bytes"});
  ReadStep step = read_read(at);
  step.ok = at.need("ok").boolean();
  if (step.ok) step.bytes = at.need("bytes").hex_bytes();
  if (!step.ok && at.find("bytes")) at.need("bytes").fail("must be absent where the read fails");
  return step;
}

std::vector<ReadRange> read_ranges(const Reader& at) {
  at.only({"do", "read"});
  const auto ranges = at.find("read");
  if (!ranges) return {};
  return read_list<ReadRange>(*ranges, [](const Reader& range) {
    range.only({"address", "length"});
    return ReadRange{range.need("address").hex_u64(), range.need("length").number_u32()};
  });
}

}  // namespace

std::vector<std::string> read_texts(const Reader& at) {
  return read_list<std::string>(at, [](const Reader& element) { return element.text(); });
}

Program read_program(const Reader& at) {
  at.only({"container", "bytes"});
  return {at.need("container").named(ref::container_named), at.need("bytes").hex_bytes()};
}

Registers read_registers(const Reader& at) {
  Registers registers{};
  if (at.size() != registers.size()) {
    at.fail("must be an array of 13 registers");
    return registers;
  }
  for (std::size_t index = 0; index < registers.size(); ++index) registers[index] = at.element(index).hex_u64();
  return registers;
}

std::vector<Page> read_pages(const Reader& at) {
  return read_list<Page>(at, read_page);
}

std::vector<MemoryBytes> read_memory(const Reader& at) {
  return read_list<MemoryBytes>(at, [](const Reader& element) {
    element.only({"address", "bytes"});
    return MemoryBytes{element.need("address").hex_u64(), element.need("bytes").hex_bytes()};
  });
}

Pre read_pre(const Reader& at) {
  at.only({"pc", "gas", "regs", "pages", "memory"});
  Pre pre;
  if (const auto pc = at.find("pc")) pre.pc = pc->number_u32();
  if (const auto gas = at.find("gas")) pre.gas = gas->hex_i64();
  if (const auto regs = at.find("regs")) pre.regs = read_registers(*regs);
  if (const auto pages = at.find("pages")) pre.pages = read_pages(*pages);
  if (const auto memory = at.find("memory")) pre.memory = read_memory(*memory);
  return pre;
}

Post read_post(const Reader& at) {
  at.only({"status", "pc", "next_pc", "regs", "gas", "host_call", "fault", "memory"});
  Post post;
  if (const auto status = at.find("status")) post.status = status->named(status_named);
  if (const auto pc = at.find("pc")) post.pc = read_position(*pc);
  if (const auto next_pc = at.find("next_pc")) post.next_pc = read_position(*next_pc);
  if (const auto regs = at.find("regs")) post.regs = read_registers(*regs);
  if (const auto gas = at.find("gas")) post.gas = gas->hex_i64();
  if (const auto number = at.find("host_call")) post.host_call = number->hex_u64();
  if (const auto fault = at.find("fault")) post.fault = read_fault(*fault);
  if (const auto memory = at.find("memory")) post.memory = read_memory(*memory);
  return post;
}

Rejected read_rejected(const Reader& at) {
  at.only({"phase", "reason"});
  Rejected rejected;
  if (const auto phase = at.find("phase")) rejected.phase = phase->named(phase_named);
  if (const auto reason = at.find("reason")) rejected.reason = reason->named(reason_named);
  return rejected;
}

BlockCosts read_block_costs(const Reader& at) {
  return read_list<BlockCost>(at, [](const Reader& element) {
    element.only({"pc", "cost"});
    return BlockCost{element.need("pc").number_u32(), element.need("cost").hex_i64()};
  });
}

Step read_step(const Reader& at) {
  const std::string kind = at.need("do").text();
  if (at.failed()) return SetPcStep{};
  if (kind == "run" || kind == "check") {
    at.only({"do", "post"});
    Expectation post = read_expectation(at.need("post"));
    return kind == "run" ? Step(RunStep{std::move(post)}) : Step(CheckStep{std::move(post)});
  }
  if (kind == "read") return read_read_with_result(at);
  Step step = read_host_step<Step>(at, kind, "ok");
  read_ok(at, step);
  return step;
}

JobStep read_job_step(const Reader& at) {
  const std::string kind = at.need("do").text();
  if (at.failed()) return SetPcStep{};
  if (kind == "run") return RunJob{read_ranges(at)};
  if (kind == "check") return CheckJob{read_ranges(at)};
  if (kind == "read") return at.only({"do", "address", "length"}), JobStep(read_read(at));
  return read_host_step<JobStep>(at, kind, nullptr);
}

}  // namespace pvm::conformance
