// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "debug/dwarf.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <libelf.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace pvm::link {

namespace {

/// Deeper nesting is no compiler's.
constexpr u32 max_nesting = 200;
/// More is no program that can be linked; it bounds what a crafted file can cost.
constexpr std::size_t max_entries = 4'000'000;

bool comes_before(const DwarfInfo::Range& a, const DwarfInfo::Range& b) {
  return a.depth != b.depth ? a.depth < b.depth : a.begin < b.begin;
}

struct CloseElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
struct CloseDwarf {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};

}  // namespace

/// Walks the units of one file.
class DwarfReader {
 public:
  explicit DwarfReader(DwarfInfo& info) : info_(info) {}

  void read(Dwarf* dwarf) {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    u8 type = 0;
    while (dwarf_get_units(dwarf, unit, &unit, nullptr, &type, &die, nullptr) == 0) {
      if (type != DW_UT_compile && type != DW_UT_partial) continue;
      if (dwarf_getsrcfiles(&die, &files_, &file_count_) != 0) files_ = nullptr, file_count_ = 0;
      read_lines(die);
      read_children(die, Inside{}, 0);
    }
    finish();
  }

 private:
  using Position = DwarfInfo::Position;
  /// Where the walk is: in which function, and how many inlined calls deep.
  struct Inside {
    std::optional<u32> function;
    u32 depth = 0;
  };

  u32 path(const char* text) {
    if (text == nullptr) return 0;
    const auto [known, is_new] = known_paths_.emplace(text, static_cast<u32>(info_.paths_.size()));
    if (is_new) info_.paths_.push_back(readable_path(text));
    return known->second;
  }

  void read_lines(Dwarf_Die& unit) {
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    if (dwarf_getsrclines(&unit, &lines, &count) != 0) return;
    for (std::size_t index = 0; index < count && info_.rows_.size() < max_entries; ++index) {
      Dwarf_Line* line = dwarf_onesrcline(lines, index);
      DwarfInfo::Row row;
      Dwarf_Addr address = 0;
      int number = 0, column = 0;
      if (line == nullptr || dwarf_lineaddr(line, &address) != 0) continue;
      dwarf_lineendsequence(line, &row.ends);
      if (dwarf_lineno(line, &number) != 0 || number < 0) number = 0;
      if (dwarf_linecol(line, &column) != 0 || column < 0) column = 0;
      row.address = address;
      row.position = {path(dwarf_linesrc(line, nullptr, nullptr)), static_cast<u32>(number), static_cast<u32>(column)};
      info_.rows_.push_back(row);
    }
  }

  void read_children(Dwarf_Die& parent, Inside inside, u32 nesting) {
    Dwarf_Die die;
    if (nesting > max_nesting || dwarf_child(&parent, &die) != 0) return;
    do {
      if (++entries_ > max_entries) return;
      switch (dwarf_tag(&die)) {
        case DW_TAG_subprogram: read_children(die, read_function(die), nesting + 1); break;
        case DW_TAG_inlined_subroutine: read_children(die, read_inlined(die, inside), nesting + 1); break;
        case DW_TAG_lexical_block:
        case DW_TAG_namespace:
        case DW_TAG_module:
        case DW_TAG_structure_type:
        case DW_TAG_class_type: read_children(die, inside, nesting + 1); break;
        default: break;
      }
    } while (dwarf_siblingof(&die, &die) == 0);
  }

  Inside read_function(Dwarf_Die& die) {
    const u32 scope = add_scope(die, false);
    bool has_code = false;
    for_each_range(die, [&](u64 begin, u64 end) {
      info_.functions_.push_back({begin, end, scope, 0});
      has_code = true;
    });
    if (!has_code) {
      drop_scope();
      return {};
    }
    return {scope, 0};
  }

  Inside read_inlined(Dwarf_Die& die, Inside inside) {
    if (!inside.function) return inside;
    const u32 scope = add_scope(die, true);
    const u32 depth = inside.depth + 1;
    for_each_range(die, [&](u64 begin, u64 end) { info_.inlined_[*inside.function].push_back({begin, end, scope, depth}); });
    return {inside.function, depth};
  }

  u32 add_scope(Dwarf_Die& die, bool inlined) {
    DwarfInfo::Scope scope;
    scope.name = readable(name_of(die));
    scope.inlined = inlined;
    int line = 0, column = 0;
    scope.declared.path = declaring_path(die);
    if (dwarf_decl_line(&die, &line) == 0 && line > 0) scope.declared.line = static_cast<u32>(line);
    if (dwarf_decl_column(&die, &column) == 0 && column > 0) scope.declared.column = static_cast<u32>(column);
    if (inlined) {
      scope.called = {call_path(die), number(die, DW_AT_call_line), number(die, DW_AT_call_column)};
    }
    info_.scopes_.push_back(std::move(scope));
    info_.inlined_.emplace_back();
    return static_cast<u32>(info_.scopes_.size() - 1);
  }
  void drop_scope() {
    info_.scopes_.pop_back();
    info_.inlined_.pop_back();
  }

  const FunctionName& readable(const std::string& symbol) {
    const auto [known, is_new] = known_names_.try_emplace(symbol);
    if (is_new) known->second = readable_name(symbol);
    return known->second;
  }

  static std::string name_of(Dwarf_Die& die) {
    for (const unsigned attribute : {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name}) {
      Dwarf_Attribute found;
      if (dwarf_attr_integrate(&die, attribute, &found) == nullptr) continue;
      if (const char* text = dwarf_formstring(&found)) return text;
    }
    return {};
  }

  static u32 number(Dwarf_Die& die, unsigned attribute) {
    Dwarf_Attribute found;
    Dwarf_Word value = 0;
    if (dwarf_attr(&die, attribute, &found) == nullptr || dwarf_formudata(&found, &value) != 0) return 0;
    return value > 0xffffffff ? 0 : static_cast<u32>(value);
  }

  u32 file_path(u32 index) {
    if (files_ == nullptr || index >= file_count_) return 0;
    constexpr std::string_view unknown = "???";  // the library's word for entry 0 of older versions
    const char* text = dwarf_filesrc(files_, index, nullptr, nullptr);
    return text == nullptr || text == unknown ? 0 : path(text);
  }

  u32 call_path(Dwarf_Die& die) { return file_path(number(die, DW_AT_call_file)); }

  // The library takes file 0 for none, which is the unit's own file since DWARF 5.
  u32 declaring_path(Dwarf_Die& die) {
    if (const char* text = dwarf_decl_file(&die)) return path(text);
    Dwarf_Attribute found;
    Dwarf_Word index = 1;
    if (dwarf_attr_integrate(&die, DW_AT_decl_file, &found) == nullptr || dwarf_formudata(&found, &index) != 0) return 0;
    return index == 0 ? file_path(0) : 0;
  }

  // Entries may share lists of ranges: all count together.
  template <typename Use>
  void for_each_range(Dwarf_Die& die, Use use) {
    Dwarf_Addr base = 0, begin = 0, end = 0;
    std::ptrdiff_t at = 0;
    while (++entries_ <= max_entries && (at = dwarf_ranges(&die, at, &base, &begin, &end)) > 0) {
      if (begin < end) use(begin, end);
    }
  }

  void finish() {
    std::stable_sort(info_.rows_.begin(), info_.rows_.end(), [](const auto& a, const auto& b) {
      // The end of one sequence comes before the beginning of the next at the same place.
      return a.address != b.address ? a.address < b.address : a.ends && !b.ends;
    });
    std::stable_sort(info_.functions_.begin(), info_.functions_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
    for (auto& inside : info_.inlined_) {
      std::stable_sort(inside.begin(), inside.end(), comes_before);
    }
  }

  DwarfInfo& info_;
  std::map<std::string, u32> known_paths_;
  std::map<std::string, FunctionName> known_names_;
  Dwarf_Files* files_ = nullptr;
  std::size_t file_count_ = 0;
  std::size_t entries_ = 0;
};

DwarfInfo::DwarfInfo(std::vector<u8>& bytes) {
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, CloseElf> elf(elf_memory(reinterpret_cast<char*>(bytes.data()), bytes.size()));
  if (!elf) return;
  const std::unique_ptr<Dwarf, CloseDwarf> dwarf(dwarf_begin_elf(elf.get(), DWARF_C_READ, nullptr));
  if (dwarf) DwarfReader(*this).read(dwarf.get());
}

std::vector<Frame> DwarfInfo::frames_at(u64 address) const {
  std::vector<Frame> frames;
  const auto add = [&](Frame::Kind kind, const FunctionName& name, const Position& at) {
    frames.push_back({kind, name.space, name.function, paths_[at.path], at.line, at.column});
  };
  const FunctionName* innermost = nullptr;
  const auto after = std::upper_bound(functions_.begin(), functions_.end(), address, [](u64 a, const Range& r) { return a < r.begin; });
  if (after != functions_.begin() && address < std::prev(after)->end) {
    const u32 function = std::prev(after)->scope;
    innermost = &scopes_[function].name;
    add(Frame::Kind::enter, *innermost, scopes_[function].declared);
    // Inlined calls of one depth lie apart, and inside those of the depth before.
    const std::vector<Range>& inlined = inlined_[function];
    for (u32 depth = 1;; ++depth) {
      const Range here{address, 0, 0, depth};
      const auto behind = std::upper_bound(inlined.begin(), inlined.end(), here, comes_before);
      if (behind == inlined.begin() || std::prev(behind)->depth != depth || address >= std::prev(behind)->end) break;
      const Scope& scope = scopes_[std::prev(behind)->scope];
      add(Frame::Kind::call, *innermost, scope.called);
      innermost = &scope.name;
      add(Frame::Kind::enter, *innermost, scope.declared);
    }
  }
  const auto row = std::upper_bound(rows_.begin(), rows_.end(), address, [](u64 a, const Row& r) { return a < r.address; });
  if (row != rows_.begin() && !std::prev(row)->ends)
    add(Frame::Kind::line, innermost ? *innermost : FunctionName{}, std::prev(row)->position);
  return frames;
}

}  // namespace pvm::link
