// SPDX-License-Identifier: Apache-2.0 OR MIT
// The back end: memory, numbers of imports, addresses, instructions, code.
#include <algorithm>
#include <set>

#include "emit/code.hpp"
#include "emit/imports.hpp"
#include "emit/memory.hpp"
#include "emit/select.hpp"
#include "optimize/facts.hpp"

namespace pvm::link {
namespace {

constexpr u64 max_jump_table_entries = 16'777'216;  // [blob.code]

Outcome<ref::Semantics> version_for(const Program& program, const LinkOptions& options) {
  if (!options.semantics) return program.register_bits == 32 ? ref::Semantics::rv32_1 : ref::Semantics::rv64_1;
  if (ref::register_bits(*options.semantics) == program.register_bits) return *options.semantics;
  return LinkError{.message = "the objects have " + std::to_string(program.register_bits) + "-bit registers, which " +
                              std::string(ref::name_of(*options.semantics)) + " hasn't",
                   .remedy = "compile for the other width or choose another instruction set"};
}

/// Blocks that something other than the block before them leads to: the machine must be able to jump there. [target.valid]
std::vector<bool> targets(const Program& program, const CodeAddresses& code, const std::vector<BlockId>& prefix) {
  std::vector<bool> is_target(program.blocks.size());
  for (std::size_t place = 0; place < program.layout.size(); ++place) {
    const Terminator& end = program.block(program.layout[place]).end;
    const auto mark = [&](BlockId id) {
      const bool is_next = place + 1 < program.layout.size() && program.layout[place + 1] == id;
      if (!is_next || end.kind == Terminator::Kind::call) is_target[index_of(id)] = true;
    };
    using Kind = Terminator::Kind;
    if (end.kind == Kind::jump || end.kind == Kind::branch || end.kind == Kind::call) mark(end.target);
    if (end.kind == Kind::branch) mark(end.otherwise);
  }
  for (const BlockId id : code.entries()) is_target[index_of(id)] = true;
  for (const BlockId id : prefix) is_target[index_of(id)] = true;
  for (const Export& exported : program.exports) is_target[index_of(exported.block)] = true;
  return is_target;
}

std::optional<LinkError> check_targets(const Program& program) {
  std::vector<bool> there(program.blocks.size());
  for (const BlockId id : program.layout) there[index_of(id)] = true;
  const auto absent = [&](BlockId id) { return index_of(id) >= there.size() || !there[index_of(id)]; };
  const auto names_nothing = [&](const Value& value) {
    if (value.kind == Value::Kind::code) return absent(value.block());
    return value.kind == Value::Kind::data && !program.section(value.section()).used;
  };
  for (const BlockId id : program.layout) {
    const Terminator& end = program.block(id).end;
    using Kind = Terminator::Kind;
    const bool has_target = end.kind == Kind::jump || end.kind == Kind::branch || end.kind == Kind::call;
    const bool has_otherwise = end.kind == Kind::branch || end.kind == Kind::call || end.kind == Kind::call_indirect;
    if ((has_target && absent(end.target)) || (has_otherwise && absent(end.otherwise))) {
      return LinkError{.message = "a jump leads to code that is not in the program"};
    }
    bool is_complete = true;
    for_each_value(program.block(id), [&](const Value& value) { is_complete = is_complete && !names_nothing(value); });
    if (!is_complete) return LinkError{.message = "an instruction takes the address of something that is not in the program"};
  }
  for (const Export& exported : program.exports) {
    if (absent(exported.block)) return LinkError{.symbol = exported.symbol, .message = "the code of the export is not in the program"};
  }
  return std::nullopt;
}

Outcome<std::vector<BlockId>> dispatch_targets(const Program& program, const std::vector<std::string>& names) {
  std::vector<BlockId> blocks;
  for (const std::string& name : names) {
    const auto found = std::find_if(program.exports.begin(), program.exports.end(), [&](const Export& e) { return e.symbol == name; });
    if (found == program.exports.end()) {
      return LinkError{
          .symbol = name, .message = "stands in the dispatch table but is not exported", .remedy = "export it or leave it out"};
    }
    blocks.push_back(found->block);
  }
  return blocks;
}

/// For each instruction the registers that the rest of the block writes before it reads them.
void dead_registers(const Program& program, const Block& block, std::vector<RegisterSet>& dead) {
  dead.resize(block.body.size());
  RegisterSet now = writes(block.end) & ~reads(block.end);
  for (std::size_t index = block.body.size(); index-- > 0;) {
    dead[index] = now;
    now = (now | writes(block.body[index])) & ~reads(program, block.body[index]);
  }
}

Outcome<std::vector<SelectedBlock>> select_all(const Program& program, Selector& selector, const std::vector<bool>& is_target) {
  std::vector<SelectedBlock> blocks;
  blocks.reserve(program.layout.size());
  std::vector<RegisterSet> dead;
  for (std::size_t place = 0; place < program.layout.size(); ++place) {
    SelectedBlock selected{program.layout[place], {}};
    const Block& block = program.block(selected.id);
    dead_registers(program, block, dead);
    for (std::size_t index = 0; index < block.body.size(); ++index) {
      if (auto error = selector.select(block.body[index], dead[index], selected.ops)) return *std::move(error);
    }
    std::optional<BlockId> next;
    if (place + 1 < program.layout.size()) next = program.layout[place + 1];
    selector.select(block.end, next, next && is_target[index_of(*next)], selected.ops);
    blocks.push_back(std::move(selected));
  }
  return blocks;
}

u8 entry_size(const std::vector<u64>& table) {
  const u64 largest = table.empty() ? 0 : *std::max_element(table.begin(), table.end());
  u8 size = table.empty() ? 0 : 1;
  while (size < 4 && largest >> (8 * size) != 0) ++size;
  return size;
}

Outcome<std::vector<Image::ExportEntry>> export_entries(const Program& program, const Code& code) {
  std::vector<Image::ExportEntry> entries;
  std::set<std::string> known;
  for (const Export& exported : program.exports) {
    if (!known.insert(exported.symbol).second) {
      return LinkError{.symbol = exported.symbol, .message = "is exported twice", .remedy = "export each symbol once"};
    }
    entries.push_back({code.block_offset[index_of(exported.block)], exported.symbol});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.code_offset < b.code_offset; });
  return entries;
}

/// Memory, and instructions that know of it.
struct Selection {
  MemoryPlan memory;
  std::vector<SelectedBlock> blocks;
  std::size_t block_count = 0;  ///< With labels.
};

/// `spill_slot`: with or without one; nothing if there has to be one.
Outcome<std::optional<Selection>> select_with(const Program& program, const LinkOptions& options, ref::Semantics semantics,
                                              const CodeAddresses& addresses, const ImportNumbers& imports,
                                              const std::vector<BlockId>& prefix, bool spill_slot) {
  auto planned = plan_memory(program, options, semantics, spill_slot);
  if (auto* error = std::get_if<LinkError>(&planned)) return std::move(*error);
  Selection selection{std::move(std::get<MemoryPlan>(planned)), {}, 0};
  const Resolver resolve{program, selection.memory, addresses};
  Selector selector(resolve, semantics, imports.number);
  auto selected = select_all(program, selector, targets(program, addresses, prefix));
  if (auto* error = std::get_if<LinkError>(&selected)) return std::move(*error);
  if (selector.has_spilled() && !spill_slot) return std::optional<Selection>();
  selection.blocks = std::move(std::get<std::vector<SelectedBlock>>(selected));
  selection.block_count = selector.block_count();
  return std::optional(std::move(selection));
}

void fill_in(Image& image, Code& code, const CodeAddresses& addresses, const MemoryPlan& memory, DataImage& data) {
  image.statistics = {.code_bytes = code.bytes.size(),
                      .instructions = code.instructions,
                      .blocks = image.statistics.blocks,
                      .ro_bytes = memory.ro_size,
                      .rw_bytes = memory.rw_size - memory.zero_bytes,
                      .bss_bytes = memory.zero_bytes};
  for (const BlockId id : addresses.entries()) image.jump_table.push_back(code.block_offset[index_of(id)]);
  image.jump_table_entry_size = entry_size(image.jump_table);
  image.code = std::move(code.bytes);
  image.bitmask = std::move(code.bitmask);
  image.spans = std::move(code.spans);
  image.ro_data = std::move(data.ro);
  image.rw_data = std::move(data.rw);
  image.ro_size = memory.ro_size;
  image.rw_size = memory.rw_size;
  image.stack_size = memory.stack_size;
}

}  // namespace

Outcome<Image> emit(const Program& program, const LinkOptions& options) {
  const auto version = version_for(program, options);
  if (const auto* error = std::get_if<LinkError>(&version)) return *error;
  const ref::Semantics semantics = std::get<ref::Semantics>(version);
  if (auto error = check_targets(program)) return *std::move(error);
  const auto prefix = dispatch_targets(program, options.dispatch_table);
  if (const auto* error = std::get_if<LinkError>(&prefix)) return *error;
  auto imports = number_imports(program);
  if (auto* error = std::get_if<LinkError>(&imports)) return std::move(*error);

  const CodeAddresses addresses(program);
  if (addresses.entries().size() > max_jump_table_entries) {
    return LinkError{.message = "more than " + std::to_string(max_jump_table_entries) + " addresses of code are taken"};
  }
  // Few programs need the slot; which ones turns out when instructions are selected.
  std::optional<Selection> selection;
  for (const bool spill_slot : {false, true}) {
    if (selection) break;
    auto selected = select_with(program, options, semantics, addresses, std::get<ImportNumbers>(imports),
                                std::get<std::vector<BlockId>>(prefix), spill_slot);
    if (auto* error = std::get_if<LinkError>(&selected)) return std::move(*error);
    selection = std::move(std::get<std::optional<Selection>>(selected));
  }
  const MemoryPlan& memory = selection->memory;
  const Resolver resolve{program, memory, addresses};
  auto data = write_data(program, memory, resolve);
  if (auto* error = std::get_if<LinkError>(&data)) return std::move(*error);
  auto made = encode_code(selection->blocks, selection->block_count, semantics, std::get<std::vector<BlockId>>(prefix));
  if (auto* error = std::get_if<LinkError>(&made)) return std::move(*error);

  Image image;
  image.semantics = semantics;
  image.statistics.blocks = program.layout.size();
  image.imports = std::move(std::get<ImportNumbers>(imports).symbols);
  Code& code = std::get<Code>(made);
  auto exports = export_entries(program, code);
  if (auto* error = std::get_if<LinkError>(&exports)) return std::move(*error);
  image.exports = std::move(std::get<std::vector<Image::ExportEntry>>(exports));
  fill_in(image, code, addresses, memory, std::get<DataImage>(data));
  return image;
}

}  // namespace pvm::link
