// SPDX-License-Identifier: Apache-2.0 OR MIT
// The container around the code.
#include "compose.hpp"

#include <algorithm>

namespace pvm::assembly {
namespace {

using ref::Container;

class Composer {
 public:
  Composer(const Source& source, const Parts& parts, Errors& errors) : source_(source), parts_(parts), errors_(errors) {}

  Bytes run(Container container) {
    const Bytes code = code_section();
    switch (container) {
      case Container::polkavm: return polkavm(code);
      case Container::raw: return raw(code);
      case Container::standard: return standard(code);
    }
    return {};
  }

 private:
  void fail(std::string message, Spot spot = {}) { errors_.add(spot, std::move(message)); }

  // Jump table, code and bitmask, as every container holds them.
  Bytes code_section() {
    const u8 size = source_.table_entry_size.value_or(entry_size_of(parts_.table));
    const Bytes table = jump_table(size);
    Bytes out;
    if (source_.code_header) {
      out = *source_.code_header;
    } else {
      builder::append_natural(out, size == 0 ? 0 : table.size() / size);
      out.push_back(size);
      builder::append_natural(out, parts_.code.size());
    }
    builder::append(out, table);
    builder::append(out, parts_.code);
    builder::append(out, parts_.bitmask);
    return out;
  }

  Bytes jump_table(u8 size) {
    if (source_.table_bytes) {
      const bool divides = size == 0 ? source_.table_bytes->empty() : source_.table_bytes->size() % size == 0;
      if (!divides && !source_.code_header) fail("%jump_table_bytes must hold whole entries of %jump_table_entry_size bytes");
      return *source_.table_bytes;
    }
    Bytes table;
    for (const u64 entry : parts_.table) {
      if (size < 8 && entry >> (8 * size) != 0) {
        fail("the jump table's entry " + std::to_string(entry) + " doesn't fit into %jump_table_entry_size = " + std::to_string(size));
        return {};
      }
      builder::append_little_endian(table, entry, size);
    }
    return table;
  }

  u32 size_of(std::optional<u32> declared, const Bytes& data, const std::string& name) {
    if (!declared || *declared >= data.size()) return declared.value_or(static_cast<u32>(data.size()));
    fail("%" + name + "_size = " + std::to_string(*declared) + " is less than the " + std::to_string(data.size()) + " bytes of %" + name +
         "; leave it out, or write a larger one");
    return 0;
  }

  const RawSection* raw_section(u8 id) const {
    const auto& index = source_.last_section[id];
    return index ? &source_.sections[*index] : nullptr;
  }

  // Adds a section that the text's other lines make, unless it is given as bytes or, being empty, left out.
  void add(builder::PolkavmContainer& container, builder::Section section, bool is_wanted, const std::string& lines) {
    const RawSection* given = raw_section(section.id);
    if (given != nullptr && given->content) {
      if (is_wanted)
        fail("section " + std::to_string(section.id) + " is given as bytes, and " + lines + " too; leave one out", given->spot);
      section.content = *given->content;
    } else if (!is_wanted) {
      if (given != nullptr) fail("there is no section " + std::to_string(section.id) + " to have a length", given->spot);
      return;
    }
    if (given != nullptr) section.length = given->length;
    container.sections.push_back(std::move(section));
  }

  Bytes polkavm(const Bytes& code) {
    if (ref::is_graypaper(source_.version)) fail("graypaper-0.7.2 has no polkavm container; write %container = raw or standard");
    if (source_.heap_pages) fail("%heap_pages is for standard programs only");
    builder::PolkavmContainer out;
    out.version = builder::blob_version_of(source_.version);
    const RawSection* config = raw_section(builder::section_memory_config);
    const bool sizes_are_given = config != nullptr && config->content;
    const u32 ro_size = sizes_are_given ? source_.ro_size.value_or(0) : size_of(source_.ro_size, source_.ro_data, "ro_data");
    const u32 rw_size = sizes_are_given ? source_.rw_size.value_or(0) : size_of(source_.rw_size, source_.rw_data, "rw_data");
    const u32 stack_size = source_.stack_size.value_or(0);
    const bool has_memory = ro_size != 0 || rw_size != 0 || stack_size != 0;
    add(out, builder::memory_config_section(ro_size, rw_size, stack_size), has_memory, "the sizes");
    add(out, {builder::section_ro_data, source_.ro_data, {}}, !source_.ro_data.empty(), "%ro_data");
    add(out, {builder::section_rw_data, source_.rw_data, {}}, !source_.rw_data.empty(), "%rw_data");
    add(out, builder::imports_section(source_.imports), !source_.imports.empty(), "imports");
    add(out, builder::exports_section(parts_.exports), !parts_.exports.empty(), "exports");
    add(out, {builder::section_code, code, {}}, true, "");
    for (const RawSection& section : source_.sections) {
      if (section.id >= builder::section_debug_strings) out.sections.push_back({section.id, *section.content, section.length});
    }
    if (source_.after_end) out.after_end = *source_.after_end;
    return builder::polkavm_container(out);
  }

  void refuse_names(const std::string& container) {
    if (!source_.imports.empty() || !parts_.exports.empty()) {
      fail("a " + container + " container holds no names; leave imports and exports (pub) out, or write %container = polkavm");
    }
    if (!source_.sections.empty() || source_.after_end) fail("a " + container + " container has no sections");
  }

  Bytes raw(const Bytes& code) {
    refuse_names("raw");
    const bool has_memory = source_.ro_size || source_.rw_size || source_.stack_size || source_.heap_pages;
    if (has_memory || !source_.ro_data.empty() || !source_.rw_data.empty()) {
      fail("a raw container holds code only; leave data and sizes out, or write another %container");
    }
    return code;
  }

  Bytes standard(const Bytes& code) {
    refuse_names("standard");
    builder::StandardContainer out;
    out.ro_data = padded(source_.ro_data, size_of(source_.ro_size, source_.ro_data, "ro_data"), "read-only data");
    out.rw_data = padded(source_.rw_data, size_of(source_.rw_size, source_.rw_data, "rw_data"), "read-write data");
    out.heap_pages = source_.heap_pages.value_or(0);
    out.stack_size = source_.stack_size.value_or(0);
    if (out.stack_size >= 1U << 24) fail("a standard program has less than 16 MiB of stack");
    out.program = code;
    return builder::standard_container(out);
  }

  // This container knows no sizes beyond the data, so zeros fill it up.
  Bytes padded(Bytes data, u32 size, const std::string& what) {
    if (size >= 1U << 24) {
      fail("a standard program has less than 16 MiB of " + what);
    } else {
      data.resize(std::max<std::size_t>(data.size(), size), 0);
    }
    return data;
  }

  const Source& source_;
  const Parts& parts_;
  Errors& errors_;
};

}  // namespace

u8 entry_size_of(std::span<const u64> table) {
  if (table.empty()) return 0;
  const u64 largest = *std::max_element(table.begin(), table.end());
  u8 size = 1;
  while (size < 8 && largest >> (8 * size) != 0) ++size;
  return size;
}

Bytes compose(const Source& source, const Parts& parts, ref::Container container, Errors& errors) {
  return Composer(source, parts, errors).run(container);
}

}  // namespace pvm::assembly
