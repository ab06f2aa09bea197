// SPDX-License-Identifier: Apache-2.0 OR MIT
// Import of the dialects: flat files (a), and files with steps (b and c).
#include <algorithm>
#include <map>
#include <set>

#include "dialect_parts.hpp"

namespace pvm::conformance {
namespace {

Page read_page(const Reader& at, const Reader& writable) {
  return {at.need("address").number_u32(), at.need("length").number_u32(), writable.boolean()};
}

// ---- Dialect a ----

std::optional<ref::Status> flat_status(std::string_view name) {
  if (name == "halt") return ref::Status::halt;
  if (name == "panic" || name == "trap") return ref::Status::trap;
  if (name == "page-fault") return ref::Status::page_fault;
  if (name == "oog") return ref::Status::out_of_gas;
  if (name == "host") return ref::Status::host_call;
  return std::nullopt;
}

// The file lists all memory that isn't zero in the end. What was there before and isn't listed has become zero: as ranges of zeros.
std::vector<MemoryBytes> cleared_memory(const std::vector<MemoryBytes>& before, const std::vector<MemoryBytes>& after) {
  std::set<u64> addresses;
  for (const MemoryBytes& chunk : before) {
    for (u64 offset = 0; offset < chunk.bytes.size(); ++offset) addresses.insert(chunk.address + offset);
  }
  for (const MemoryBytes& chunk : after) {
    for (u64 offset = 0; offset < chunk.bytes.size(); ++offset) addresses.erase(chunk.address + offset);
  }
  std::vector<MemoryBytes> cleared;
  for (const u64 address : addresses) {
    const bool goes_on = !cleared.empty() && cleared.back().address + cleared.back().bytes.size() == address;
    if (!goes_on) cleared.push_back({address, {}});
    cleared.back().bytes.push_back(0);
  }
  return cleared;
}

// Gas is an unsigned number there; the counter holds the same 64 bits.
i64 read_flat_gas(const Reader& at) {
  return static_cast<i64>(at.number_u64());
}

Pre read_flat_pre(const Reader& at) {
  Pre pre;
  pre.pc = at.need("initial-pc").number_u32();
  pre.gas = read_flat_gas(at.need("initial-gas"));
  pre.regs = read_number_registers(at.need("initial-regs"));
  at.need("initial-page-map").each_element([&](const Reader& page) {
    page.only({"address", "length", "is-writable"});
    pre.pages.push_back(read_page(page, page.need("is-writable")));
  });
  pre.memory = read_chunks(at.need("initial-memory"));
  return pre;
}

Post read_flat_post(const Reader& at, const std::vector<MemoryBytes>& memory_before, bool drop_final_pc) {
  Post post;
  post.status = at.need("expected-status").named(flat_status);
  const u32 pc = at.need("expected-pc").number_u32();
  const bool is_final = post.status == ref::Status::halt || post.status == ref::Status::trap;
  if (!is_final || !drop_final_pc) post.pc = Position(pc);
  post.regs = read_number_registers(at.need("expected-regs"));
  post.gas = read_flat_gas(at.need("expected-gas"));
  const auto fault = at.find("expected-page-fault-address");
  if (fault && !fault->is_null()) post.fault = Fault{fault->number_u32(), std::nullopt};
  post.memory = read_chunks(at.need("expected-memory"));
  const std::vector<MemoryBytes> cleared = cleared_memory(memory_before, post.memory);
  post.memory.insert(post.memory.end(), cleared.begin(), cleared.end());
  return post;
}

// ---- Dialects b and c ----

std::optional<ref::Status> stepped_status(std::string_view name) {
  if (name == "panic") return ref::Status::trap;
  if (name == "halt") return ref::Status::halt;
  if (name == "page-fault") return ref::Status::page_fault;
  if (name == "out-of-gas") return ref::Status::out_of_gas;
  if (name == "ecalli") return ref::Status::host_call;
  return std::nullopt;
}

// The spelling of members differs between the two; `or_older` is what dialect b also writes.
Reader need_either(const Reader& at, std::string_view name, std::string_view or_older) {
  const auto member = at.find(or_older);
  return member ? *member : at.need(name);
}

Post read_assert(const Reader& at) {
  Post post;
  if (const auto status = at.find("status")) post.status = status->named(stepped_status);
  if (const auto gas = at.find("gas")) post.gas = gas->number_i64();
  if (const auto pc = at.find("pc")) post.pc = Position(pc->number_u32());
  if (const auto regs = at.find("regs")) post.regs = read_number_registers(*regs);
  if (const auto memory = at.find("memory")) post.memory = read_chunks(*memory);
  for (const char* name : {"page-fault-address", "page_fault_address"}) {
    if (const auto address = at.find(name)) post.fault = Fault{address->number_u32(), std::nullopt};
  }
  if (const auto number = at.find("hostcall")) post.host_call = number->number_u64();
  return post;
}

SetRegStep read_set_reg(const Reader& at) {
  const u32 reg = at.need("reg").number_u32();
  if (reg > 12) at.need("reg").fail("must be a register number, 0 to 12");
  return {reg, at.need("value").number_u64()};
}

// `at`: the object with the step's members; `tag` is the member of dialect b's steps that names the kind, or any allowed one.
Step read_stepped(const Reader& at, const std::string& kind, std::string_view tag, Dialect dialect) {
  const bool older = dialect == Dialect::b;
  const std::string_view old_writable = older ? "is_writable" : "is-writable";
  const std::string_view old_fault = older ? "page_fault_address" : "page-fault-address";
  if (kind == "run") {
    older ? at.only({tag}) : at.only({});
    return RunStep{};
  }
  if (kind == "assert") {
    at.only({"status", "gas", "pc", "regs", "memory", "page-fault-address", old_fault, "hostcall", older ? tag : "status"});
    return CheckStep{{{read_assert(at)}}};
  }
  if (kind == "set-reg") {
    at.only({"reg", "value", older ? tag : "reg"});
    return read_set_reg(at);
  }
  if (kind == "map") {
    at.only({"address", "length", "is-writable", old_writable, older ? tag : "address"});
    const Page page = read_page(at, need_either(at, "is-writable", old_writable));
    return MapStep{page.address, page.length, page.writable, true};
  }
  if (kind == "write") {
    at.only({"address", "contents", older ? tag : "address"});
    return WriteStep{at.need("address").number_u32(), read_number_bytes(at.need("contents")), true};
  }
  at.fail("unknown step \"" + kind + "\"");
  return RunStep{};
}

Step read_foreign_step(const Reader& at, Dialect dialect) {
  if (dialect == Dialect::b) {
    const std::string kind = at.need("kind").text();
    return at.failed() ? Step(RunStep{}) : read_stepped(at, kind, "kind", dialect);
  }
  if (at.member_count() != 1) at.fail("must have exactly one member, which names the step");
  Step step = RunStep{};
  at.each_member([&](const std::string& kind, const Reader& content) { step = read_stepped(content, kind, "", dialect); });
  return step;
}

// A run and the assert behind it are one step of ours. An assert that asserts nothing stays a step, so that it isn't lost.
std::vector<Step> read_foreign_steps(const Reader& at, Dialect dialect) {
  std::vector<Step> steps;
  bool may_join = false;
  at.each_element([&](const Reader& element) {
    Step step = read_foreign_step(element, dialect);
    const auto* check = std::get_if<CheckStep>(&step);
    if (check && may_join && check->post != Expectation{}) {
      std::get<RunStep>(steps.back()).post = check->post;
      may_join = false;
      return;
    }
    may_join = std::holds_alternative<RunStep>(step);
    steps.push_back(std::move(step));
  });
  return steps;
}

bool touches_read_only(const WriteStep& write, const std::vector<Page>& pages) {
  return std::any_of(pages.begin(), pages.end(), [&](const Page& page) {
    return !page.writable && write.address < page.address + page.length && page.address < write.address + write.bytes.size();
  });
}

// A foreign write sets memory up whatever the protection; a host write of ours respects it. Where the file prepares a read-only page
// in this way before the first run, its maps and writes become the state before the first step.
void hoist_preparation(Execution& execution) {
  Pre pre = execution.pre;
  std::vector<Step> rest;
  bool needed = false, prepares = true;
  for (const Step& step : execution.steps) {
    const auto* map = std::get_if<MapStep>(&step);
    const auto* write = std::get_if<WriteStep>(&step);
    prepares = prepares && (map || write || std::holds_alternative<SetRegStep>(step));
    if (prepares && map) {
      if (!pre.memory.empty()) return;  // a page that is made again is zeroed: the order matters
      pre.pages.push_back({map->address, map->length, map->writable});
    } else if (prepares && write && !write->bytes.empty()) {
      needed = needed || touches_read_only(*write, pre.pages);
      pre.memory.push_back({write->address, write->bytes});
    } else {
      rest.push_back(step);
    }
  }
  if (!needed) return;
  execution.pre = std::move(pre);
  execution.steps = std::move(rest);
}

bool depends_on_gas(const std::vector<Step>& steps) {
  return std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    const auto* run = std::get_if<RunStep>(&step);
    const auto* check = std::get_if<CheckStep>(&step);
    if (!run && !check) return false;
    const Post& post = (run ? run->post : check->post).any_of.front();
    return post.gas.has_value() || post.status == ref::Status::out_of_gas;
  });
}

void drop_pcs(std::vector<Step>& steps) {
  for (Step& step : steps) {
    auto* run = std::get_if<RunStep>(&step);
    auto* check = std::get_if<CheckStep>(&step);
    if (!run && !check) continue;
    Post& post = (run ? run->post : check->post).any_of.front();
    if (post.status == ref::Status::halt || post.status == ref::Status::trap) post.pc.reset();
  }
}

void set_gas_model(Case& c) {
  const bool graypaper = ref::is_graypaper(c.semantics);
  c.config.gas_model = graypaper ? ref::GasModel::instruction_1 : ref::GasModel::pipeline_1;
  if (!graypaper) c.config.memory_cost = 25;
}

Case read_execution(const Reader& at, Case c, Dialect dialect, bool drop_final_pc) {
  Execution execution;
  execution.pre.pc = at.need("initial-pc").number_u32();
  execution.pre.gas = at.need("initial-gas").number_i64();
  execution.steps = read_foreign_steps(at.need("steps"), dialect);
  if (drop_final_pc) drop_pcs(execution.steps);
  if (depends_on_gas(execution.steps)) set_gas_model(c);
  hoist_preparation(execution);
  c.body = std::move(execution);
  return c;
}

bool says_nothing(const Execution& execution) {
  return execution.steps.empty() && execution.pre.pc == 0u && execution.pre.gas == ample_gas;
}

}  // namespace

std::vector<Case> import_flat(const Reader& at, const ImportOptions& options) {
  at.only({"name", "initial-regs", "initial-pc", "initial-page-map", "initial-memory", "initial-gas", "program", "expected-status",
           "expected-regs", "expected-pc", "expected-memory", "expected-gas", "expected-page-fault-address"});
  const ref::Semantics semantics = options.semantics.value_or(ref::Semantics::graypaper_0_7_2);
  Case c = imported_case(Dialect::a, at.need("name").text(), semantics, read_number_bytes(at.need("program")));
  c.config.dynamic_paging = !ref::is_graypaper(semantics);
  c.config.gas_model = ref::is_graypaper(semantics) ? ref::GasModel::instruction_1 : ref::GasModel::flat_1;
  Execution execution;
  execution.pre = read_flat_pre(at);
  execution.steps = {RunStep{{{read_flat_post(at, execution.pre.memory, options.drop_final_pc)}}}};
  c.body = std::move(execution);
  if (!at.failed() && at.need("expected-status").text() == "trap") c.origin->variant = "0.3";
  finish_imported(c, at);
  return {std::move(c)};
}

std::vector<Case> import_stepped(Dialect dialect, const Reader& at, const ImportOptions& options) {
  at.only({"name", "initial-pc", "initial-gas", "program", "steps", "block-gas-costs",
           dialect == Dialect::b ? "block_gas_costs" : "block-gas-costs"});
  const ref::Semantics semantics = options.semantics.value_or(ref::Semantics::jam_1);
  Case base = imported_case(dialect, at.need("name").text(), semantics, read_number_bytes(at.need("program")));
  base.config.dynamic_paging = !ref::is_graypaper(semantics);
  const bool costs_only = !at.failed() && !at.find("steps") && !at.find("initial-pc") && !at.find("initial-gas");
  std::vector<Case> cases;
  if (!costs_only) cases.push_back(read_execution(at, base, dialect, options.drop_final_pc));
  auto costs_at = at.failed() ? std::nullopt : at.find("block-gas-costs");
  if (!costs_at && !at.failed()) costs_at = at.find("block_gas_costs");
  if (costs_only && !costs_at) at.fail("lacks member \"block-gas-costs\", as \"steps\" isn't there either");
  BlockCosts costs;
  if (costs_at) costs = read_foreign_costs(*costs_at);
  if (!costs.empty()) {
    if (!cases.empty() && says_nothing(std::get<Execution>(cases.front().body))) cases.clear();
    Case c = base;
    if (!cases.empty()) c.id += ".block_costs";
    set_gas_model(c);
    c.body = std::move(costs);
    cases.push_back(std::move(c));
  }
  for (Case& c : cases) finish_imported(c, at);
  return cases;
}

}  // namespace pvm::conformance
