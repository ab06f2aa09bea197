// SPDX-License-Identifier: Apache-2.0 OR MIT
// Debug information of a blob: DWARF where the objects have it, else the names of functions.
#include <elf.h>

#include <algorithm>

#include "debug/dwarf.hpp"

namespace pvm::link {
namespace {

/// What one input says about its code.
class FileInfo {
 public:
  FileInfo(const Input& input, const elf::Object& object) : relocated_(relocate_debug_sections(input, object)), dwarf_(relocated_.bytes) {
    relocated_.bytes.clear();
    for (const elf::Symbol& symbol : object.symbols) {
      if (symbol.special || symbol.type != STT_FUNC || symbol.section >= object.sections.size()) continue;
      const u64 base = object.type == ET_REL ? relocated_.section_address[symbol.section] : 0;
      functions_.push_back({base + symbol.value, symbol.size, std::string(symbol.name)});
    }
    std::stable_sort(functions_.begin(), functions_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  }

  std::vector<Frame> frames_at(const Source& source) const {
    if (source.section >= relocated_.section_address.size()) return {};
    const u64 address = relocated_.section_address[source.section] + source.offset;
    std::vector<Frame> frames = dwarf_.frames_at(address);
    return frames.empty() ? symbol_at(address) : frames;
  }

 private:
  struct Function {
    u64 begin = 0, size = 0;
    std::string name;
  };

  std::vector<Frame> symbol_at(u64 address) const {
    const auto after =
        std::upper_bound(functions_.begin(), functions_.end(), address, [](u64 a, const Function& f) { return a < f.begin; });
    if (after == functions_.begin()) return {};
    const Function& function = *std::prev(after);
    if (function.size != 0 && address - function.begin >= function.size) return {};
    const FunctionName name = readable_name(function.name);
    return {{Frame::Kind::enter, name.space, name.function, "", 0, 0}};
  }

  Relocated relocated_;
  DwarfInfo dwarf_;
  std::vector<Function> functions_;  ///< Ascending.
};

}  // namespace

DebugSections debug_sections(std::span<const Input> inputs, const Program& program, const Image& image) {
  std::vector<std::optional<FileInfo>> files;
  for (const Input& input : inputs) {
    files.emplace_back();
    const auto object = elf::read(input);
    if (const auto* read = std::get_if<elf::Object>(&object)) files.back().emplace(input, *read);
  }
  LineWriter writer;
  for (const CodeSpan& span : image.spans) {
    const Source& source = program.sources[index_of(span.source)];
    if (source.object >= files.size() || !files[source.object]) continue;
    writer.add(span.begin, span.end, files[source.object]->frames_at(source));
  }
  return writer.finish();
}

}  // namespace pvm::link
