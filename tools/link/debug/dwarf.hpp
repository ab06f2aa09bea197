// SPDX-License-Identifier: Apache-2.0 OR MIT
// What DWARF says of an address: function, inlined calls, line.
#pragma once

#include <memory>
#include <vector>

#include "debug/line_writer.hpp"
#include "debug/names.hpp"
#include "debug/relocated.hpp"

namespace pvm::link {

/// The DWARF of one file, read once into tables. What can't be understood is left out.
class DwarfInfo {
 public:
  /// `bytes` need not outlive it. Without DWARF: knows nothing.
  explicit DwarfInfo(std::vector<u8>& bytes);
  /// Outermost first; empty where nothing is known. Logarithmic in the size of the tables, for each inlined call.
  std::vector<Frame> frames_at(u64 address) const;

  struct Position {
    u32 path = 0;  ///< Index into the paths; 0: none.
    u32 line = 0, column = 0;
  };
  struct Row {
    u64 address = 0;
    Position position;
    bool ends = false;  ///< Nothing is known from here on.
  };
  /// A function, or one that is inlined into another.
  struct Scope {
    FunctionName name;
    Position declared, called;
    bool inlined = false;
  };
  struct Range {
    u64 begin = 0, end = 0;
    u32 scope = 0, depth = 0;
  };

 private:
  friend class DwarfReader;
  std::vector<std::string> paths_{""};
  std::vector<Row> rows_;  ///< Ascending.
  std::vector<Scope> scopes_;
  std::vector<Range> functions_;             ///< Of depth 0, ascending.
  std::vector<std::vector<Range>> inlined_;  ///< By scope of depth 0: what is inside, by depth, ascending.
};

}  // namespace pvm::link
