// SPDX-License-Identifier: Apache-2.0 OR MIT
// Which lines of source an instruction comes from: the debug sections 128 to 130. [blob.debug]
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pvm/ref/types.hpp"

namespace pvm::assembly {

/// One entry of the stack of places that an instruction comes from.
struct SourceFrame {
  enum class Kind : ref::u8 {
    enter,  ///< Where the function is declared.
    call,   ///< Where a function was called that is inlined here: the frames behind it are in that one.
    line,   ///< The line itself.
  };
  Kind kind = Kind::enter;
  // Empty where unknown. They live as long as the sections.
  std::string_view name_space;
  std::string_view function;
  std::string_view path;
  ref::u32 line = 0;    ///< From 1; 0: unknown.
  ref::u32 column = 0;  ///< From 1; 0: unknown.
  bool operator==(const SourceFrame&) const = default;
};

/// "src/a.c:12:5 (ns::f)", as much of it as is known; names are as the blob has them.
std::string to_text(const SourceFrame& frame);
/// The places of a stack from the innermost one outwards: "a.c:12 (f), called from b.c:3 (main)". Frames that only say where a function
/// is declared are left out if there are others.
std::string to_text(const std::vector<SourceFrame>& frames);

/// Answers for code offsets. Reading is defensive: damaged sections give fewer answers. A copy is independent; not thread-safe.
class LinePrograms {
 public:
  /// The contents of the sections 128, 129 and 130, which must outlive it.
  LinePrograms(std::span<const ref::u8> strings, std::span<const ref::u8> programs, std::span<const ref::u8> ranges);
  /// The debug sections of a polkavm container, which must outlive it; nullopt: it has none, or isn't one.
  static std::optional<LinePrograms> of_blob(std::span<const ref::u8> blob);

  /// The frames of the instruction at `pc`, the outermost function first; empty: nothing is known of it. Takes time proportional to the
  /// line program of its function, but for ascending offsets to the programs between them.
  std::vector<SourceFrame> lookup(ref::u32 pc);

  /// Has a lookup met a line program that makes no sense?
  bool is_damaged() const { return is_damaged_; }

 private:
  static constexpr std::size_t max_frames = 16;

  // A frame with names as offsets into the strings.
  struct State {
    SourceFrame::Kind kind = SourceFrame::Kind::enter;
    ref::u32 name_space = 0, function = 0, path = 0, line = 0, column = 0;
  };
  // A line program being run: the region that it has reached, and what holds in it.
  struct Run {
    ref::u32 program = 0;  // offset in the section
    std::size_t at = 0;
    ref::u64 region_begin = 0, region_end = 0;
    ref::u32 region_depth = 0;  // frames that the region shows
    ref::u32 stack_depth = 0, mutation_depth = 0;
    std::array<State, max_frames> frames;
    std::array<State, max_frames> region_frames;
    bool is_over = false;
  };

  struct Range {
    ref::u32 begin, end, program;
  };
  std::optional<Range> range_of(ref::u32 pc) const;
  Range range_at(std::size_t index) const;
  void next_region(Run& run);
  // Executes one opcode; true: it has made a region.
  bool execute(Run& run, ref::u8 opcode);
  static void emit(Run& run, ref::u32 count);
  std::string_view string_at(ref::u32 offset) const;
  std::optional<ref::u32> take_varint(Run& run) const;

  std::span<const ref::u8> strings_, programs_, ranges_;
  std::optional<Run> run_;
  bool is_damaged_ = false;
};

}  // namespace pvm::assembly
