// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs and states made up by RapidCheck, biased towards what matters.
#include "arbitrary.hpp"

#include <ostream>
#include <sstream>

namespace pvm::testing {
namespace {

constexpr u64 values[] = {0,
                          1,
                          2,
                          3,
                          4,
                          8,
                          31,
                          32,
                          63,
                          64,
                          0x7f,
                          0x80,
                          0xff,
                          0x7fff,
                          0x8000,
                          0xffff,
                          0x10000,
                          0x10ffc,
                          0x20000,
                          0x20ffc,
                          0x20fff,
                          0x21ffe,
                          0x22fff,
                          0x30000,
                          0x30fff,
                          0x40000,
                          0x7fffffff,
                          0x80000000,
                          0xfffdf000,
                          0xfffe0000,
                          0xffff0000,
                          0xfffffffc,
                          0xffffffff,
                          0x100020ffc,
                          0x1ffffffff,
                          u64{1} << 63,
                          (u64{1} << 63) - 1,
                          ~u64{0},
                          ~u64{0} - 1};
constexpr i64 immediates[] = {
    0, 1, -1, 2, 3, 4, 6, 8, 16, 31, 32, 127, -128, 255, 256, -4096, 4095, 0x10000, 0x20000, 0x20ffd, 0x21ffc, 0x7fffffff, -0x80000000LL,
    -4};

bool fits(const isa::Row& row, const Taste& taste) {
  if (row.name == "ecalli") return taste.host_calls;
  if (row.name == "memset") return taste.memset;
  return taste.memory || !row.clause.starts_with("memory.");
}

// The instructions of a version; those that make programs interesting more than once.
std::vector<isa::Op> ops_of(Semantics version, const Taste& taste) {
  std::vector<isa::Op> ops;
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const isa::Op op = static_cast<isa::Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (row.opcode[static_cast<std::size_t>(version)] < 0 || !fits(row, taste)) continue;
    const bool is_special = row.name == "ecalli" || row.name == "memset" || row.name == "sbrk" || row.name == "load_imm_and_jump";
    const std::size_t weight = is_special ? 6 : row.clause.starts_with("branch.") ? 2 : 1;
    ops.insert(ops.end(), weight, op);
  }
  return ops;
}

builder::CodeBlob arbitrary_blob() {
  builder::CodeBlob blob;
  blob.code =
      *rc::gen::container<Bytes>(rc::gen::weightedOneOf<u8>({{1, rc::gen::arbitrary<u8>()},
                                                             {1, rc::gen::inRange<u8>(0, 12)},
                                                             {1, rc::gen::element<u8>(10, 33, 40, 50, 51, 81, 100, 170, 180, 190, 200)}}));
  blob.bitmask = Bytes((blob.code.size() + 7) / 8, 0);
  const bool dense = *rc::gen::arbitrary<bool>();
  for (std::size_t place = 0; place < blob.code.size(); ++place) {
    const bool marked = place == 0 || (dense ? *rc::gen::inRange(0, 3) == 0 : *rc::gen::inRange(0, 12) == 0);
    if (marked) blob.bitmask[place / 8] = static_cast<u8>(blob.bitmask[place / 8] | (1u << (place % 8)));
  }
  blob.entry_size = *rc::gen::inRange<u8>(0, 5);
  const u64 mask = blob.entry_size == 0 ? 0 : (u64{1} << (8 * blob.entry_size)) - 1;
  for (u64& entry : blob.jump_table = *rc::gen::container<std::vector<u64>>(rc::gen::inRange<u64>(0, 70))) entry &= mask;
  return blob;
}

Bytes in_container(const ref::Config& config, const builder::CodeBlob& blob) {
  builder::ProgramParts parts;
  parts.blob = blob;
  switch (config.container) {
    case ref::Container::raw: return raw_container(blob);
    case ref::Container::standard: {
      builder::StandardContainer standard;
      standard.ro_data = *rc::gen::container<Bytes>(rc::gen::arbitrary<u8>());
      standard.rw_data = *rc::gen::container<Bytes>(rc::gen::arbitrary<u8>());
      standard.heap_pages = *rc::gen::inRange<u32>(0, 3);
      standard.stack_size = *rc::gen::element<u32>(0, 1, 4096, 5000);
      standard.program = raw_container(blob);
      return standard_container(standard);
    }
    case ref::Container::polkavm: break;
  }
  parts.ro_size = *rc::gen::element<u32>(0, 5, 4096, 4097);
  parts.rw_size = *rc::gen::element<u32>(0, 5, 4096, 8192);
  parts.stack_size = *rc::gen::element<u32>(0, 1, 4096);
  return polkavm_container(polkavm_parts(config.semantics, parts));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Line& line) {
  return out << "{op " << line.op << " d " << int{line.d} << " a " << int{line.a} << " b " << int{line.b} << " i " << line.i << " j "
             << line.j << " target " << line.target << (line.starts_block ? " starts a block}" : "}");
}

rc::Gen<Semantics> arbitrary_semantics() {
  return rc::gen::element(Semantics::revive_1, Semantics::rv32_1, Semantics::rv64_1, Semantics::jam_1, Semantics::graypaper_0_7_2);
}

rc::Gen<u64> arbitrary_value() {
  return rc::gen::weightedOneOf<u64>(
      {{4, rc::gen::elementOf(std::vector<u64>(std::begin(values), std::end(values)))}, {1, rc::gen::arbitrary<u64>()}});
}

rc::Gen<std::vector<Line>> arbitrary_lines() {
  const auto immediate =
      rc::gen::weightedOneOf<i64>({{3, rc::gen::elementOf(std::vector<i64>(std::begin(immediates), std::end(immediates)))},
                                   {1, rc::gen::map(rc::gen::arbitrary<ref::i32>(), [](ref::i32 value) { return i64{value}; })}});
  // Few registers, so that results are used.
  const auto number = rc::gen::weightedElement<u8>({{4, 7}, {4, 8}, {4, 9}, {2, 10}, {1, 1}, {1, 2}, {1, 5}, {1, 12}});
  return rc::gen::container<std::vector<Line>>(
      rc::gen::build<Line>(rc::gen::set(&Line::op, rc::gen::inRange<u32>(0, 1000)), rc::gen::set(&Line::d, number),
                           rc::gen::set(&Line::a, number), rc::gen::set(&Line::b, number), rc::gen::set(&Line::i, immediate),
                           rc::gen::set(&Line::j, immediate), rc::gen::set(&Line::target, rc::gen::inRange<u32>(0, 1000)),
                           rc::gen::set(&Line::starts_block, rc::gen::weightedElement<bool>({{2, false}, {1, true}}))));
}

builder::CodeBlob code_of(Semantics version, const std::vector<Line>& lines, const Taste& taste) {
  const std::vector<isa::Op> ops = ops_of(version, taste);
  builder::Code code(version);
  std::vector<builder::Label> labels = {code.new_label()};
  for (const Line& line : lines) {
    if (line.starts_block) labels.push_back(code.new_label());
  }
  for (const builder::Label label : labels) code.table_entry(label);
  code.bind(labels[0]);
  std::size_t next_label = 1;
  for (const Line& line : lines) {
    if (line.starts_block) {
      code.instruction(isa::Op::fallthrough, {});
      code.bind(labels[next_label++]);
    }
    const builder::Operands operands = {line.d, line.a, line.b, line.i, line.j, 0};
    const isa::Op op = ops[line.op % ops.size()];
    const bool jumps = isa::row_of(op).operands.target != isa::Field::none;
    code.instruction(op, operands, {}, jumps ? std::optional(labels[line.target % labels.size()]) : std::nullopt);
  }
  code.instruction(isa::Op::jump_indirect, {0, 0, 0, 0, 0, 0});
  auto blob = code.build();
  RC_ASSERT(std::holds_alternative<builder::CodeBlob>(blob));
  return std::get<builder::CodeBlob>(std::move(blob));
}

ref::Config pick_config(Semantics version) {
  ref::Config config;
  config.semantics = version;
  config.metering = *rc::gen::weightedElement<ref::Metering>({{4, ref::Metering::sync}, {1, ref::Metering::none}});
  if (ref::is_graypaper(version)) {
    config.container = *rc::gen::element(ref::Container::raw, ref::Container::standard);
    if (config.container == ref::Container::standard) config.arguments = *rc::gen::container<Bytes>(rc::gen::arbitrary<u8>());
    return config;
  }
  if (*rc::gen::inRange(0, 5) == 0) config.metering = ref::Metering::async;
  config.container = *rc::gen::element(ref::Container::raw, ref::Container::polkavm);
  config.dynamic_paging = *rc::gen::inRange(0, 3) == 0;
  if (!config.dynamic_paging) config.aux_size = *rc::gen::element<u32>(0, 0, 1, 5000);
  config.page_size = *rc::gen::element<u32>(4096, 4096, 4096, 16384, 65536);
  if (version != Semantics::revive_1 && *rc::gen::inRange(0, 3) == 0) {
    config.gas_model = ref::GasModel::pipeline_1;
    config.memory_cost = *rc::gen::element<u32>(1, 4, 25, 37);
  }
  return config;
}

Scenario pick_scenario(const Taste& taste, std::optional<ref::Metering> metering) {
  const Semantics version = *arbitrary_semantics();
  ref::Config config = pick_config(version);
  if (metering) config.metering = *metering;
  Taste limited = taste;
  // A memset is bounded by gas, and under other metering by nothing but 2^32.
  if (config.metering != ref::Metering::sync) limited.memset = false;
  const bool any_bytes = taste.any_bytes && limited.memset && *rc::gen::inRange(0, 4) == 0;
  const builder::CodeBlob blob = any_bytes ? arbitrary_blob() : code_of(version, *arbitrary_lines(), limited);
  auto loaded = ref::load(in_container(config, blob), config);
  if (std::holds_alternative<ref::Rejection>(loaded)) RC_DISCARD("the program is refused");

  Scenario scenario;
  scenario.program = std::get<ref::Program>(std::move(loaded));
  for (u64& value : scenario.registers) value = *arbitrary_value();
  scenario.registers[0] = 0xffff0000;
  const u32 size = scenario.program.code_size();
  scenario.pc = *rc::gen::weightedOneOf<u32>({{4, rc::gen::just(u32{0})}, {1, rc::gen::inRange<u32>(0, size + 3)}});
  scenario.gas =
      *rc::gen::weightedOneOf<i64>({{3, rc::gen::inRange<i64>(500, 2000)}, {2, rc::gen::inRange<i64>(0, 40)}, {1, rc::gen::just(i64{-1})}});
  if (scenario.program.is_paged() && config.container != ref::Container::standard) {
    for (const u32 page : scenario_pages) {
      const int kind = *rc::gen::inRange(0, 4);
      if (kind < 3 && page % config.page_size == 0) scenario.pages.emplace_back(page, kind != 0);
    }
  }
  return scenario;
}

ref::Machine machine_of(const Scenario& scenario) {
  ref::Machine machine(scenario.program);
  for (u32 number = 0; number < 13; ++number) machine.set_reg(number, scenario.registers[number]);
  machine.set_gas(scenario.gas);
  for (const auto& [address, writable] : scenario.pages) {
    if (!machine.memory().map(address, machine.memory().page_size(), writable)) RC_FAIL("a page can't be mapped");
  }
  machine.set_pc(scenario.pc);
  return machine;
}

std::string text_of(const Scenario& scenario) {
  std::ostringstream text;
  const ref::Config& config = scenario.program.config;
  text << name_of(config.semantics) << ' ' << name_of(config.container) << ' ' << name_of(*config.gas_model) << ' '
       << name_of(config.metering) << (config.dynamic_paging ? " paged" : "") << ", pc " << scenario.pc << ", gas " << scenario.gas << '\n';
  for (u32 number = 0; number < 13; ++number)
    text << ref::register_name(static_cast<u8>(number)) << "=0x" << std::hex << scenario.registers[number] << std::dec << ' ';
  text << '\n';
  for (u32 pc = 0; pc < scenario.program.code_size(); ++pc) {
    if (scenario.program.is_marked(pc)) text << pc << ": " << disassemble(scenario.program, decode(scenario.program, pc)) << '\n';
  }
  return text.str();
}

}  // namespace pvm::testing
