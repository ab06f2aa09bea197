// SPDX-License-Identifier: Apache-2.0 OR MIT
// The debug sections of a blob: strings, line programs, ranges. [blob.debug]
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "link.hpp"

namespace pvm::link {

/// One line of a stack of sources, outermost first.
struct Frame {
  enum class Kind : u8 { enter, call, line };
  Kind kind = Kind::enter;
  std::string space, function, path;
  u32 line = 0;    ///< 0: not known.
  u32 column = 0;  ///< 0: not known.
  bool operator==(const Frame&) const = default;
};

/// Takes regions of code in ascending order and writes the sections.
class LineWriter {
 public:
  LineWriter();
  /// [begin, end) of the code comes from `frames`, of which at most the first 16 are kept.
  void add(u32 begin, u32 end, const std::vector<Frame>& frames);
  DebugSections finish();

 private:
  static constexpr std::size_t max_frames = 16;
  // A frame with its strings' offsets; the kind is unknown until it is set.
  struct State {
    std::optional<Frame::Kind> kind;
    u32 space = 0, function = 0, path = 0, line = 0, column = 0;
  };

  u32 string(const std::string& text);
  void begin_program(u32 begin);
  void end_program();
  void change(u32 depth, const State& wanted);
  void field(u8 operation, u32 wanted, u32& present);

  DebugSections sections_;
  std::map<std::string, u32> strings_;
  std::array<State, max_frames> state_;
  u32 depth_ = 0;           ///< Of the stack.
  u32 mutation_depth_ = 0;  ///< Which frame the setters act on.
  bool open_ = false;
  u32 begin_ = 0, end_ = 0, program_ = 0;
  Frame outermost_;
};

}  // namespace pvm::link
