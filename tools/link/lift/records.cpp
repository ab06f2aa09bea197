// SPDX-License-Identifier: Apache-2.0 OR MIT
// The records by which a guest names its exports and imports, and its stack size.
#include <algorithm>

#include "lift/context.hpp"
#include "lift/relocations.hpp"

namespace pvm::link::lifting {
namespace {

constexpr u32 max_inputs = 9, max_outputs = 2, max_imports = 1024;

/// What a metadata record says.
struct Metadata {
  std::string symbol;
  u32 inputs = 0;
  u32 outputs = 0;
  std::optional<u32> index;
};

/// Takes numbers from bytes until they are used up.
class Cursor {
 public:
  Cursor(std::span<const u8> bytes, u64 position) : bytes_(bytes), position_(position) {}

  u64 take(u32 size) {
    if (position_ > bytes_.size() || size > bytes_.size() - position_) {
      is_short_ = true;
      return 0;
    }
    u64 value = 0;
    for (u32 index = 0; index < size; ++index) value |= u64{bytes_[position_ + index]} << 8 * index;
    position_ += size;
    return value;
  }
  u64 position() const { return position_; }
  bool is_short() const { return is_short_; }

 private:
  std::span<const u8> bytes_;
  u64 position_;
  bool is_short_ = false;
};

constexpr const char* header_remedy = "use the macros of the guest header, and link with --emit-relocs";

/// Where the pointer at `place` points: an absolute relocation, or one of the kind that an address instruction would have.
std::optional<Place> pointer_at(const Context& context, const Place& place) {
  const elf::Relocation* relocation = relocation_at(context, place);
  const u32 absolute = context.program.register_bits == 32 ? relocation::absolute_32 : relocation::absolute_64;
  if (relocation != nullptr && relocation->type == relocation::relative) {
    return place_at_address(context, place.object, static_cast<u64>(relocation->addend));
  }
  if (relocation == nullptr || (relocation->type != absolute && relocation->type != relocation::pcrel_hi20)) return std::nullopt;
  return place_of_symbol(context, place.object, relocation->symbol, relocation->addend);
}

std::variant<std::string, LinkError> symbol_of(const Context& context, const Place& pointer, u64 length) {
  const auto place = pointer_at(context, pointer);
  if (!place) return fault_at(context, pointer, "the record's name has no relocation that points into a section", header_remedy);
  const std::span<const u8> bytes = context.section(*place).bytes;
  if (place->offset > bytes.size() || length > bytes.size() - place->offset) {
    return fault_at(context, pointer, "the record's name of " + std::to_string(length) + " bytes ends outside of its section",
                    header_remedy);
  }
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(place->offset);
  return std::string(begin, begin + static_cast<std::ptrdiff_t>(length));
}

std::variant<Metadata, LinkError> metadata_at(const Context& context, const Place& place) {
  Cursor cursor(context.section(place).bytes, place.offset);
  const u64 version = cursor.take(1);
  if (!cursor.is_short() && version != 1 && version != 2) {
    return fault_at(context, place, "an import or export record of unknown version " + std::to_string(version), header_remedy);
  }
  const u64 flags = cursor.take(4);
  const u64 length = cursor.take(4);
  const Place pointer = {place.object, place.section, cursor.position()};
  cursor.take(context.program.register_bits / 8);
  Metadata metadata;
  metadata.inputs = static_cast<u32>(cursor.take(1));
  metadata.outputs = static_cast<u32>(cursor.take(1));
  if (version == 2) {
    const bool has_index = cursor.take(1) != 0;
    const u32 index = static_cast<u32>(cursor.take(4));
    if (has_index) metadata.index = index;
  }
  if (cursor.is_short()) return fault_at(context, place, "an import or export record that is cut off", header_remedy);
  if (flags != 0) return fault_at(context, place, "an import or export record with unknown flags", header_remedy);
  if (metadata.inputs > max_inputs || metadata.outputs > max_outputs) {
    return fault_at(context, place,
                    "an import or export with too many registers: " + std::to_string(metadata.inputs) + " in, " +
                        std::to_string(metadata.outputs) + " out",
                    "at most 9 go in and 2 come out");
  }
  auto symbol = symbol_of(context, pointer, length);
  if (auto* error = std::get_if<LinkError>(&symbol)) return std::move(*error);
  metadata.symbol = std::move(std::get<std::string>(symbol));
  return metadata;
}

/// Reads one export record and moves behind it.
std::optional<LinkError> read_export(Context& context, Place& place) {
  const u32 pointer_size = context.program.register_bits / 8;
  const auto bytes = context.section(place).bytes;
  if (bytes[place.offset] != 1) {
    return fault_at(context, place, "an export record of unknown version " + std::to_string(bytes[place.offset]), header_remedy);
  }
  if (bytes.size() - place.offset < 1 + 2 * pointer_size)
    return fault_at(context, place, "an export record that is cut off", header_remedy);
  const Place first = {place.object, place.section, place.offset + 1};
  const Place second = {place.object, place.section, first.offset + pointer_size};
  const auto record = pointer_at(context, first);
  if (!record) {
    return fault_at(context, first, "an export record without a relocation to its metadata",
                    "link with --emit-relocs, or give the object itself");
  }
  auto metadata = metadata_at(context, *record);
  if (auto* error = std::get_if<LinkError>(&metadata)) return std::move(*error);
  const elf::Relocation* function = relocation_at(context, second);
  if (function == nullptr)
    return fault_at(context, second, "an export record without a relocation to its function", "link with --emit-relocs");
  const bool is_address = function->type == relocation::relative;
  Target target = is_address ? target_at_address(context, place.object, static_cast<u64>(function->addend))
                             : resolve(context, place.object, function->symbol, function->addend);
  const Metadata& known = std::get<Metadata>(metadata);
  PendingExport pending = {{known.symbol, {}, known.inputs, known.outputs}, std::move(target), second};
  if (pending.target.fault) {
    LinkError error = fault_at(context, second, pending.target.fault->message, pending.target.fault->remedy);
    error.symbol = pending.target.fault->symbol;
    return error;
  }
  if (!pending.target.is_code()) return fault_at(context, second, "the export \"" + known.symbol + "\" is no function", header_remedy);
  want_block(context, pending.target);
  place.offset = second.offset + pointer_size;
  context.exports.push_back(std::move(pending));
  return std::nullopt;
}

/// One name exported twice is an error, unless it means the same: an inline function's record comes with each object.
std::optional<LinkError> drop_repeated_exports(Context& context) {
  std::map<std::string_view, const PendingExport*> known;
  std::vector<PendingExport> kept;
  kept.reserve(context.exports.size());
  for (PendingExport& entry : context.exports) {
    const auto found = known.find(entry.entry.symbol);
    if (found == known.end()) {
      kept.push_back(std::move(entry));
      known[kept.back().entry.symbol] = &kept.back();
      continue;
    }
    const Target& other = found->second->target;
    if (other.id != entry.target.id || other.offset != entry.target.offset) {
      return fault_at(context, entry.place, "the export \"" + entry.entry.symbol + "\" exists twice", "rename one");
    }
  }
  context.exports = std::move(kept);
  return std::nullopt;
}

std::optional<LinkError> read_stack_sizes(Context& context, const Place& place) {
  const auto bytes = context.section(place).bytes;
  if (bytes.size() % 4 != 0) return fault_at(context, place, "the section's size is no multiple of 4", "it holds 32-bit numbers");
  Cursor cursor(bytes, 0);
  for (std::size_t at = 0; at < bytes.size(); at += 4) {
    context.program.stack_size = std::max(context.program.stack_size, static_cast<u32>(cursor.take(4)));
  }
  return std::nullopt;
}

std::optional<LinkError> read_record_section(Context& context, Place place) {
  const std::string_view name = context.section(place).name;
  if (name == ".polkavm_min_stack_size") return read_stack_sizes(context, place);
  if (name != ".polkavm_exports" && !name.starts_with(".polkavm_exports.")) return std::nullopt;
  while (place.offset < context.section(place).bytes.size()) {
    if (auto error = read_export(context, place)) return error;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LinkError> read_records(Context& context) {
  for (u32 object = 0; object < context.objects.size(); ++object) {
    for (u32 section = 0; section < context.sections[object].size(); ++section) {
      if (context.sections[object][section].role == Role::discarded) continue;
      if (auto error = read_record_section(context, {object, section, 0})) return error;
    }
  }
  if (context.exports.empty()) {
    return LinkError{.path = context.objects.front().path,
                     .message = "the program exports nothing: no record in any section .polkavm_exports",
                     .remedy = "export a function by the macros of the guest header, and keep the section when linking (--gc-sections)"};
  }
  return drop_repeated_exports(context);
}

std::variant<ImportId, LinkError> read_import(Context& context, const Place& place) {
  const auto record = pointer_at(context, place);
  if (!record) return fault_at(context, place, "a host call without a relocation to its record", header_remedy);
  auto metadata = metadata_at(context, *record);
  if (auto* error = std::get_if<LinkError>(&metadata)) return std::move(*error);
  Metadata& known = std::get<Metadata>(metadata);
  const Import import = {std::move(known.symbol), known.inputs, known.outputs, known.index};
  auto& imports = context.program.imports;
  const auto same_name = std::find_if(imports.begin(), imports.end(), [&](const Import& other) { return other.symbol == import.symbol; });
  if (same_name == imports.end()) {
    if (imports.size() == max_imports) return fault_at(context, place, "more than 1024 imports", "call fewer host functions");
    imports.push_back(import);
    return ImportId{static_cast<u32>(imports.size() - 1)};
  }
  if (*same_name != import) {
    return fault_at(context, place, "the import \"" + import.symbol + "\" is declared in two ways",
                    "give it the same registers and index everywhere");
  }
  return ImportId{static_cast<u32>(same_name - imports.begin())};
}

}  // namespace pvm::link::lifting
