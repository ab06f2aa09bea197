// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "debug/line_writer.hpp"

#include <algorithm>

#include "pvm/builder/container.hpp"

namespace pvm::link {
namespace {

// The operations of a line program.
constexpr u8 op_finish = 0, op_mutation_depth = 1, op_kind = 2, op_space = 5, op_function = 6, op_path = 7, op_line = 8, op_column = 9,
             op_stack_depth = 10, op_next_line = 11, op_one_byte = 14, op_bytes = 15;
constexpr u8 line_programs_version = 1;

bool same_function(const Frame& a, const Frame& b) {
  return a.space == b.space && a.function == b.function && a.path == b.path;
}

}  // namespace

LineWriter::LineWriter() {
  sections_.strings.push_back(0);  // The empty string, at offset 0.
  strings_[""] = 0;
  sections_.line_programs.push_back(line_programs_version);
}

u32 LineWriter::string(const std::string& text) {
  const auto [known, is_new] = strings_.emplace(text, static_cast<u32>(sections_.strings.size()));
  if (is_new) {
    builder::append_varint(sections_.strings, text.size());
    builder::append(sections_.strings, text);
  }
  return known->second;
}

void LineWriter::begin_program(u32 begin) {
  state_ = {};
  depth_ = mutation_depth_ = 0;
  begin_ = begin;
  program_ = static_cast<u32>(sections_.line_programs.size());
  open_ = true;
}

void LineWriter::end_program() {
  if (!open_) return;
  sections_.line_programs.push_back(op_finish);
  for (const u32 number : {begin_, end_, program_}) builder::append_little_endian(sections_.ranges, number, 4);
  open_ = false;
}

void LineWriter::field(u8 operation, u32 wanted, u32& present) {
  if (wanted == present) return;
  auto& out = sections_.line_programs;
  if (operation == op_line && wanted == present + 1) {
    out.push_back(op_next_line);
  } else {
    out.push_back(operation);
    builder::append_varint(out, wanted);
  }
  present = wanted;
}

void LineWriter::change(u32 depth, const State& wanted) {
  State& present = state_[depth];
  auto& out = sections_.line_programs;
  const bool same = present.kind == wanted.kind && present.space == wanted.space && present.function == wanted.function &&
                    present.path == wanted.path && present.line == wanted.line && present.column == wanted.column;
  if (same) return;
  field(op_mutation_depth, depth, mutation_depth_);
  if (present.kind != wanted.kind) out.push_back(static_cast<u8>(op_kind + static_cast<u8>(*wanted.kind)));
  present.kind = wanted.kind;
  field(op_space, wanted.space, present.space);
  field(op_function, wanted.function, present.function);
  field(op_path, wanted.path, present.path);
  field(op_line, wanted.line, present.line);
  field(op_column, wanted.column, present.column);
}

void LineWriter::add(u32 begin, u32 end, const std::vector<Frame>& frames) {
  if (frames.empty() || begin >= end) return;
  if (frames.front().function.empty() && frames.front().path.empty()) return;
  if (open_ && (begin != end_ || !same_function(outermost_, frames.front()))) end_program();
  if (!open_) begin_program(begin);
  outermost_ = frames.front();
  end_ = end;

  const u32 count = static_cast<u32>(std::min(frames.size(), max_frames));
  for (u32 depth = 0; depth < count; ++depth) {
    const Frame& frame = frames[depth];
    change(depth, {frame.kind, string(frame.space), string(frame.function), string(frame.path), frame.line, frame.column});
  }
  field(op_stack_depth, count, depth_);
  auto& out = sections_.line_programs;
  if (end - begin == 1) {
    out.push_back(op_one_byte);
  } else {
    out.push_back(op_bytes);
    builder::append_varint(out, end - begin);
  }
}

DebugSections LineWriter::finish() {
  end_program();
  if (sections_.ranges.empty()) return {};
  return std::move(sections_);
}

}  // namespace pvm::link
