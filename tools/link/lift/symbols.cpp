// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which definition a name means, and what an address of the input stands for.
#include <elf.h>

#include <algorithm>

#include "lift/context.hpp"

namespace pvm::link::lifting {
namespace {

/// How strongly a symbol defines its name.
enum class Strength : u8 { none, weak, common, strong };

Strength strength_of(const Context& context, u32 object, const elf::Symbol& symbol) {
  if (symbol.is_undefined() || symbol.name.empty()) return Strength::none;
  if (symbol.is_common()) return Strength::common;
  if (!symbol.special && context.sections[object][symbol.section].role == Role::discarded) return Strength::none;
  return symbol.binding == STB_WEAK ? Strength::weak : Strength::strong;
}

bool is_global(const elf::Symbol& symbol) {
  return symbol.binding == STB_GLOBAL || symbol.binding == STB_WEAK || symbol.binding == STB_GNU_UNIQUE;
}

/// Marks all sections of COMDAT groups of which an earlier object has the same.
void discard_copies(Context& context) {
  std::unordered_map<std::string_view, u32> kept;
  for (u32 object = 0; object < context.objects.size(); ++object) {
    for (const elf::Group& group : context.objects[object].comdat_groups) {
      if (kept.try_emplace(group.signature, object).second) continue;
      for (const u32 member : group.members) context.sections[object][member].role = Role::discarded;
    }
  }
}

std::string describe(const Context& context, u32 object) {
  return context.objects[object].path;
}

/// A place in a discarded section means the same place in the copy that was kept; only named symbols can be found there.
Target bad(std::string message, std::string remedy, std::string symbol = {}) {
  Target target;
  target.kind = Target::Kind::bad;
  target.fault = LinkError{.symbol = std::move(symbol), .message = std::move(message), .remedy = std::move(remedy)};
  return target;
}

Target data_target(u32 id, i64 offset) {
  constexpr i64 limit = i64{1} << 32;
  if (offset < -limit || offset > limit) {
    return bad("the relocation overflows: an address " + std::to_string(offset) + " bytes away from its section", "check the addend");
  }
  return {Target::Kind::data, id, offset};
}

Target code_target(const Context& context, u32 id, i64 offset) {
  if (offset < 0 || static_cast<u64>(offset) > context.code[id].bytes.size()) {
    return bad("it leads out of its code section, to offset " + std::to_string(offset),
               "link with --emit-relocs so that each address has its symbol");
  }
  if (offset % 2 != 0) return bad("it leads to an odd code address", "");
  return {Target::Kind::code, id, offset};
}

/// The symbol that a reference to this one means: the chosen definition of its name, or the symbol itself.
std::pair<u32, u32> definition_of(const Context& context, u32 object, u32 symbol) {
  const elf::Symbol& found = context.objects[object].symbols[symbol];
  if (!is_global(found)) return {object, symbol};
  const auto global = context.globals.find(found.name);
  return global == context.globals.end() ? std::pair{object, symbol} : global->second;
}

i64 value_plus(u64 value, i64 addend) {
  return static_cast<i64>(value + static_cast<u64>(addend));
}

}  // namespace

std::optional<LinkError> resolve_symbols(Context& context) {
  discard_copies(context);
  for (u32 object = 0; object < context.objects.size(); ++object) {
    const auto& symbols = context.objects[object].symbols;
    for (u32 number = 1; number < symbols.size(); ++number) {
      const elf::Symbol& symbol = symbols[number];
      if (symbol.name == "__global_pointer$" && context.objects[object].type != ET_REL) {
        context.global_pointers[object] = static_cast<i64>(symbol.value);
      }
      const Strength strength = is_global(symbol) ? strength_of(context, object, symbol) : Strength::none;
      if (strength == Strength::none) continue;
      const auto [known, is_new] = context.globals.try_emplace(symbol.name, object, number);
      if (is_new) continue;
      const auto [other_object, other_number] = known->second;
      const elf::Symbol& other = context.objects[other_object].symbols[other_number];
      const Strength other_strength = strength_of(context, other_object, other);
      if (strength == Strength::strong && other_strength == Strength::strong) {
        return LinkError{.path = describe(context, object),
                         .symbol = std::string(symbol.name),
                         .message = "defined twice, the first time in " + describe(context, other_object),
                         .remedy = "rename one, or make it static, inline or weak"};
      }
      const bool is_larger_common = strength == Strength::common && other_strength == Strength::common && symbol.size > other.size;
      if (strength > other_strength || is_larger_common) known->second = {object, number};
    }
  }
  return std::nullopt;
}

Target target_in_section(const Context& context, u32 object, u32 section, i64 offset) {
  const SectionInfo& info = context.sections[object][section];
  switch (info.role) {
    case Role::data: return data_target(info.id, value_plus(info.offset, offset));
    case Role::code: return code_target(context, info.id, offset);
    case Role::thread_local_data:
      return bad("thread-local variables are not supported", "there is one thread: compile without thread_local and _Thread_local");
    case Role::discarded: return bad("it refers to a discarded copy of a COMDAT section", "compile all objects with the same compiler");
    case Role::outside: break;
  }
  return bad("it refers to section " + std::string(context.section(object, section).name) + ", which is no part of the program", "");
}

Target resolve(const Context& context, u32 object, u32 symbol_number, i64 addend) {
  if (symbol_number == 0) return {Target::Kind::number, 0, addend};
  const auto [home, number] = definition_of(context, object, symbol_number);
  const elf::Symbol& symbol = context.objects[home].symbols[number];
  Target target;
  // A linked file has its own definitions of these names, local ones perhaps.
  const auto provided = context.provided.find(symbol.name);
  if (provided != context.provided.end() && (is_global(symbol) || context.objects[home].type != ET_REL)) {
    target = provided->second;
    target.offset += addend;
    if (target.kind == Target::Kind::heap_base && addend != 0)
      target = bad("__heap_base plus a number is not supported", "add at run time");
  } else if (symbol.is_undefined()) {
    if (symbol.binding == STB_WEAK) return {Target::Kind::number, 0, addend};
    target = bad("undefined symbol", "add the object that defines it", std::string(symbol.name));
  } else if (symbol.is_absolute()) {
    return {Target::Kind::number, 0, value_plus(symbol.value, addend)};
  } else if (symbol.is_common()) {
    const auto common = context.commons.find(symbol.name);
    target =
        common == context.commons.end() ? bad("unusable common symbol", "compile with -fno-common") : data_target(common->second, addend);
  } else if (symbol.type == STT_GNU_IFUNC) {
    target = bad("indirect functions (ifunc) are not supported", "choose the implementation when compiling");
  } else if (symbol.type == STT_TLS) {
    target = bad("thread-local variables are not supported", "there is one thread: compile without thread_local and _Thread_local");
  } else {
    const i64 offset =
        value_plus(symbol.value - (context.objects[home].type == ET_REL ? 0 : context.section(home, symbol.section).address), addend);
    target = target_in_section(context, home, symbol.section, offset);
  }
  if (target.fault && target.fault->symbol.empty()) target.fault->symbol = std::string(symbol.name);
  return target;
}

std::optional<Place> place_at_address(const Context& context, u32 object, u64 address) {
  const auto& by_address = context.by_address[object];
  const auto after = std::upper_bound(by_address.begin(), by_address.end(), std::pair{address, ~u32{0}});
  if (after == by_address.begin()) return std::nullopt;
  const auto [start, number] = *(after - 1);
  if (address - start <= context.section(object, number).size) return Place{object, number, address - start};
  return std::nullopt;
}

Target target_at_address(const Context& context, u32 object, u64 address) {
  const auto place = place_at_address(context, object, address);
  if (!place)
    return bad("an address outside of all sections", "link with --emit-relocs, and with --apply-dynamic-relocs if position-independent");
  return target_in_section(context, object, place->section, static_cast<i64>(place->offset));
}

std::optional<Place> place_of_symbol(const Context& context, u32 object, u32 symbol_number, i64 addend) {
  const auto [home, number] = definition_of(context, object, symbol_number);
  const elf::Symbol& symbol = context.objects[home].symbols[number];
  if (symbol.special || symbol.is_undefined()) return std::nullopt;
  const u64 base = context.objects[home].type == ET_REL ? 0 : context.section(home, symbol.section).address;
  const u64 offset = symbol.value - base + static_cast<u64>(addend);
  if (offset > context.section(home, symbol.section).size) return std::nullopt;
  return Place{home, symbol.section, offset};
}

const elf::Relocation* relocation_at(const Context& context, const Place& place) {
  const auto& list = context.objects[place.object].relocations[place.section];
  const auto first = std::lower_bound(list.begin(), list.end(), place.offset,
                                      [](const elf::Relocation& relocation, u64 offset) { return relocation.offset < offset; });
  if (first == list.end() || first->offset != place.offset) return nullptr;
  if (first + 1 != list.end() && (first + 1)->offset == place.offset) return nullptr;
  return &*first;
}

void want_block(Context& context, const Target& target) {
  if (target.is_code()) context.code[target.id].block_at[static_cast<std::size_t>(target.offset / 2)] = CodeSection::wanted_block;
}

Value value_of(const Context& context, const Target& target) {
  switch (target.kind) {
    case Target::Kind::data: return Value::of(SectionId{target.id}, target.offset);
    case Target::Kind::code: return Value::of(BlockId{context.code[target.id].block_at[static_cast<std::size_t>(target.offset / 2)]});
    case Target::Kind::heap_base: return Value::of_heap_base();
    case Target::Kind::number:
    case Target::Kind::bad: break;
  }
  return Value::of(target.offset);
}

LinkError fault_at(const Context& context, const Place& place, std::string message, std::string remedy) {
  return {.path = context.objects[place.object].path,
          .section = std::string(context.section(place).name),
          .offset = place.offset,
          .message = std::move(message),
          .remedy = std::move(remedy)};
}

LinkError with_symbol(const Context& context, const Place& place, LinkError error) {
  if (!error.symbol.empty()) return error;
  const elf::Symbol* best = nullptr;
  const u64 base = context.objects[place.object].type == ET_REL ? 0 : context.section(place).address;
  for (const elf::Symbol& symbol : context.objects[place.object].symbols) {
    const bool is_here = !symbol.special && symbol.section == place.section && symbol.value >= base && symbol.value - base <= place.offset;
    if (!is_here || (symbol.type != STT_FUNC && symbol.type != STT_OBJECT)) continue;
    if (best == nullptr || symbol.value > best->value) best = &symbol;
  }
  if (best != nullptr) error.symbol = std::string(best->name);
  return error;
}

}  // namespace pvm::link::lifting
