// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which lines of source an instruction comes from: the debug sections 128 to 130. [blob.debug]
#include "line_programs.hpp"

#include <algorithm>

#include "container.hpp"
#include "pvm/builder/container.hpp"

namespace pvm::assembly {

using ref::u32;
using ref::u64;
using ref::u8;

namespace {

constexpr std::size_t range_size = 12;
constexpr u8 known_version = 1;
constexpr u32 max_opcodes_per_region = 512;
constexpr std::size_t polkavm_header_size = 13;

enum Opcode : u8 {
  end_program = 0,
  set_mutation_depth = 1,
  set_kind_enter = 2,
  set_kind_call = 3,
  set_kind_line = 4,
  set_name_space = 5,
  set_function = 6,
  set_path = 7,
  set_line = 8,
  set_column = 9,
  set_stack_depth = 10,
  increment_line = 11,
  add_line = 12,
  subtract_line = 13,
  finish = 14,
  finish_multiple = 15,
  finish_deeper = 16,
  finish_multiple_deeper = 17,
  finish_shallower = 18,
  finish_multiple_shallower = 19,
};

u32 little_endian_32(std::span<const u8> bytes) {
  return u32{bytes[0]} | u32{bytes[1]} << 8 | u32{bytes[2]} << 16 | u32{bytes[3]} << 24;
}

bool takes_operand(u8 opcode) {
  switch (opcode) {
    case end_program:
    case set_kind_enter:
    case set_kind_call:
    case set_kind_line:
    case increment_line:
    case finish:
    case finish_deeper:
    case finish_shallower: return false;
    default: return true;
  }
}

}  // namespace

std::string to_text(const SourceFrame& frame) {
  std::string text(frame.path);
  if (!text.empty() && frame.line != 0) {
    text += ":" + std::to_string(frame.line);
    if (frame.column != 0) text += ":" + std::to_string(frame.column);
  }
  if (frame.function.empty()) return text;
  std::string name = frame.name_space.empty() ? "" : std::string(frame.name_space) + "::";
  name += frame.function;
  return text.empty() ? name : text + " (" + name + ")";
}

std::string to_text(const std::vector<SourceFrame>& frames) {
  const bool has_lines = std::any_of(frames.begin(), frames.end(), [](const auto& f) { return f.kind != SourceFrame::Kind::enter; });
  std::string text;
  // NOLINTNEXTLINE(modernize-loop-convert): clang 14 can't read the library's reverse_view.
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    if (has_lines && frame->kind == SourceFrame::Kind::enter) continue;
    const std::string one = to_text(*frame);
    if (one.empty()) continue;
    if (!text.empty()) text += ", called from ";
    text += one;
  }
  return text;
}

LinePrograms::LinePrograms(std::span<const u8> strings, std::span<const u8> programs, std::span<const u8> ranges)
    : strings_(strings), programs_(programs), ranges_(ranges) {
  if (programs_.empty() || programs_[0] != known_version) ranges_ = {};
}

std::optional<LinePrograms> LinePrograms::of_blob(std::span<const u8> blob) {
  if (blob.size() < polkavm_header_size) return std::nullopt;
  std::array<std::optional<std::span<const u8>>, 3> found;
  const ContainerBytes pieces = split_container(blob, ref::Container::polkavm);
  u8 next = builder::section_debug_strings;
  for (const SectionBytes& section : pieces.sections) {
    // The first of each in their order; late ones count as unknown sections.
    if (section.id < next || section.id > builder::section_debug_line_ranges) continue;
    found[section.id - builder::section_debug_strings] = section.content;
    next = static_cast<u8>(section.id + 1);
  }
  if (!found[1] || !found[2]) return std::nullopt;
  return LinePrograms(found[0].value_or(std::span<const u8>()), *found[1], *found[2]);
}

LinePrograms::Range LinePrograms::range_at(std::size_t index) const {
  const auto bytes = ranges_.subspan(index * range_size, range_size);
  return {little_endian_32(bytes), little_endian_32(bytes.subspan(4)), little_endian_32(bytes.subspan(8))};
}

std::optional<LinePrograms::Range> LinePrograms::range_of(u32 pc) const {
  std::size_t first = 0, past = ranges_.size() / range_size;  // the last range that begins at or before pc is in [first - 1, past)
  while (first < past) {
    const std::size_t middle = first + (past - first) / 2;
    if (range_at(middle).begin <= pc) {
      first = middle + 1;
    } else {
      past = middle;
    }
  }
  if (first == 0) return std::nullopt;
  const Range range = range_at(first - 1);
  if (pc >= range.end) return std::nullopt;
  return range;
}

std::vector<SourceFrame> LinePrograms::lookup(u32 pc) {
  const auto range = range_of(pc);
  if (!range) return {};
  const bool goes_on = run_ && run_->program == range->program && run_->region_begin >= range->begin && run_->region_begin <= pc;
  if (!goes_on) {
    run_ = Run{};
    run_->program = range->program;
    run_->at = range->program;
    run_->region_begin = run_->region_end = range->begin;
  }
  while (!run_->is_over && run_->region_end <= pc) next_region(*run_);
  if (run_->is_over && run_->region_end <= pc) return {};
  std::vector<SourceFrame> frames;
  for (u32 index = 0; index < run_->region_depth; ++index) {
    const State& state = run_->region_frames[index];
    frames.push_back({state.kind, string_at(state.name_space), string_at(state.function), string_at(state.path), state.line, state.column});
  }
  return frames;
}

// Runs on to the next region, or to the end.
void LinePrograms::next_region(Run& run) {
  for (u32 count = 0; count < max_opcodes_per_region; ++count) {
    const u8 opcode = run.at < programs_.size() ? programs_[run.at] : u8{255};
    if (opcode == end_program) {
      run.is_over = true;
      return;
    }
    ++run.at;
    if (opcode > finish_multiple_shallower) break;
    if (execute(run, opcode)) return;
    if (run.is_over) break;
  }
  run.is_over = true;
  is_damaged_ = true;
}

bool LinePrograms::execute(Run& run, u8 opcode) {
  u32 value = 0;
  if (takes_operand(opcode)) {
    const auto operand = take_varint(run);
    run.is_over = !operand;
    if (!operand) return false;
    value = *operand;
  }
  State unused;
  State& frame = run.mutation_depth < max_frames ? run.frames[run.mutation_depth] : unused;
  switch (opcode) {
    case set_mutation_depth: run.mutation_depth = value; break;
    case set_kind_enter: frame.kind = SourceFrame::Kind::enter; break;
    case set_kind_call: frame.kind = SourceFrame::Kind::call; break;
    case set_kind_line: frame.kind = SourceFrame::Kind::line; break;
    case set_name_space: frame.name_space = value; break;
    case set_function: frame.function = value; break;
    case set_path: frame.path = value; break;
    case set_line: frame.line = value; break;
    case set_column: frame.column = value; break;
    case set_stack_depth: run.stack_depth = value; break;
    case increment_line: ++frame.line; break;
    case add_line: frame.line += value; break;
    case subtract_line: frame.line -= value; break;
    case finish: emit(run, 1); return true;
    case finish_multiple: emit(run, value); return true;
    case finish_deeper: emit(run, 1); break;
    case finish_multiple_deeper: emit(run, value); break;
    case finish_shallower: emit(run, 1); break;
    case finish_multiple_shallower: emit(run, value); break;
    default: break;
  }
  if (opcode < finish_deeper) return false;
  const bool goes_deeper = opcode == finish_deeper || opcode == finish_multiple_deeper;
  if (goes_deeper) {
    ++run.stack_depth;
  } else if (run.stack_depth > 0) {
    --run.stack_depth;
  }
  return true;
}

void LinePrograms::emit(Run& run, u32 count) {
  run.region_begin = run.region_end;
  run.region_end += count;
  run.region_depth = std::min(run.stack_depth, static_cast<u32>(max_frames));
  run.region_frames = run.frames;
}

std::optional<u32> LinePrograms::take_varint(Run& run) const {
  std::span<const u8> rest = programs_.subspan(std::min(run.at, programs_.size()));
  const auto value = take_varint_value(rest);
  run.at = programs_.size() - rest.size();
  return value;
}

std::string_view LinePrograms::string_at(u32 offset) const {
  if (offset >= strings_.size()) return {};
  std::span<const u8> rest = strings_.subspan(offset);
  const auto size = take_varint_value(rest);
  if (!size || *size > rest.size()) return {};
  return {reinterpret_cast<const char*>(rest.data()), *size};
}

}  // namespace pvm::assembly
