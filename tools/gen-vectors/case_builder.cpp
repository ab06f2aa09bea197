// SPDX-License-Identifier: Apache-2.0 OR MIT
// The small language in which cases are written down.
#include "case_builder.hpp"

#include <algorithm>

#include "pvm/conformance/json_io.hpp"
#include "pvm/conformance/ref_target.hpp"
#include "pvm/ref/decode.hpp"

namespace pvm::gen {

using conformance::Case;
using conformance::Post;

namespace {

u32 register_number(std::string_view name, std::vector<std::string>& errors) {
  for (u8 number = 0; number < 13; ++number) {
    if (ref::register_name(number) == name) return number;
  }
  errors.push_back("no register " + std::string(name));
  return 0;
}

template <typename T>
std::string difference(std::string_view what, const T& expected, const T& actual) {
  return std::string(what) + ": expected " + std::string(expected) + ", ref says " + std::string(actual);
}

// A case names each clause once; the order stays.
void remove_repeated(std::vector<std::string>& clauses) {
  std::vector<std::string> kept;
  for (std::string& clause : clauses) {
    if (std::find(kept.begin(), kept.end(), clause) == kept.end()) kept.push_back(std::move(clause));
  }
  clauses = std::move(kept);
}

std::string position_text(const conformance::Position& position) {
  if (!position) return "(nothing)";
  return *position ? std::to_string(**position) : "none";
}

std::string compare_position(std::string_view what, std::optional<u32> expected, const conformance::Position& actual) {
  if (actual && *actual == expected) return "";
  return difference<std::string>(what, position_text(conformance::Position(expected)), position_text(actual));
}

}  // namespace

Bytes hex(std::string_view digits) {
  std::string joined;
  std::copy_if(digits.begin(), digits.end(), std::back_inserter(joined), [](char character) { return character != ' '; });
  return conformance::parse_hex_bytes(joined).value_or(Bytes{});
}

CaseBuilder::CaseBuilder(Semantics version, std::string name, std::string why, std::vector<std::string> clauses) {
  case_.semantics = version;
  case_.id = std::string(ref::name_of(version)) + "/" + name;
  case_.why = std::move(why);
  case_.clauses = std::move(clauses);
  conformance::Registers registers{};
  registers[0] = halt_address;
  execution().pre.pc = 0;
  execution().pre.regs = registers;
}

conformance::Execution& CaseBuilder::execution() {
  if (auto* body = std::get_if<conformance::Execution>(&case_.body)) return *body;
  errors_.push_back("more is said of its run after the case has become one without");
  return discarded_;
}

// --- What to load ---------------------------------------------------------------------------------------------------------------

CaseBuilder& CaseBuilder::code(std::string_view text) {
  auto built = builder::assemble(case_.semantics, text);
  if (auto* message = std::get_if<std::string>(&built)) errors_.push_back(*message);
  if (auto* made = std::get_if<CodeBlob>(&built)) parts_.blob = std::move(*made);
  return *this;
}

CaseBuilder& CaseBuilder::blob(CodeBlob blob) {
  parts_.blob = std::move(blob);
  return *this;
}

CaseBuilder& CaseBuilder::container(ref::Container kind, Bytes bytes) {
  case_.program = {kind, std::move(bytes)};
  has_container_ = true;
  if (kind == ref::Container::standard) {
    if (auto* body = std::get_if<conformance::Execution>(&case_.body)) body->pre.regs.reset();
  }
  return *this;
}

CaseBuilder& CaseBuilder::regions(u32 ro_size, u32 rw_size, u32 stack_size) {
  parts_.ro_size = ro_size;
  parts_.rw_size = rw_size;
  parts_.stack_size = stack_size;
  has_regions_ = true;
  return *this;
}

CaseBuilder& CaseBuilder::ro_data(Bytes data) {
  if (!has_regions_) regions();
  parts_.ro_data = std::move(data);
  return *this;
}

CaseBuilder& CaseBuilder::rw_data(Bytes data) {
  if (!has_regions_) regions();
  parts_.rw_data = std::move(data);
  return *this;
}

CaseBuilder& CaseBuilder::paged() {
  if (!is_graypaper()) case_.config.dynamic_paging = true;
  return *this;
}

CaseBuilder& CaseBuilder::page(u64 address, u32 length, bool writable) {
  paged();
  execution().pre.pages.push_back({address, length, writable});
  return *this;
}

CaseBuilder& CaseBuilder::put(u64 address, Bytes bytes) {
  execution().pre.memory.push_back({address, std::move(bytes)});
  return *this;
}

CaseBuilder& CaseBuilder::config(const std::function<void(conformance::Config&)>& change) {
  change(case_.config);
  return *this;
}

// --- The state at the start -----------------------------------------------------------------------------------------------------

CaseBuilder& CaseBuilder::reg(std::string_view name, u64 value) {
  auto& registers = execution().pre.regs;
  if (!registers) registers = conformance::Registers{};
  (*registers)[register_number(name, errors_)] = ref::register_bits(case_.semantics) == 32 ? value & 0xffffffff : value;
  return *this;
}

CaseBuilder& CaseBuilder::pc(std::optional<u32> pc) {
  execution().pre.pc = pc;
  return *this;
}

CaseBuilder& CaseBuilder::gas(i64 gas) {
  case_.config.gas_model = is_graypaper() ? ref::GasModel::instruction_1 : ref::GasModel::flat_1;
  execution().pre.gas = gas;
  return *this;
}

CaseBuilder& CaseBuilder::pipeline(i64 gas, u32 memory_cost) {
  case_.config.gas_model = ref::GasModel::pipeline_1;
  if (memory_cost != 25) case_.config.memory_cost = memory_cost;
  execution().pre.gas = gas;
  return *this;
}

CaseBuilder& CaseBuilder::metering(ref::Metering metering) {
  case_.config.metering = metering;
  return *this;
}

// --- Steps ----------------------------------------------------------------------------------------------------------------------

CaseBuilder& CaseBuilder::step(conformance::Step step) {
  execution().steps.push_back(std::move(step));
  return *this;
}

CaseBuilder& CaseBuilder::run() {
  conformance::RunStep step;
  step.post.any_of.front().memory = watched_;
  return this->step(std::move(step));
}

CaseBuilder& CaseBuilder::set_reg(std::string_view name, u64 value) {
  return step(conformance::SetRegStep{register_number(name, errors_), value});
}
CaseBuilder& CaseBuilder::set_pc(u32 pc) {
  return step(conformance::SetPcStep{pc});
}
CaseBuilder& CaseBuilder::set_gas(i64 gas) {
  return step(conformance::SetGasStep{gas});
}
CaseBuilder& CaseBuilder::write(u64 address, Bytes bytes) {
  return step(conformance::WriteStep{address, std::move(bytes), true});
}
CaseBuilder& CaseBuilder::read(u64 address, u32 length) {
  return step(conformance::ReadStep{address, length, true, {}});
}
CaseBuilder& CaseBuilder::map(u64 address, u32 length, bool writable) {
  return step(conformance::MapStep{address, length, writable, true});
}
CaseBuilder& CaseBuilder::protect(u64 address, u32 length, bool writable) {
  return step(conformance::ProtectStep{address, length, writable, true});
}
CaseBuilder& CaseBuilder::unmap(u64 address, u32 length) {
  return step(conformance::UnmapStep{address, length, true});
}

CaseBuilder& CaseBuilder::watch(u64 address, u32 length) {
  watched_.push_back({address, Bytes(length, 0)});
  return *this;
}

CaseBuilder& CaseBuilder::block_costs(std::vector<u32> positions) {
  if (!case_.config.gas_model) case_.config.gas_model = ref::GasModel::pipeline_1;
  conformance::BlockCosts costs;
  for (const u32 position : positions) costs.push_back({position, 0});
  case_.body = std::move(costs);
  return *this;
}

CaseBuilder& CaseBuilder::rejected() {
  case_.body = conformance::Rejected{};
  return *this;
}

CaseBuilder& CaseBuilder::also(std::initializer_list<std::string_view> clauses) {
  for (const std::string_view clause : clauses) case_.clauses.emplace_back(clause);
  return *this;
}

// --- Putting it together --------------------------------------------------------------------------------------------------------

void CaseBuilder::place_regions() {
  if (!is_paged()) return;
  const auto up = [](u64 size, u64 unit) { return (size + unit - 1) / unit * unit; };
  auto& pre = execution().pre;
  std::vector<conformance::Page> pages;
  const u64 rw_at = 2 * 0x10000 + up(parts_.ro_size, 0x10000);
  if (parts_.ro_size != 0) pages.push_back({ro_start, static_cast<u32>(up(parts_.ro_size, 4096)), false});
  if (parts_.rw_size != 0) pages.push_back({rw_at, static_cast<u32>(up(parts_.rw_size, 4096)), true});
  const u64 stack_bytes = up(parts_.stack_size, 4096);
  if (stack_bytes != 0) pages.push_back({stack_top - stack_bytes, static_cast<u32>(stack_bytes), true});
  pre.pages.insert(pre.pages.begin(), pages.begin(), pages.end());
  std::vector<conformance::MemoryBytes> memory;
  if (!parts_.ro_data.empty()) memory.push_back({ro_start, parts_.ro_data});
  if (!parts_.rw_data.empty()) memory.push_back({rw_at, parts_.rw_data});
  pre.memory.insert(pre.memory.begin(), memory.begin(), memory.end());
}

void CaseBuilder::assemble_program() {
  if (has_container_) return;
  if (has_regions_) place_regions();
  if (has_regions_ && !is_paged()) {
    case_.program = {ref::Container::polkavm, builder::polkavm_container(builder::polkavm_parts(case_.semantics, parts_))};
  } else {
    case_.program = {ref::Container::raw, builder::raw_container(parts_.blob)};
  }
}

Case CaseBuilder::finish(std::vector<std::string>& errors) {
  const auto report = [&](const std::string& text) { errors.push_back(case_.id + ": " + text); };
  for (const std::string& error : errors_) report(error);
  remove_repeated(case_.clauses);
  assemble_program();
  if (!errors_.empty()) return case_;
  if (const auto error = conformance::fill_expectations(case_)) {
    report(*error);
    return case_;
  }
  for (const Check& check : checks_) {
    const std::string fault = check.find_fault(case_, check.step);
    if (!fault.empty()) report("step " + std::to_string(check.step) + ": " + fault);
  }
  if (const auto error = conformance::check_case(case_)) report(conformance::to_text(*error));
  return case_;
}

// --- Independent knowledge ------------------------------------------------------------------------------------------------------

CaseBuilder& CaseBuilder::check(std::function<std::string(const Case&, std::size_t)> find_fault) {
  const auto* body = std::get_if<conformance::Execution>(&case_.body);
  const std::size_t step = body != nullptr && !body->steps.empty() ? body->steps.size() - 1 : 0;
  checks_.push_back({step, std::move(find_fault)});
  return *this;
}

CaseBuilder& CaseBuilder::check_post(std::function<std::string(const Post&)> find_fault) {
  return check([find_fault = std::move(find_fault)](const Case& c, std::size_t step) -> std::string {
    const auto* body = std::get_if<conformance::Execution>(&c.body);
    if (body == nullptr || step >= body->steps.size()) return "expected a run, the case has none";
    const auto* run = std::get_if<conformance::RunStep>(&body->steps[step]);
    if (run == nullptr) return "the last step isn't a run";
    return find_fault(run->post.any_of.front());
  });
}

CaseBuilder& CaseBuilder::expect(Status status) {
  return check_post([status](const Post& post) -> std::string {
    if (post.status == status) return "";
    return difference<std::string_view>("status", ref::name_of(status), post.status ? ref::name_of(*post.status) : "(nothing)");
  });
}

CaseBuilder& CaseBuilder::expect_reg(std::string_view name, u64 value) {
  const u32 number = register_number(name, errors_);
  const u64 kept = ref::register_bits(case_.semantics) == 32 ? value & 0xffffffff : value;
  return check_post([number, kept](const Post& post) -> std::string {
    if (!post.regs) return "no registers";
    const u64 actual = (*post.regs)[number];
    if (actual == kept) return "";
    return difference<std::string>(ref::register_name(static_cast<u8>(number)), conformance::hex_u64(kept), conformance::hex_u64(actual));
  });
}

CaseBuilder& CaseBuilder::expect_pc(std::optional<u32> pc) {
  return check_post([pc](const Post& post) { return compare_position("pc", pc, post.pc); });
}

CaseBuilder& CaseBuilder::expect_next_pc(std::optional<u32> next_pc) {
  return check_post([next_pc](const Post& post) { return compare_position("next pc", next_pc, post.next_pc); });
}

CaseBuilder& CaseBuilder::expect_gas(i64 gas) {
  return check_post([gas](const Post& post) -> std::string {
    if (post.gas == gas) return "";
    return difference<std::string>("gas", std::to_string(gas), post.gas ? std::to_string(*post.gas) : "(nothing)");
  });
}

CaseBuilder& CaseBuilder::expect_memory(u64 address, std::string_view digits) {
  return check_post([address, expected = hex(digits)](const Post& post) -> std::string {
    for (const conformance::MemoryBytes& range : post.memory) {
      if (address < range.address || address + expected.size() > range.address + range.bytes.size()) continue;
      const auto begin = range.bytes.begin() + static_cast<std::ptrdiff_t>(address - range.address);
      const Bytes actual(begin, begin + static_cast<std::ptrdiff_t>(expected.size()));
      if (actual == expected) return "";
      return difference<std::string>("memory", conformance::hex_bytes(expected), conformance::hex_bytes(actual));
    }
    return "memory at " + conformance::hex_u64(address) + " isn't in the post";
  });
}

CaseBuilder& CaseBuilder::expect_halt() {
  expect(Status::halt);
  return expect_pc(is_graypaper() ? std::optional<u32>(0) : none).expect_next_pc(none);
}

CaseBuilder& CaseBuilder::expect_trap(u32 pc) {
  expect(Status::trap);
  return expect_pc(is_graypaper() ? 0 : pc);
}

CaseBuilder& CaseBuilder::expect_host_call(u64 number) {
  expect(Status::host_call);
  return check_post([number](const Post& post) -> std::string {
    if (post.host_call == number) return "";
    return difference<std::string>("host call", conformance::hex_u64(number), post.host_call ? conformance::hex_u64(*post.host_call) : "-");
  });
}

CaseBuilder& CaseBuilder::expect_fault(u64 page, bool write_protected) {
  expect(Status::page_fault);
  return check_post([page, write_protected, told = !is_graypaper()](const Post& post) -> std::string {
    if (!post.fault) return "no fault";
    if (post.fault->address != page) {
      return difference<std::string>("fault", conformance::hex_u64(page), conformance::hex_u64(post.fault->address));
    }
    if (!told) return post.fault->write_protected ? "write_protected in a version that doesn't report it" : "";
    return post.fault->write_protected == write_protected ? "" : "write_protected isn't " + std::string(write_protected ? "true" : "false");
  });
}

CaseBuilder& CaseBuilder::expect_refused(u32 pc, u64 page, bool write_protected) {
  if (!is_paged() || page < 0x10000) return expect_trap(pc);
  return expect_fault(page, write_protected).expect_pc(pc).expect_next_pc(pc);
}

CaseBuilder& CaseBuilder::expect_out_of_gas(std::optional<u32> pc, i64 gas) {
  return expect(Status::out_of_gas).expect_pc(pc).expect_gas(gas);
}

CaseBuilder& CaseBuilder::expect_ok(bool ok) {
  return check([ok](const Case& c, std::size_t step) -> std::string {
    const bool actual = std::visit(
        [](const auto& s) {
          if constexpr (requires { s.ok; }) return s.ok;
          return true;
        },
        std::get<conformance::Execution>(c.body).steps[step]);
    return actual == ok ? "" : ok ? "refused, expected to succeed" : "succeeded, expected to be refused";
  });
}

CaseBuilder& CaseBuilder::expect_bytes(std::string_view digits) {
  return check([expected = hex(digits)](const Case& c, std::size_t step) -> std::string {
    const auto* read = std::get_if<conformance::ReadStep>(&std::get<conformance::Execution>(c.body).steps[step]);
    if (read == nullptr) return "the last step isn't a read";
    if (read->bytes == expected) return "";
    return difference<std::string>("bytes", conformance::hex_bytes(expected), conformance::hex_bytes(read->bytes));
  });
}

CaseBuilder& CaseBuilder::expect_rejected(ref::Reason reason) {
  rejected();
  return check([reason](const Case& c, std::size_t) -> std::string {
    const auto* body = std::get_if<conformance::Rejected>(&c.body);
    if (body == nullptr || !body->reason) return "not refused";
    return *body->reason == reason ? "" : difference<std::string_view>("reason", ref::name_of(reason), ref::name_of(*body->reason));
  });
}

CaseBuilder& CaseBuilder::jam_rejects(ref::Reason reason) {
  if (case_.semantics != Semantics::jam_1) return *this;
  checks_.clear();
  case_.config.gas_model.reset();
  return also({"validate.code"}).expect_rejected(reason);
}

CaseBuilder& CaseBuilder::expect_cost(u32 pc, i64 cost) {
  return check([pc, cost](const Case& c, std::size_t) -> std::string {
    for (const conformance::BlockCost& block : std::get<conformance::BlockCosts>(c.body)) {
      if (block.pc != pc) continue;
      return block.cost == cost ? "" : difference<std::string>("cost", std::to_string(cost), std::to_string(block.cost));
    }
    return "no cost for that position";
  });
}

}  // namespace pvm::gen
