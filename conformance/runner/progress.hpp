// SPDX-License-Identifier: Apache-2.0 OR MIT
// The line on a terminal that says how far a run has come.
#pragma once

#include <string>

#include "session.hpp"

namespace pvm::runner {

/// "4812/12001  3 bad  1650/s  4 s left", in at most `columns` characters.
std::string progress_line(const Progress& progress, std::size_t columns);

/// Are colours wanted on standard output? Only on a terminal, and not with NO_COLOR or TERM=dumb.
bool wants_colour();

/// Draws the line on standard error while it lives; silent where that is no terminal, or with CI=true.
class ProgressLine {
 public:
  ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();
  void show(const Progress& progress);

 private:
  bool active_;
  bool drawn_ = false;
};

}  // namespace pvm::runner
