// SPDX-License-Identifier: Apache-2.0 OR MIT
// From a recipe to the bytes of a program. Loops count down a register of their own and calls go one level deep, so that most programs end.
#include <algorithm>
#include <optional>

#include "pvm/builder/code.hpp"
#include "pvm/ref/machine.hpp"
#include "recipe.hpp"

namespace pvm::differential {
namespace {

using builder::Label;
using builder::Operands;
using isa::Op;

constexpr u8 ra = 0, t0 = 2, a0 = 7, a2 = 9;
constexpr i64 halt_address = 0xffff0000;

// The instructions of a version; those that make programs interesting more than once.
std::vector<Op> ops_of(ref::Semantics version) {
  std::vector<Op> ops;
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const Op op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (row.opcode[static_cast<std::size_t>(version)] < 0) continue;
    const bool is_special = op == Op::ecalli || op == Op::memset || op == Op::sbrk;
    ops.insert(ops.end(), is_special ? 5 : row.group == isa::Group::branch ? 2 : 1, op);
  }
  return ops;
}

Bytes pattern(u32 size) {
  Bytes bytes(size);
  for (u32 place = 0; place < size; ++place) bytes[place] = static_cast<u8>(place * 7 + 3);
  return bytes;
}

// The base register of a load or store, as in its clause; nullopt for the direct forms.
std::optional<u8> base_of(const isa::Row& row, const Operands& operands) {
  const bool has_register_value = row.name.starts_with("store") && row.operands.j == isa::Field::none;
  const isa::Field field = has_register_value ? row.operands.b : row.operands.a;
  if (field == isa::Field::none) return std::nullopt;
  return has_register_value ? operands.b : operands.a;
}

// 0 where there is no heap.
i64 max_heap_of(const Setup& setup) {
  const auto map = ref::map_memory(setup.config.page_size.value_or(4096), setup.ro_size, setup.rw_size, setup.stack_size,
                                   setup.config.aux_size.value_or(0));
  return map ? i64{map->max_heap_size} : 0;
}

class Writer {
 public:
  Writer(const Recipe& recipe, std::vector<u32> addresses)
      : recipe_(recipe),
        code_(recipe.setup.semantics),
        ops_(ops_of(recipe.setup.semantics)),
        addresses_(std::move(addresses)),
        is_bounded_(recipe.setup.config.metering != ref::Metering::sync),
        max_heap_(max_heap_of(recipe.setup)) {
    for (std::size_t index = 0; index < recipe.functions.size(); ++index) functions_.push_back(code_.new_label());
  }

  std::variant<builder::CodeBlob, std::string> write() {
    code_.bind(start_);
    body(recipe_.lines, true);
    ending();
    for (std::size_t index = 0; index < recipe_.functions.size(); ++index) {
      code_.bind(functions_[index]);
      body(recipe_.functions[index], false);
      code_.instruction(Op::jump_indirect, {.a = ra});
    }
    return code_.build();
  }

 private:
  struct Loop {
    Label head;
    u8 counter;
    std::size_t end;
  };

  void body(const std::vector<Line>& lines, bool calls) {
    plan_labels(lines);
    std::vector<Loop> open;
    for (std::size_t index = 0; index < lines.size(); ++index) {
      while (!open.empty() && open.back().end <= index) close(open);
      line(lines[index], index, calls, open);
    }
    while (!open.empty()) close(open);
    code_.instruction(Op::fallthrough, {});
    code_.bind(end_);
  }

  // Where branches of a body may lead, by line: places outside of loops, unless gas is there to end a loop that was jumped into.
  void plan_labels(const std::vector<Line>& lines) {
    labels_.assign(lines.size(), std::nullopt);
    end_ = code_.new_label();
    std::size_t loop_end = 0;
    for (std::size_t index = 0; index < lines.size(); ++index) {
      if (lines[index].shape == Line::Shape::block) {
        labels_[index] = code_.new_label();
        if (!is_bounded_ || index >= loop_end) code_.table_entry(*labels_[index]);
        if (is_bounded_ && index < loop_end) is_inside_.push_back(index);
      }
      if (lines[index].shape == Line::Shape::loop) loop_end = std::max(loop_end, index + 1 + loop_length(lines[index]));
    }
  }

  static std::size_t loop_length(const Line& line) { return line.count % 6 + 1; }

  // Some place behind a line; with metering sync any place at times.
  Label target_of(const Line& line, std::size_t index) const {
    std::vector<Label> places;
    const bool wild = !is_bounded_ && line.target % 8 == 7;
    for (std::size_t other = wild ? 0 : index + 1; other < labels_.size(); ++other) {
      const bool inside = std::find(is_inside_.begin(), is_inside_.end(), other) != is_inside_.end();
      if (labels_[other] && !inside) places.push_back(*labels_[other]);
    }
    places.push_back(end_);
    return places[line.target / 8 % places.size()];
  }

  void line(const Line& line, std::size_t index, bool calls, std::vector<Loop>& open) {
    if (labels_[index]) {
      code_.instruction(Op::fallthrough, {});
      code_.bind(*labels_[index]);
    }
    if (line.shape == Line::Shape::loop && open.size() < 2) {
      const std::size_t end = index + 1 + loop_length(line);
      const u8 counter = static_cast<u8>(t0 + open.size());
      code_.instruction(Op::load_imm, {.d = counter, .i = line.count / 6 % 5 + 1});
      code_.instruction(Op::fallthrough, {});
      open.push_back({code_.new_label(), counter, open.empty() ? end : std::min(end, open.back().end)});
      code_.bind(open.back().head);
    }
    if (line.shape == Line::Shape::call && calls && !functions_.empty()) call(functions_[line.target % functions_.size()]);
    instruction(line, index);
    if (line.gap != 0) code_.unmarked(Bytes(line.gap < 28 ? line.gap % 4 : line.gap, static_cast<u8>(line.address)));
  }

  void close(std::vector<Loop>& open) {
    const Loop loop = open.back();
    open.pop_back();
    code_.instruction(Op::add_imm_32, {.d = loop.counter, .a = loop.counter, .i = -1});
    code_.instruction(Op::branch_not_eq_imm, {.a = loop.counter, .i = 0}, {}, loop.head);
  }

  void call(Label function) {
    const Label back = code_.new_label();
    code_.instruction(Op::load_imm_and_jump, {.d = ra, .i = code_.table_entry(back)}, {}, function);
    code_.bind(back);
  }

  void instruction(const Line& line, std::size_t index) {
    const Op op = ops_[line.op % ops_.size()];
    const isa::Row& row = isa::row_of(op);
    Operands operands = {line.d, line.a, line.b, line.i, line.j, 0};
    builder::Lengths lengths;
    std::optional<Label> target;
    if (row.format == isa::Format::reg_reg_reg) operands.d = static_cast<u8>(operands.d | (line.gap == 1 ? 0x30 : 0));
    if (line.aimed) aim(line, index, row, operands);
    if (row.operands.target != isa::Field::none) {
      if (line.target % 64 == 63) {
        operands.target = line.address % 512;
      } else {
        target = target_of(line, index);
      }
    }
    lengthen(lengths.first, row, isa::Field::imm1, operands, line.longer[0]);
    lengthen(lengths.second, row, isa::Field::imm2, operands, line.longer[1]);
    code_.instruction(op, operands, lengths, target);
  }

  // An immediate in more bytes than it needs.
  static void lengthen(std::optional<u8>& length, const isa::Row& row, isa::Field field, const Operands& operands, u8 more) {
    if (more == 0 || row.format == isa::Format::reg_imm64) return;
    if (row.operands.i == field) length = static_cast<u8>(std::min(4, builder::shortest_length(operands.i) + more));
    if (row.operands.j == field) length = static_cast<u8>(std::min(4, builder::shortest_length(operands.j) + more));
  }

  // Makes an access or a dynamic jump lead somewhere.
  void aim(const Line& line, std::size_t index, const isa::Row& row, Operands& operands) {
    const i64 address = addresses_[line.address % addresses_.size()];
    if (row.name == "memset") {
      constexpr i64 counts[] = {1, 2, 4, 7, 8, 9, 100, 5000, -1};
      const i64 count = counts[line.target % (is_bounded_ ? 8 : 9)];
      load(a0, line.target / 16 % 8 == 5 ? -count : address);  // To the very end of the address space.
      load(a2, count);
    } else if (row.name == "sbrk") {
      const i64 sizes[] = {0, 1, 4096, 4095, 5000, 0x10000, 0xfff00000, 100, max_heap_, max_heap_ - 1, max_heap_ + 1};
      load(operands.a, sizes[line.target % 11]);
    } else if (row.name == "jump_indirect" || row.name == "load_imm_and_jump_indirect") {
      const bool is_plain = row.name == "jump_indirect";
      const i64 offset = is_plain ? operands.i : operands.j;
      load(operands.a, dynamic_address(line, index) - offset);
    } else if (row.group == isa::Group::memory) {
      if (const auto base = base_of(row, operands)) {
        load(*base, address - operands.i);
      } else {
        operands.i = address;
      }
    }
  }

  // Mostly one that leads somewhere; else the halt address, or one at the edges of the table.
  i64 dynamic_address(const Line& line, std::size_t index) {
    if (line.target % 16 == 5) return halt_address;
    if (line.target % 16 == 6) return line.address % 48;
    return code_.table_entry(target_of(line, index));
  }

  void load(u8 number, i64 value) {
    code_.instruction(Op::load_imm, {.d = number, .i = static_cast<i32>(static_cast<u32>(static_cast<u64>(value)))});
  }

  void ending() {
    const u8 kind = recipe_.ending % 8;
    if (kind < 3) {
      load(ra, halt_address);
      code_.instruction(Op::jump_indirect, {.a = ra});
    }
    if (kind == 3) code_.instruction(Op::trap, {});
    if (kind == 4) code_.instruction(Op::ecalli, {.i = 7});
    // With nothing behind it the branch can't be made. [jump.branch]
    if (kind == 5) code_.instruction(Op::branch_eq_imm, {.a = a0, .i = 0}, {}, start_);
    if (kind == 6) code_.instruction(Op::fallthrough, {});
    // Functions must not be run into by falling.
    if (kind >= 4 && !recipe_.functions.empty()) code_.unmarked(Bytes(kind == 7 ? 30 : 20, 0));
  }

  const Recipe& recipe_;
  builder::Code code_;
  std::vector<Op> ops_;
  std::vector<u32> addresses_;
  bool is_bounded_;
  i64 max_heap_;
  std::vector<Label> functions_;
  std::vector<std::optional<Label>> labels_;
  std::vector<std::size_t> is_inside_;
  Label start_ = code_.new_label();
  Label end_;
};

Bytes in_container(const Setup& setup, const builder::CodeBlob& blob) {
  switch (setup.container) {
    case ref::Container::raw: return builder::raw_container(blob);
    case ref::Container::standard: {
      builder::StandardContainer standard;
      standard.ro_data = pattern(setup.ro_size);
      standard.rw_data = pattern(setup.rw_size);
      standard.heap_pages = setup.heap_pages;
      standard.stack_size = setup.stack_size;
      standard.program = builder::raw_container(blob);
      return builder::standard_container(standard);
    }
    case ref::Container::polkavm: break;
  }
  builder::ProgramParts parts;
  parts.blob = blob;
  parts.ro_size = setup.ro_size;
  parts.rw_size = setup.rw_size;
  parts.stack_size = setup.stack_size;
  parts.ro_data = pattern(setup.ro_size / 2);
  parts.rw_data = pattern(setup.rw_size / 2);
  parts.imports = {"first", "second"};
  parts.exports = {{0, "main"}};
  return polkavm_container(polkavm_parts(setup.semantics, parts));
}

void do_damage(builder::CodeBlob& blob, const std::vector<Damage>& damage) {
  if (blob.code.empty()) return;
  for (const Damage& change : damage) {
    const std::size_t place = change.place % blob.code.size();
    blob.code[place] = static_cast<u8>(blob.code[place] ^ change.bits);
    if (change.mark) blob.bitmask[place / 8] = static_cast<u8>(blob.bitmask[place / 8] ^ (1U << (place % 8)));
  }
}

}  // namespace

std::vector<u32> interesting_addresses(const Setup& setup) {
  std::vector<u32> addresses;
  const auto add_area = [&](u64 begin, u64 end) {
    for (const u32 offset : {0x0U, 0x8U, 0x10U, 0x55U, 0x100U, 0x234U, 0x3f8U, 0x401U, 0x800U})
      addresses.push_back(static_cast<u32>(begin + offset));
    for (const u32 offset : {1U, 2U, 4U, 7U, 8U}) addresses.push_back(static_cast<u32>(end - offset));
    for (const u64 address : {begin - 1, begin - 4, end, end + 1}) addresses.push_back(static_cast<u32>(address));
  };
  const ref::Config config = full_config(setup.semantics, setup.config, setup.container);
  builder::CodeBlob blob;
  blob.code = {0};
  blob.bitmask = {1};
  const auto loaded = ref::load(in_container(setup, blob), config);
  if (const auto* program = std::get_if<ref::Program>(&loaded)) {
    const ref::Memory memory(*program);
    for (const auto& range : memory.ranges()) add_area(range.begin, range.end);
    if (program->is_paged()) {
      for (const u32 page : host_pages) add_area(page, u64{page} + memory.page_size());
    }
  }
  add_area(0x20000, 0x21000);
  return addresses;
}

std::variant<Built, std::string> build(const Recipe& recipe) {
  auto written = Writer(recipe, interesting_addresses(recipe.setup)).write();
  if (auto* error = std::get_if<std::string>(&written)) return std::move(*error);
  builder::CodeBlob& blob = std::get<builder::CodeBlob>(written);
  do_damage(blob, recipe.damage);
  return Built{recipe.setup.config, {recipe.setup.container, in_container(recipe.setup, blob)}};
}

}  // namespace pvm::differential
