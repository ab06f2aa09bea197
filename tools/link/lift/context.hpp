// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the steps of lifting share.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>

#include "elf/elf.hpp"
#include "lift/riscv.hpp"

namespace pvm::link::lifting {

/// Where something stands in the input.
struct Place {
  u32 object = 0;
  u32 section = 0;
  u64 offset = 0;
};

/// What a section is to the program.
enum class Role : u8 {
  outside,    ///< No part of the program: debug information, notes, tables for a loader.
  discarded,  ///< A copy of a COMDAT group that another object has given already.
  data,
  code,
  thread_local_data,
};

struct SectionInfo {
  Role role = Role::outside;
  u32 id = 0;      ///< data: of Program::sections. code: of Context::code.
  u64 offset = 0;  ///< data: where the ELF section begins in the IR's section.
};

/// What a relocation or symbol stands for.
struct Target {
  enum class Kind : u8 { number, data, code, heap_base, bad };
  Kind kind = Kind::number;
  u32 id = 0;      ///< data: of Program::sections. code: of Context::code.
  i64 offset = 0;  ///< The number itself, or where in the section.
  /// bad: why. Without a place: that of whoever wanted to know is put in.
  std::optional<LinkError> fault = {};

  bool is_code() const { return kind == Kind::code; }
};

/// One decoded instruction.
struct Decoded {
  static constexpr u32 no_relocation = 0xffffffff;
  u32 offset = 0;
  u32 relocation = no_relocation;  ///< Index into the section's relocations: the one on this instruction.
  bool is_damaged = false;         ///< A relocation lies inside it, or several on it.
  riscv::Instruction instruction;
};

struct CodeSection {
  u32 object = 0;
  u32 section = 0;
  std::span<const u8> bytes;
  std::span<const elf::Relocation> relocations;
  std::vector<Decoded> instructions;  ///< Ascending, without gaps.
  /// By offset / 2, the end included: the block that begins there.
  std::vector<u32> block_at;
  static constexpr u32 no_block = 0xffffffff, wanted_block = 0xfffffffe;
};

/// A relocation of a data section before blocks have numbers.
struct PendingRelocation {
  u32 section = 0;  ///< Of Program::sections.
  u64 offset = 0;
  u8 size = 0;
  Target target;
  std::optional<Target> minus;
  Place place;
};

struct PendingExport {
  Export entry;
  Target target;
  Place place;
};

/// An error, and where it is: the search for the symbol there is left to whoever reports it.
struct Fault {
  Place place;
  LinkError error;
};

struct Context {
  const LinkOptions* options = nullptr;
  std::vector<elf::Object> objects;
  Program program;
  std::vector<std::vector<SectionInfo>> sections;  ///< By object and section number.
  std::vector<CodeSection> code;
  /// Definitions of global names: object and symbol number.
  std::unordered_map<std::string_view, std::pair<u32, u32>> globals;
  /// Names that the linker itself defines; data or heap_base.
  std::map<std::string_view, Target> provided;
  /// By object, for linked files that have one: the value of __global_pointer$.
  std::unordered_map<u32, i64> global_pointers;
  std::unordered_map<std::string_view, u32> commons;  ///< Common symbols: their IR sections.
  std::vector<PendingRelocation> pending;
  std::vector<PendingExport> exports;
  /// Faults that matter only if the program reaches them. There may be one in every instruction of a file that is no program: of blocks
  /// it is only noted that they have some, until it is known which are reached.
  std::map<u32, Fault> section_faults;
  std::vector<bool> faulty_blocks;
  /// Once it is known: collect the faults of these blocks.
  const std::vector<bool>* reached_blocks = nullptr;
  std::vector<Fault> faults;
  static constexpr std::size_t max_faults = 20;
  /// By object, for linked files: the loaded sections by their addresses.
  std::vector<std::vector<std::pair<u64, u32>>> by_address;

  const elf::Section& section(u32 object, u32 number) const { return objects[object].sections[number]; }
  const elf::Section& section(const Place& place) const { return section(place.object, place.section); }
  const SectionInfo& info(const Place& place) const { return sections[place.object][place.section]; }
  void warn(const std::string& text) const {
    if (options->warn) options->warn(text);
  }
};

/// An error at `place`, without a symbol.
LinkError fault_at(const Context& context, const Place& place, std::string message, std::string remedy = {});

/// Adds the symbol of the function or variable at `place` if the error has none. Looks at every symbol: only for errors to be reported.
LinkError with_symbol(const Context& context, const Place& place, LinkError error);

// --- the steps, in their order ---

/// Finds the definition of every global name and of the names that the linker provides. Errors: two definitions of one name.
std::optional<LinkError> resolve_symbols(Context& context);

/// Gives each section its role and makes the IR's data sections. Errors: sections of a kind that can't be loaded, or too large.
std::optional<LinkError> classify_sections(Context& context);

/// Turns the relocations of data sections into pending ones.
void lift_data(Context& context);

/// Reads the records of exports and the minimum stack sizes.
std::optional<LinkError> read_records(Context& context);

/// Decodes all code and finds where blocks begin.
void decode_code(Context& context);

/// Makes the blocks, or, where `reached_blocks` is set, collects their faults. Errors: imports that contradict each other.
std::optional<LinkError> make_blocks(Context& context);

// --- shared ---

/// What symbol `symbol` of `object` plus `addend` stands for.
Target resolve(const Context& context, u32 object, u32 symbol, i64 addend);

/// What the byte at `offset` (which may lie outside) of an ELF section stands for.
Target target_in_section(const Context& context, u32 object, u32 section, i64 offset);

/// What an address of a linked file stands for.
Target target_at_address(const Context& context, u32 object, u64 address);

/// The section of a linked file that holds an address, or ends there, and where in it.
std::optional<Place> place_at_address(const Context& context, u32 object, u64 address);

/// Where a symbol that must lie in a section of its file, of any role, stands.
std::optional<Place> place_of_symbol(const Context& context, u32 object, u32 symbol, i64 addend);

/// Makes a block begin at a code target; does nothing with other targets.
void want_block(Context& context, const Target& target);

/// The relocation at exactly `place`, if there is just one.
const elf::Relocation* relocation_at(const Context& context, const Place& place);

/// The value of a target whose kind isn't bad; blocks have their numbers.
Value value_of(const Context& context, const Target& target);

/// The import whose record the relocation at `place` points to, added to the program if it is new.
std::variant<ImportId, LinkError> read_import(Context& context, const Place& place);

}  // namespace pvm::link::lifting
