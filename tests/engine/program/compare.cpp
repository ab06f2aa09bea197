// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine's answers about a program held against those of the reference interpreter.
#include "compare.hpp"

#include <algorithm>

#include "program/gas.hpp"
#include "program/instruction.hpp"
#include "pvm/ref/gas.hpp"

namespace pvm::testing {
namespace {

// Remembers the first thing that differs.
class Differences {
 public:
  template <typename A, typename B>
  void compare(std::string_view what, const A& expected, const B& actual) {
    if (!text_ && !(expected == actual)) text_ = std::string(what) + " differs";
  }
  void at(std::string_view what, u64 place) {
    if (text_ && !has_place_) *text_ += " at " + std::string(what) + " " + std::to_string(place), has_place_ = true;
  }
  bool found() const { return text_.has_value(); }
  const std::optional<std::string>& text() const { return text_; }

 private:
  std::optional<std::string> text_;
  bool has_place_ = false;
};

std::vector<u8> without_padding(const std::vector<u8>& bytes, u32 padding) {
  return {bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(padding)};
}

bool ends_in_zeros(const std::vector<u8>& bytes, u32 padding) {
  return bytes.size() >= padding &&
         std::all_of(bytes.end() - static_cast<std::ptrdiff_t>(padding), bytes.end(), [](u8 byte) { return byte == 0; });
}

std::optional<std::string> content_difference(const ref::Program& expected, const engine::Program& actual) {
  Differences found;
  found.compare("padding of the code", true, ends_in_zeros(actual.code, engine::Program::code_padding));
  found.compare("padding of the bitmask", true, ends_in_zeros(actual.bitmask, engine::Program::bitmask_padding));
  if (found.found()) return found.text();
  found.compare("code", expected.code, without_padding(actual.code, engine::Program::code_padding));
  found.compare("code size", expected.code_size(), actual.code_size);
  found.compare("bitmask", expected.bitmask, without_padding(actual.bitmask, engine::Program::bitmask_padding));
  found.compare("jump table", expected.jump_table, actual.jump_table);
  found.compare("width of entries", expected.jump_table_entry_size, actual.jump_table_entry_size);
  const bool has_entries = expected.jump_table_entry(0).has_value();
  found.compare("number of entries", has_entries ? expected.jump_table_count : 0, actual.jump_table_count);
  const u64 to_ask = std::min<u64>(expected.jump_table_count, 300) + 2;
  for (u64 index = 0; index < to_ask; ++index) {
    found.compare("entry", expected.jump_table_entry(index), actual.jump_table_entry(index));
    found.at("index", index);
  }
  found.compare("last entry", expected.jump_table_entry(expected.jump_table_count - 1),
                actual.jump_table_entry(expected.jump_table_count - 1));
  found.compare("greatest index", expected.jump_table_entry(~u64{0}), actual.jump_table_entry(~u64{0}));
  found.compare("ro_data_size", expected.ro_data_size, actual.ro_data_size);
  found.compare("rw_data_size", expected.rw_data_size, actual.rw_data_size);
  found.compare("stack_size", expected.stack_size, actual.stack_size);
  found.compare("ro_data", expected.ro_data, actual.ro_data);
  found.compare("rw_data", expected.rw_data, actual.rw_data);
  found.compare("heap pages", expected.heap_pages, actual.heap_pages);
  found.compare("imports", expected.imports, actual.imports);
  found.compare("exports", true, std::ranges::equal(expected.exports, actual.exports, [](const auto& a, const auto& b) {
                  return a.code_offset == b.code_offset && a.symbol == b.symbol;
                }));
  found.compare("semantics", static_cast<u8>(expected.config.semantics), static_cast<u8>(*actual.config.semantics));
  found.compare("gas model", static_cast<u8>(*expected.config.gas_model), static_cast<u8>(*actual.config.gas_model));
  found.compare("paging", expected.is_paged(), actual.is_paged());
  return found.text();
}

void compare_field(Differences& found, isa::Field field, const ref::Instruction& expected, const engine::Instruction& actual) {
  switch (field) {
    case isa::Field::none: return;
    case isa::Field::reg1: return found.compare("reg1", expected.reg1, actual.reg1);
    case isa::Field::reg2: return found.compare("reg2", expected.reg2, actual.reg2);
    case isa::Field::reg3: return found.compare("reg3", expected.reg3, actual.reg3);
    case isa::Field::imm1: return found.compare("imm1", expected.imm1, actual.imm1);
    case isa::Field::imm2: return found.compare("imm2", expected.imm2, actual.imm2);
    case isa::Field::offset: return found.compare("target", expected.target, actual.target);
  }
}

void compare_instructions(Differences& found, const ref::Instruction& expected, const engine::Instruction& actual) {
  found.compare("op", expected.op, actual.op);
  found.compare("pc", expected.pc, actual.pc);
  found.compare("next", expected.next, actual.next);
  const isa::Row& row = isa::row_of(expected.op);
  const isa::Operands& operands = row.operands;
  for (const isa::Field field : {operands.d, operands.a, operands.b, operands.i, operands.j, operands.target}) {
    compare_field(found, field, expected, actual);
  }
  found.compare("ends_block", row.ends_block, engine::ends_block(expected.op));
  found.compare("falls_through", row.falls_through, engine::falls_through(expected.op));
  found.compare("is_branch", row.group == isa::Group::branch, engine::is_branch(expected.op));
}

// By its definition, for every position up to the code's end. [block.start]
std::vector<std::optional<u32>> predecessors(const ref::Program& program) {
  std::vector<std::optional<u32>> before(program.code_size() + 1);
  for (u32 pc = 0; pc < program.code_size(); ++pc) {
    if (program.is_marked(pc)) before[ref::decode(program, pc).next] = pc;
  }
  return before;
}

void compare_position(Differences& found, const ref::Program& expected, const engine::Program& actual, u32 pc) {
  const ref::Instruction instruction = ref::decode(expected, pc);
  compare_instructions(found, instruction, engine::decode(actual, pc));
  if (pc < expected.code_size()) found.compare("skip", ref::skip_at(expected, pc), engine::skip_at(actual, pc));
  found.compare("mark", expected.is_marked(pc), actual.is_marked(pc));
  found.compare("block start", ref::block_start(expected, pc), engine::block_start(actual, pc));
  found.compare("validity as a target", ref::is_valid_target(expected, pc), engine::is_valid_target(actual, pc));
  if (engine::is_branch(instruction.op)) {
    found.compare("soundness", ref::branch_is_sound(expected, instruction), engine::branch_is_sound(actual, engine::decode(actual, pc)));
  }
  found.at("position", pc);
}

}  // namespace

std::optional<std::string> load_difference(std::span<const u8> bytes, const ref::Config& config) {
  const auto expected = ref::load(bytes, config);
  const auto actual = engine::load(bytes, engine_config(config));
  const auto* rejection = std::get_if<ref::Rejection>(&expected);
  if (rejection == nullptr) {
    return actual ? content_difference(std::get<ref::Program>(expected), *actual) : "refused by the engine only: " + actual.error().message;
  }
  if (actual) return "refused by the reference only: " + std::string(name_of(rejection->reason));
  const Error& error = actual.error();
  if (error.code != ErrorCode::program_rejected) return "error: " + error.message;
  if (error.reason != static_cast<Reason>(rejection->reason) || error.offset != rejection->offset) {
    return error.message + " instead of " + std::string(name_of(rejection->reason)) + " at " + std::to_string(rejection->offset);
  }
  return std::nullopt;
}

std::optional<std::string> code_difference(const ref::Program& expected, const engine::Program& actual) {
  Differences found;
  const u32 size = expected.code_size();
  const auto before = predecessors(expected);
  for (u32 pc = 0; pc <= size && !found.found(); ++pc) {
    compare_position(found, expected, actual, pc);
    found.compare("predecessor", before[pc], engine::predecessor(actual, pc));
    found.at("position", pc);
  }
  const std::optional<u32> none;
  for (const u32 pc : {size + 1, size + 7, size + 8, size + 64, size + 4096, u32{0x80000000}, u32{0xfffffffe}, u32{0xffffffff}}) {
    compare_position(found, expected, actual, pc);
    found.compare("predecessor", none, engine::predecessor(actual, pc));
  }
  for (const u64 target : {u64{1} << 32, (u64{1} << 32) + size, ~u64{0}}) {
    found.compare("wide target", ref::is_valid_target(expected, target), engine::is_valid_target(actual, target));
  }
  return found.text();
}

std::optional<std::string> cost_difference(const ref::Program& expected, const engine::Program& actual, u32 limit) {
  Differences found;
  for (u32 pc = 0; pc < expected.code_size() && limit != 0; ++pc) {
    if (ref::block_start(expected, pc) != pc && !ref::is_valid_target(expected, pc)) continue;
    --limit;
    found.compare("cost", ref::block_cost(expected, pc), engine::block_cost(actual, pc));
    found.at("block", pc);
  }
  return found.text();
}

}  // namespace pvm::testing
