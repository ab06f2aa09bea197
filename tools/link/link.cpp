// SPDX-License-Identifier: Apache-2.0 OR MIT
// The stages of the linker in their order, and the container around what comes out.
#include "link.hpp"

#include "pvm/builder/container.hpp"

namespace pvm::link {
namespace {

using ref::Container;
using ref::Semantics;

constexpr u64 page_size = 4096;
/// What the length fields of a standard program can say.
constexpr u64 max_standard_data = (u64{1} << 24) - 1, max_standard_heap_pages = (u64{1} << 16) - 1, max_standard_program = 0xffffffff;

Container container_of(const LinkOptions& options, Semantics semantics) {
  if (options.container) return *options.container;
  return ref::is_graypaper(semantics) ? Container::standard : Container::polkavm;
}

builder::CodeBlob code_of(Image& image) {
  builder::CodeBlob blob;
  blob.code = std::move(image.code);
  blob.bitmask = std::move(image.bitmask);
  blob.jump_table = std::move(image.jump_table);
  blob.entry_size = image.jump_table_entry_size;
  return blob;
}

std::vector<u8> polkavm_blob(Image& image, DebugSections debug) {
  builder::ProgramParts parts;
  parts.ro_size = image.ro_size;
  parts.rw_size = image.rw_size;
  parts.stack_size = image.stack_size;
  parts.ro_data = std::move(image.ro_data);
  parts.rw_data = std::move(image.rw_data);
  parts.imports = std::move(image.imports);
  for (Image::ExportEntry& entry : image.exports) parts.exports.push_back({entry.code_offset, std::move(entry.symbol)});
  parts.blob = code_of(image);
  builder::PolkavmContainer container = builder::polkavm_parts(image.semantics, parts);
  const auto add = [&](u8 id, std::vector<u8> content) {
    if (!content.empty()) container.sections.push_back({id, std::move(content), std::nullopt});
  };
  add(builder::section_debug_strings, std::move(debug.strings));
  add(builder::section_debug_line_programs, std::move(debug.line_programs));
  add(builder::section_debug_line_ranges, std::move(debug.ranges));
  return builder::polkavm_container(container);
}

/// A standard program has no size of its read-only data but its length, and whole pages of zeros behind the rest.
Outcome<std::vector<u8>> standard_program(Image& image) {
  const auto too_large = [](const std::string& what) {
    return LinkError{.message = what + " is too large for a standard program", .remedy = "choose the container polkavm"};
  };
  builder::StandardContainer container;
  image.ro_data.resize(image.ro_size);
  const u64 given = (image.rw_data.size() + page_size - 1) / page_size;
  const u64 wanted = (u64{image.rw_size} + page_size - 1) / page_size;
  const u64 heap_pages = wanted - given;
  if (image.ro_data.size() > max_standard_data) return too_large("the read-only data");
  if (image.rw_data.size() > max_standard_data) return too_large("the data");
  if (heap_pages > max_standard_heap_pages) return too_large("the zero-initialised data");
  if (image.stack_size > max_standard_data) return too_large("the stack");
  container.ro_data = std::move(image.ro_data);
  container.rw_data = std::move(image.rw_data);
  container.heap_pages = static_cast<u32>(heap_pages);
  container.stack_size = image.stack_size;
  container.program = builder::raw_container(code_of(image));
  if (container.program.size() > max_standard_program) return too_large("the code");
  return builder::standard_container(container);
}

/// Code alone: whatever else the program has would be lost.
Outcome<std::vector<u8>> raw_program(Image& image) {
  if (image.ro_size != 0 || image.rw_size != 0) {
    return LinkError{.message = "a raw program has no data, but this one has some", .remedy = "choose the container standard or polkavm"};
  }
  return builder::raw_container(code_of(image));
}

Outcome<std::vector<u8>> wrap(Image& image, DebugSections debug, Container container) {
  if (container == Container::standard) return standard_program(image);
  if (container == Container::raw) return raw_program(image);
  return polkavm_blob(image, std::move(debug));
}

}  // namespace

Outcome<Linked> link(std::span<const Input> inputs, const LinkOptions& options) {
  auto lifted = lift(inputs, options);
  if (auto* error = std::get_if<LinkError>(&lifted)) return std::move(*error);
  Program& program = std::get<Program>(lifted);
  optimize(program, options.optimize);
  assign_scratch(program);

  auto emitted = emit(program, options);
  if (auto* error = std::get_if<LinkError>(&emitted)) return std::move(*error);
  Image& image = std::get<Image>(emitted);
  const Container container = container_of(options, image.semantics);
  if (container == Container::polkavm && ref::is_graypaper(image.semantics)) {
    return LinkError{.message = "the container polkavm has no version byte for " + std::string(ref::name_of(image.semantics)),
                     .remedy = "choose the container standard or raw"};
  }
  DebugSections debug;
  if (!options.strip && container == Container::polkavm) debug = debug_sections(inputs, program, image);

  const LinkStatistics statistics = image.statistics;
  auto blob = wrap(image, std::move(debug), container);
  if (auto* error = std::get_if<LinkError>(&blob)) return std::move(*error);
  return Linked{std::move(std::get<std::vector<u8>>(blob)), statistics};
}

}  // namespace pvm::link
