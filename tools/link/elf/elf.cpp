// SPDX-License-Identifier: Apache-2.0 OR MIT
// Reads ELF files with libelf; what libelf doesn't check is checked here.
#include "elf/elf.hpp"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>

namespace pvm::link::elf {
namespace {

struct EndElf {
  void operator()(Elf* file) const { elf_end(file); }
};
using File = std::unique_ptr<Elf, EndElf>;

/// Reading is a chain of steps; the first that fails leaves its reason.
class Reader {
 public:
  explicit Reader(const Input& input) : input_(input) { object_.path = input.path; }

  Outcome<Object> run() {
    if (open() && read_sections() && read_symbols() && read_relocations() && read_groups()) return std::move(object_);
    return std::move(error_);
  }

 private:
  bool fail(std::string message, std::string remedy = {}) {
    error_ = {.path = input_.path, .message = std::move(message), .remedy = std::move(remedy)};
    return false;
  }
  bool fail_in(u32 section, std::string message, std::string remedy = {}) {
    fail(std::move(message), std::move(remedy));
    const std::string_view name = object_.sections[section].name;
    error_.section = name.empty() ? "section " + std::to_string(section) : std::string(name);
    return false;
  }

  bool open();
  bool check_header(const GElf_Ehdr& header);
  bool read_sections();
  bool read_section(u32 number, const GElf_Shdr& header);
  bool name_sections();
  bool read_symbols();
  bool read_symbol_table(u32 number);
  bool read_symbol(u32 number, const GElf_Sym& raw, u32 section, std::span<const u8> names);
  bool read_relocations();
  bool read_relocation_table(u32 number, u32 target);
  bool read_dynamic_relocations(u32 number);
  static void drop_repetitions(std::vector<Relocation>& list);
  bool read_groups();
  bool read_group(u32 number);
  Elf_Data* data_of(u32 number);
  static std::optional<std::string_view> string_at(std::span<const u8> table, u64 offset);

  const Input& input_;
  Object object_;
  LinkError error_;
  File file_;
  std::vector<GElf_Shdr> headers_;
  std::optional<u32> symbol_table_;
};

bool Reader::open() {
  static const bool version_is_known = elf_version(EV_CURRENT) != EV_NONE;
  if (!version_is_known) return fail("libelf is too old");
  if (input_.bytes.size() < EI_NIDENT || std::memcmp(input_.bytes.data(), ELFMAG, SELFMAG) != 0) {
    return fail("not an ELF file", "give objects (.o) or linked RISC-V files");
  }
  // libelf takes a pointer to non-const for its writing modes; this one only reads.
  auto* bytes = const_cast<char*>(reinterpret_cast<const char*>(input_.bytes.data()));
  file_.reset(elf_memory(bytes, input_.bytes.size()));
  if (file_ == nullptr || elf_kind(file_.get()) != ELF_K_ELF) return fail("not a readable ELF file: truncated or damaged");
  GElf_Ehdr header;
  if (gelf_getehdr(file_.get(), &header) == nullptr) return fail("truncated ELF file: no complete header");
  return check_header(header);
}

bool Reader::check_header(const GElf_Ehdr& header) {
  const char* const remedy = "compile with --target=riscv64-unknown-elf -march=rv64emac_zbb -mabi=lp64e (or the rv32 counterparts)";
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) return fail("big-endian ELF file: only little-endian ones are understood", remedy);
  if (header.e_ident[EI_CLASS] != ELFCLASS32 && header.e_ident[EI_CLASS] != ELFCLASS64) return fail("unknown ELF class");
  if (header.e_machine != EM_RISCV) return fail("not a RISC-V file: machine " + std::to_string(header.e_machine), remedy);
  if (header.e_ident[EI_OSABI] != ELFOSABI_SYSV && header.e_ident[EI_OSABI] != ELFOSABI_GNU) {
    return fail("made for another operating system: ABI " + std::to_string(header.e_ident[EI_OSABI]), remedy);
  }
  if (header.e_type != ET_REL && header.e_type != ET_EXEC && header.e_type != ET_DYN) {
    return fail("not an object, executable or shared object: type " + std::to_string(header.e_type));
  }
  object_.bits = header.e_ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
  object_.type = header.e_type;
  object_.flags = header.e_flags;
  return true;
}

bool Reader::read_sections() {
  std::size_t count = 0;
  if (elf_getshdrnum(file_.get(), &count) != 0) return fail("truncated ELF file: the section headers are out of the file");
  if (count == 0) return fail("no section headers", "don't strip them");
  object_.sections.resize(count);
  object_.relocations.resize(count);
  headers_.resize(count);
  for (u32 number = 1; number < count; ++number) {
    Elf_Scn* section = elf_getscn(file_.get(), number);
    if (section == nullptr || gelf_getshdr(section, &headers_[number]) == nullptr) {
      return fail("truncated ELF file: the header of section " + std::to_string(number) + " can't be read");
    }
    if (!read_section(number, headers_[number])) return false;
  }
  return name_sections();
}

bool Reader::read_section(u32 number, const GElf_Shdr& header) {
  Section& section = object_.sections[number];
  section.type = header.sh_type;
  section.flags = header.sh_flags;
  section.address = header.sh_addr;
  section.size = header.sh_size;
  section.alignment = std::max<u64>(header.sh_addralign, 1);
  if (header.sh_type == SHT_NULL) {
    section.size = 0;
    return true;
  }
  if (!std::has_single_bit(section.alignment)) return fail_in(number, "its alignment is no power of two");
  if (header.sh_type == SHT_NOBITS) return true;
  const u64 file_size = input_.bytes.size();
  if (header.sh_offset > file_size || header.sh_size > file_size - header.sh_offset) {
    return fail_in(number, "truncated ELF file: the section ends beyond the file's " + std::to_string(file_size) + " bytes");
  }
  section.bytes = input_.bytes.subspan(header.sh_offset, header.sh_size);
  return true;
}

bool Reader::name_sections() {
  std::size_t names = 0;
  if (elf_getshdrstrndx(file_.get(), &names) != 0 || names >= headers_.size()) return fail("the sections have no names");
  const std::span<const u8> table = object_.sections[names].bytes;
  for (u32 number = 1; number < headers_.size(); ++number) {
    const auto name = string_at(table, headers_[number].sh_name);
    if (!name) return fail_in(number, "its name is out of the table of names");
    object_.sections[number].name = *name;
  }
  return true;
}

std::optional<std::string_view> Reader::string_at(std::span<const u8> table, u64 offset) {
  if (offset == 0 && table.empty()) return std::string_view();
  if (offset >= table.size() || table.back() != 0) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(table.data()) + offset);
}

Elf_Data* Reader::data_of(u32 number) {
  return elf_getdata(elf_getscn(file_.get(), number), nullptr);
}

bool Reader::read_symbols() {
  for (u32 number = 1; number < headers_.size(); ++number) {
    if (headers_[number].sh_type != SHT_SYMTAB) continue;
    if (symbol_table_) return fail_in(number, "a second symbol table");
    symbol_table_ = number;
    if (!read_symbol_table(number)) return false;
  }
  if (object_.symbols.empty()) object_.symbols.emplace_back();
  return true;
}

bool Reader::read_symbol_table(u32 number) {
  const GElf_Shdr& header = headers_[number];
  const u64 entry_size = object_.bits == 32 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
  if (header.sh_size == 0) return true;
  if (header.sh_link >= headers_.size()) return fail_in(number, "it names no table of strings");
  Elf_Data* const data = data_of(number);
  if (data == nullptr || data->d_type != ELF_T_SYM || data->d_size % entry_size != 0) return fail_in(number, "unreadable symbol table");
  Elf_Data* extended = nullptr;
  for (u32 other = 1; other < headers_.size(); ++other) {
    if (headers_[other].sh_type == SHT_SYMTAB_SHNDX && headers_[other].sh_link == number) extended = data_of(other);
  }
  const u64 count = data->d_size / entry_size;
  object_.symbols.resize(count);
  for (u32 index = 1; index < count; ++index) {
    GElf_Sym raw;
    Elf32_Word section = 0;
    if (gelf_getsymshndx(data, extended, static_cast<int>(index), &raw, &section) == nullptr) return fail_in(number, "unreadable symbol");
    if (raw.st_shndx != SHN_XINDEX) section = raw.st_shndx;
    if (!read_symbol(index, raw, section, object_.sections[header.sh_link].bytes)) return false;
  }
  return true;
}

bool Reader::read_symbol(u32 number, const GElf_Sym& raw, u32 section, std::span<const u8> names) {
  Symbol& symbol = object_.symbols[number];
  const auto name = string_at(names, raw.st_name);
  if (!name) return fail_in(*symbol_table_, "the name of symbol " + std::to_string(number) + " is out of the table of strings");
  symbol = {*name, raw.st_value, raw.st_size, section, false, static_cast<u8>(GELF_ST_BIND(raw.st_info)), 0};
  symbol.type = static_cast<u8>(GELF_ST_TYPE(raw.st_info));
  symbol.special = raw.st_shndx == SHN_ABS || raw.st_shndx == SHN_COMMON;
  if (!symbol.special && section >= headers_.size()) {
    error_ = {.path = input_.path,
              .symbol = std::string(*name),
              .message = "the symbol names section " + std::to_string(section) + ", which does not exist"};
    return false;
  }
  if (symbol.type == STT_SECTION && symbol.name.empty() && !symbol.special) symbol.name = object_.sections[section].name;
  return true;
}

bool Reader::read_relocations() {
  for (u32 number = 1; number < headers_.size(); ++number) {
    const GElf_Shdr& header = headers_[number];
    if (header.sh_type != SHT_RELA || header.sh_size == 0) continue;
    if ((header.sh_flags & SHF_ALLOC) != 0) {
      if (object_.type != ET_REL && !read_dynamic_relocations(number)) return false;
      continue;
    }
    if (!symbol_table_ || header.sh_link != *symbol_table_) continue;
    if (header.sh_info == 0 || header.sh_info >= headers_.size()) return fail_in(number, "the relocations apply to no section");
    if (!read_relocation_table(number, header.sh_info)) return false;
  }
  for (auto& list : object_.relocations) {
    std::stable_sort(list.begin(), list.end(), [](const Relocation& a, const Relocation& b) { return a.offset < b.offset; });
    drop_repetitions(list);
  }
  return true;
}

/// What is left to a dynamic loader is dropped where the link's own relocations say the same with a symbol.
void Reader::drop_repetitions(std::vector<Relocation>& list) {
  const auto is_dynamic = [](const Relocation& relocation) {
    return relocation.type == relative_relocation || relocation.type == dynamic_relocation;
  };
  std::vector<Relocation> kept;
  kept.reserve(list.size());
  for (std::size_t begin = 0, end = 0; begin < list.size(); begin = end) {
    bool has_own = false;
    for (; end < list.size() && list[end].offset == list[begin].offset; ++end) has_own = has_own || !is_dynamic(list[end]);
    for (std::size_t index = begin; index < end; ++index) {
      if (!has_own || !is_dynamic(list[index])) kept.push_back(list[index]);
    }
  }
  list = std::move(kept);
}

/// Those have addresses in place of sections.
bool Reader::read_dynamic_relocations(u32 number) {
  const u64 entry_size = object_.bits == 32 ? sizeof(Elf32_Rela) : sizeof(Elf64_Rela);
  Elf_Data* const data = data_of(number);
  if (data == nullptr || data->d_type != ELF_T_RELA || data->d_size % entry_size != 0) return fail_in(number, "unreadable relocations");
  std::vector<std::pair<u64, u32>> by_address;
  for (u32 section = 1; section < headers_.size(); ++section) {
    if ((headers_[section].sh_flags & SHF_ALLOC) != 0) by_address.emplace_back(headers_[section].sh_addr, section);
  }
  std::sort(by_address.begin(), by_address.end());
  for (u64 index = 0; index < data->d_size / entry_size; ++index) {
    GElf_Rela raw;
    if (gelf_getrela(data, static_cast<int>(index), &raw) == nullptr) return fail_in(number, "unreadable relocation");
    const u32 type = static_cast<u32>(GELF_R_TYPE(raw.r_info));
    const auto after = std::upper_bound(by_address.begin(), by_address.end(), std::pair{u64{raw.r_offset}, ~u32{0}});
    if (type == R_RISCV_NONE || after == by_address.begin()) continue;
    const auto [address, section] = *(after - 1);
    if (raw.r_offset - address >= object_.sections[section].size) continue;
    const u32 kept_type = type == R_RISCV_RELATIVE ? relative_relocation : dynamic_relocation;
    object_.relocations[section].push_back({raw.r_offset - address, kept_type, 0, raw.r_addend});
  }
  return true;
}

bool Reader::read_relocation_table(u32 number, u32 target) {
  const u64 entry_size = object_.bits == 32 ? sizeof(Elf32_Rela) : sizeof(Elf64_Rela);
  Elf_Data* const data = data_of(number);
  if (data == nullptr || data->d_type != ELF_T_RELA || data->d_size % entry_size != 0) return fail_in(number, "unreadable relocations");
  const u64 base = object_.type == ET_REL ? 0 : object_.sections[target].address;
  auto& list = object_.relocations[target];
  list.reserve(list.size() + data->d_size / entry_size);
  for (u64 index = 0; index < data->d_size / entry_size; ++index) {
    GElf_Rela raw;
    if (gelf_getrela(data, static_cast<int>(index), &raw) == nullptr) return fail_in(number, "unreadable relocation");
    const Relocation relocation = {raw.r_offset - base, static_cast<u32>(GELF_R_TYPE(raw.r_info)), static_cast<u32>(GELF_R_SYM(raw.r_info)),
                                   raw.r_addend};
    // Linkers leave entries of type NONE, at any offset, where relaxation has removed something. With a symbol such a one may say
    // something: types of lld's own beyond 255 lose their upper bits in ELF32.
    const bool may_say_something = object_.bits == 32 && object_.type != ET_REL && relocation.symbol != 0;
    if (relocation.type == R_RISCV_NONE && !(may_say_something && object_.sections[target].is(SHF_EXECINSTR))) continue;
    if (relocation.symbol >= object_.symbols.size()) return fail_in(number, "a relocation names a symbol that does not exist");
    // One byte at least is changed, except by the marks of relaxation, which may stand at the end.
    const bool is_mark = relocation.type == R_RISCV_RELAX || relocation.type == R_RISCV_ALIGN;
    if (relocation.offset >= object_.sections[target].size && !is_mark) {
      error_ = {.path = input_.path,
                .section = std::string(object_.sections[target].name),
                .offset = relocation.offset,
                .message = "a relocation lies outside of its section"};
      return false;
    }
    if (!is_mark) list.push_back(relocation);
  }
  return true;
}

bool Reader::read_groups() {
  if (object_.type != ET_REL) return true;
  for (u32 number = 1; number < headers_.size(); ++number) {
    if (headers_[number].sh_type == SHT_GROUP && !read_group(number)) return false;
  }
  return true;
}

bool Reader::read_group(u32 number) {
  const GElf_Shdr& header = headers_[number];
  const std::span<const u8> bytes = object_.sections[number].bytes;
  if (bytes.size() < 4 || bytes.size() % 4 != 0) return fail_in(number, "unreadable section group");
  if (header.sh_info >= object_.symbols.size()) return fail_in(number, "the group's signature is no symbol");
  const auto word = [&](std::size_t at) {
    return static_cast<u32>(bytes[at]) | static_cast<u32>(bytes[at + 1]) << 8 | static_cast<u32>(bytes[at + 2]) << 16 |
           static_cast<u32>(bytes[at + 3]) << 24;
  };
  if ((word(0) & GRP_COMDAT) == 0) return true;
  Group group = {object_.symbols[header.sh_info].name, {}};
  for (std::size_t at = 4; at < bytes.size(); at += 4) {
    if (word(at) == 0 || word(at) >= headers_.size()) return fail_in(number, "the group names a section that does not exist");
    group.members.push_back(word(at));
  }
  object_.comdat_groups.push_back(std::move(group));
  return true;
}

}  // namespace

Outcome<Object> read(const Input& input) {
  return Reader(input).run();
}

}  // namespace pvm::link::elf
