// SPDX-License-Identifier: Apache-2.0 OR MIT
// The front end of the linker: the steps, one after the other.
#include <algorithm>

#include "lift/attributes.hpp"
#include "lift/context.hpp"
#include "lift/reach.hpp"

namespace pvm::link {
namespace {

using namespace lifting;

std::optional<LinkError> read_inputs(Context& context, std::span<const Input> inputs) {
  for (const Input& input : inputs) {
    auto object = elf::read(input);
    if (auto* error = std::get_if<LinkError>(&object)) return std::move(*error);
    context.objects.push_back(std::move(std::get<elf::Object>(object)));
    context.program.objects.push_back(input.path);
    const elf::Object& first = context.objects.front();
    const elf::Object& last = context.objects.back();
    if (first.bits != last.bits) {
      return LinkError{.path = last.path,
                       .message = "a " + std::to_string(last.bits) + "-bit object among " + std::to_string(first.bits) + "-bit ones",
                       .remedy = "compile all for the same target"};
    }
  }
  if (context.objects.empty()) return LinkError{.message = "no input files", .remedy = "name at least one object"};
  context.program.register_bits = context.objects.front().bits;
  for (const elf::Object& object : context.objects) context.sections.emplace_back(object.sections.size());
  return std::nullopt;
}

std::optional<LinkError> check_semantics(const Context& context) {
  const auto& semantics = context.options->semantics;
  if (!semantics || ref::register_bits(*semantics) == context.program.register_bits) return std::nullopt;
  return LinkError{.path = context.objects.front().path,
                   .message = "a " + std::to_string(context.program.register_bits) + "-bit object for the instruction set " +
                              std::string(ref::name_of(*semantics)),
                   .remedy = "choose another instruction set, or compile for the other width"};
}

void warn_of_attributes(const Context& context) {
  for (const elf::Object& object : context.objects) {
    for (const std::string& line : foreign_attributes(object)) context.warn(line);
  }
}

void finish_data(Context& context) {
  // An array of constructors gathers relocations from several sections, not in the order of their places.
  std::stable_sort(context.pending.begin(), context.pending.end(), [](const PendingRelocation& a, const PendingRelocation& b) {
    return std::pair(a.section, a.offset) < std::pair(b.section, b.offset);
  });
  for (const PendingRelocation& pending : context.pending) {
    std::optional<Value> minus;
    if (pending.minus) minus = value_of(context, *pending.minus);
    context.program.sections[pending.section].relocations.push_back(
        {pending.offset, pending.size, value_of(context, pending.target), minus});
  }
  context.pending.clear();
}

void finish_exports(Context& context) {
  for (PendingExport& pending : context.exports) {
    pending.entry.block = value_of(context, pending.target).block();
    context.program.exports.push_back(std::move(pending.entry));
  }
}

/// The faults that the program can run into, as one error with others in its train.
std::optional<LinkError> reachable_faults(Context& context) {
  const bool has_faulty_block = std::find(context.faulty_blocks.begin(), context.faulty_blocks.end(), true) != context.faulty_blocks.end();
  if (!has_faulty_block && context.section_faults.empty()) return std::nullopt;
  const Reached reached = reach(context.program);
  context.reached_blocks = &reached.blocks;
  if (has_faulty_block) {
    // What else could be wrong has been found in the first round.
    static_cast<void>(make_blocks(context));
  }
  context.reached_blocks = nullptr;
  std::vector<LinkError> errors;
  const auto add = [&](const Fault& fault) {
    LinkError error = with_symbol(context, fault.place, fault.error);
    // Each half of an address says the same.
    const bool is_known = std::any_of(errors.begin(), errors.end(), [&](const LinkError& other) {
      return other.path == error.path && other.symbol == error.symbol && other.message == error.message;
    });
    if (!is_known && errors.size() < Context::max_faults) errors.push_back(std::move(error));
  };
  for (const Fault& fault : context.faults) add(fault);
  for (const auto& [id, fault] : context.section_faults) {
    if (reached.sections[id]) add(fault);
  }
  if (errors.empty()) return std::nullopt;
  LinkError first = std::move(errors.front());
  errors.erase(errors.begin());
  first.more = std::move(errors);
  return first;
}

/// No export leads to a block with a fault any more: they need not do anything.
void drop_faulty_blocks(Context& context) {
  for (u32 id = 0; id < context.program.blocks.size(); ++id) {
    if (context.faulty_blocks[id]) context.program.blocks[id] = Block{};
  }
}

}  // namespace

Outcome<Program> lift(std::span<const Input> inputs, const LinkOptions& options) {
  Context context;
  context.options = &options;
  if (auto error = read_inputs(context, inputs)) return std::move(*error);
  if (auto error = check_semantics(context)) return std::move(*error);
  warn_of_attributes(context);
  if (auto error = resolve_symbols(context)) return std::move(*error);
  if (auto error = classify_sections(context)) return std::move(*error);
  lift_data(context);
  if (auto error = read_records(context)) return std::move(*error);
  decode_code(context);
  if (auto error = make_blocks(context)) return std::move(*error);
  finish_data(context);
  finish_exports(context);
  if (auto error = reachable_faults(context)) return std::move(*error);
  drop_faulty_blocks(context);
  return std::move(context.program);
}

}  // namespace pvm::link
