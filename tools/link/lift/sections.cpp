// SPDX-License-Identifier: Apache-2.0 OR MIT
// What each section of the input is to the program.
#include <elf.h>

#include <algorithm>
#include <charconv>

#include "lift/context.hpp"

namespace pvm::link::lifting {
namespace {

/// No program has more: the address space less its guards.
constexpr u64 address_space = 0xfffb0000;
/// Read-only and writable data begin at multiples of this.
constexpr u64 max_alignment = 0x10000;
/// Beyond this no blob's code could hold what comes out.
constexpr u64 max_code_bytes = u64{64} << 20;

/// "name" itself or "name.anything".
bool is_or_under(std::string_view name, std::string_view prefix) {
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.');
}

bool is_any_of(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view prefix) { return is_or_under(name, prefix); });
}

enum class Class : u8 { outside, read_only, read_write, zero, code, thread_local_data, constructors, unsupported };

/// By name. nullopt: the name says nothing.
std::optional<Class> class_of_name(std::string_view name) {
  if (is_any_of(name, {".rodata", ".srodata", ".data.rel.ro", ".got", ".got.plt", ".relro_padding"})) return Class::read_only;
  if (is_any_of(name, {".tdata", ".tbss"})) return Class::thread_local_data;
  if (is_any_of(name, {".data", ".sdata"})) return Class::read_write;
  if (is_any_of(name, {".bss", ".sbss"})) return Class::zero;
  if (is_or_under(name, ".text")) return Class::code;
  if (is_any_of(name, {".init_array", ".fini_array", ".preinit_array"})) return Class::constructors;
  // Exceptions need an unwinder, which needs more than the tables.
  if (is_any_of(name, {".eh_frame", ".eh_frame_hdr", ".gcc_except_table", ".dynsym", ".dynstr", ".dynamic", ".plt", ".iplt"}))
    return Class::outside;
  if (name.starts_with(".polkavm_")) return Class::outside;
  return std::nullopt;
}

Class class_of(const elf::Section& section) {
  if (section.type == SHT_NULL || section.type == SHT_GROUP) return Class::outside;
  if (section.is(SHF_TLS)) return Class::thread_local_data;
  if (const auto known = class_of_name(section.name)) return *known;
  if (!section.is(SHF_ALLOC)) return Class::outside;
  if (section.is(SHF_EXECINSTR)) return Class::code;
  switch (section.type) {
    case SHT_PROGBITS: return section.is(SHF_WRITE) ? Class::read_write : Class::read_only;
    case SHT_NOBITS: return section.is(SHF_WRITE) ? Class::zero : Class::unsupported;
    case SHT_INIT_ARRAY:
    case SHT_FINI_ARRAY:
    case SHT_PREINIT_ARRAY: return Class::constructors;
    case SHT_HASH:
    case SHT_GNU_HASH:
    case SHT_DYNSYM:
    case SHT_STRTAB:
    case SHT_RELA:
    case SHT_NOTE:
    case SHT_GNU_versym:
    case SHT_GNU_verdef:
    case SHT_GNU_verneed: return Class::outside;
    default: return Class::unsupported;
  }
}

/// A section of constructors, and where it comes among them.
struct Constructors {
  u32 object = 0;
  u32 section = 0;
  u32 priority = 0xffffffff;  ///< Lower ones run first; those without a number last.
};

/// The number at the end of ".init_array.100".
u32 priority_of(std::string_view name) {
  const auto dot = name.rfind('.');
  u32 priority = 0xffffffff;
  if (dot != std::string_view::npos) std::from_chars(name.data() + dot + 1, name.data() + name.size(), priority);
  return priority;
}

std::string_view array_of(const elf::Section& section) {
  if (is_or_under(section.name, ".preinit_array") || section.type == SHT_PREINIT_ARRAY) return ".preinit_array";
  if (is_or_under(section.name, ".fini_array") || section.type == SHT_FINI_ARRAY) return ".fini_array";
  return ".init_array";
}

class Classifier {
 public:
  explicit Classifier(Context& context) : context_(context) {}

  std::optional<LinkError> run() {
    context_.by_address.resize(context_.objects.size());
    for (u32 object = 0; object < context_.objects.size(); ++object) {
      for (u32 number = 0; number < context_.objects[object].sections.size(); ++number) {
        if (context_.sections[object][number].role == Role::discarded) continue;
        if (auto error = add(object, number)) return error;
        const elf::Section& section = context_.section(object, number);
        const bool has_address = context_.objects[object].type != ET_REL && section.is(SHF_ALLOC) && section.size != 0;
        if (has_address) context_.by_address[object].emplace_back(section.address, number);
      }
      std::sort(context_.by_address[object].begin(), context_.by_address[object].end());
    }
    if (auto error = add_commons()) return error;
    provide_array(".init_array", "__init_array_start", "__init_array_end");
    provide_array(".fini_array", "__fini_array_start", "__fini_array_end");
    provide_array(".preinit_array", "__preinit_array_start", "__preinit_array_end");
    if (!context_.globals.contains("__heap_base")) context_.provided["__heap_base"] = {Target::Kind::heap_base, 0, 0};
    return std::nullopt;
  }

 private:
  LinkError error_in(u32 object, u32 number, std::string message, std::string remedy) const {
    return {.path = context_.objects[object].path,
            .section = std::string(context_.section(object, number).name),
            .message = std::move(message),
            .remedy = std::move(remedy)};
  }

  std::optional<LinkError> add(u32 object, u32 number);
  std::optional<LinkError> add_data(u32 object, u32 number, SectionKind kind);
  std::optional<LinkError> add_code(u32 object, u32 number);
  std::optional<LinkError> add_commons();
  bool fits(u64 size, u64 alignment);
  void provide_array(std::string_view name, std::string_view start, std::string_view end);

  Context& context_;
  std::map<std::string_view, std::vector<Constructors>> arrays_;
  u64 data_bytes_ = 0;
  u64 code_bytes_ = 0;
};

std::optional<LinkError> Classifier::add(u32 object, u32 number) {
  const elf::Section& section = context_.section(object, number);
  const auto must_be_writable = [&](bool writable) -> std::optional<LinkError> {
    if (section.is(SHF_WRITE) == writable || section.name.starts_with(".data.rel.ro") ||
        is_any_of(section.name, {".got", ".relro_padding"}))
      return std::nullopt;
    return error_in(object, number, writable ? "the section is not writable" : "the section is writable",
                    "give it another name or other flags");
  };
  switch (class_of(section)) {
    case Class::outside: return std::nullopt;
    case Class::thread_local_data: context_.sections[object][number].role = Role::thread_local_data; return std::nullopt;
    case Class::read_only:
      if (auto error = must_be_writable(false)) return error;
      return add_data(object, number, SectionKind::read_only);
    case Class::read_write:
    case Class::zero:
      if (auto error = must_be_writable(true)) return error;
      return add_data(object, number, section.type == SHT_NOBITS ? SectionKind::zero : SectionKind::read_write);
    case Class::code:
      if (section.is(SHF_WRITE)) return error_in(object, number, "code that is writable", "give the section other flags");
      return add_code(object, number);
    case Class::constructors:
      if (!fits(section.size, 1)) return error_in(object, number, "the section does not fit into memory", "");
      arrays_[array_of(section)].push_back({object, number, priority_of(section.name)});
      return std::nullopt;
    case Class::unsupported: break;
  }
  return error_in(object, number, "unsupported kind of section: type " + std::to_string(section.type),
                  "discard it with a linker script or objcopy -R");
}

/// Counts a section; false if there is no room for it. The alignment is counted as what it may cost.
bool Classifier::fits(u64 size, u64 alignment) {
  if (size > address_space || data_bytes_ + size + alignment > address_space) return false;
  data_bytes_ += size + (alignment > 16 ? alignment : 0);
  return true;
}

std::optional<LinkError> Classifier::add_data(u32 object, u32 number, SectionKind kind) {
  const elf::Section& section = context_.section(object, number);
  if (section.alignment > max_alignment) {
    return error_in(object, number, "the alignment of " + std::to_string(section.alignment) + " is larger than memory can give",
                    "align to 65536 bytes at most");
  }
  if (!fits(section.size, section.alignment)) {
    return error_in(object, number, "a section of " + std::to_string(section.size) + " bytes does not fit into the 4 GiB of memory",
                    "make it smaller");
  }
  context_.sections[object][number] = {Role::data, static_cast<u32>(context_.program.sections.size()), 0};
  DataSection data = {
      std::string(section.name), kind, section.alignment, section.size, {section.bytes.begin(), section.bytes.end()}, {}, true};
  context_.program.sections.push_back(std::move(data));
  return std::nullopt;
}

std::optional<LinkError> Classifier::add_code(u32 object, u32 number) {
  const elf::Section& section = context_.section(object, number);
  if (section.type == SHT_NOBITS) return error_in(object, number, "a code section without contents", "");
  code_bytes_ += section.size;
  if (code_bytes_ > max_code_bytes) {
    return error_in(object, number, "more than " + std::to_string(max_code_bytes) + " bytes of code",
                    "link with --gc-sections, or give less");
  }
  context_.sections[object][number] = {Role::code, static_cast<u32>(context_.code.size()), 0};
  CodeSection code;
  code.object = object;
  code.section = number;
  code.bytes = section.bytes;
  code.relocations = context_.objects[object].relocations[number];
  code.block_at.assign(section.bytes.size() / 2 + 1, CodeSection::no_block);
  context_.code.push_back(std::move(code));
  return std::nullopt;
}

std::optional<LinkError> Classifier::add_commons() {
  // In the order of their definitions, not of the hash table.
  for (u32 object = 0; object < context_.objects.size(); ++object) {
    for (u32 number = 1; number < context_.objects[object].symbols.size(); ++number) {
      const elf::Symbol& symbol = context_.objects[object].symbols[number];
      if (!symbol.is_common()) continue;
      const auto global = context_.globals.find(symbol.name);
      if (global == context_.globals.end() || global->second != std::pair{object, number}) continue;
      // The value of a common symbol is its alignment.
      const bool is_sound = symbol.value == 0 || (symbol.value & (symbol.value - 1)) == 0;
      if (!is_sound || symbol.value > max_alignment || !fits(symbol.size, symbol.value)) {
        return LinkError{.path = context_.objects[object].path,
                         .symbol = std::string(symbol.name),
                         .message = "a common symbol that does not fit into memory"};
      }
      context_.commons.emplace(symbol.name, static_cast<u32>(context_.program.sections.size()));
      context_.program.sections.push_back(
          {"COMMON." + std::string(symbol.name), SectionKind::zero, std::max<u64>(symbol.value, 1), symbol.size, {}, {}, true});
    }
  }
  return std::nullopt;
}

/// Puts all arrays of one kind into one section, in the order in which they run, and provides its bounds.
void Classifier::provide_array(std::string_view name, std::string_view start, std::string_view end) {
  auto& parts = arrays_[name];
  std::stable_sort(parts.begin(), parts.end(), [](const Constructors& a, const Constructors& b) { return a.priority < b.priority; });
  const u32 id = static_cast<u32>(context_.program.sections.size());
  DataSection array = {std::string(name), SectionKind::read_only, context_.program.register_bits / 8, 0, {}, {}, true};
  for (const Constructors& part : parts) {
    const elf::Section& section = context_.section(part.object, part.section);
    context_.sections[part.object][part.section] = {Role::data, id, array.bytes.size()};
    array.bytes.insert(array.bytes.end(), section.bytes.begin(), section.bytes.end());
  }
  array.size = array.bytes.size();
  context_.provided[start] = {Target::Kind::data, id, 0};
  context_.provided[end] = {Target::Kind::data, id, static_cast<i64>(array.size)};
  context_.program.sections.push_back(std::move(array));
}

}  // namespace

std::optional<LinkError> classify_sections(Context& context) {
  return Classifier(context).run();
}

}  // namespace pvm::link::lifting
