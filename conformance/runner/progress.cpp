// SPDX-License-Identifier: Apache-2.0 OR MIT
// The line on a terminal that says how far a run has come.
#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace pvm::runner {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const Progress& progress, std::size_t columns) {
  std::string line = std::to_string(progress.done) + "/" + std::to_string(progress.total);
  if (progress.bad != 0) line += "  " + std::to_string(progress.bad) + " not passed";
  if (progress.seconds > 0.5 && progress.done != 0) {
    const double rate = static_cast<double>(progress.done) / progress.seconds;
    const double left = static_cast<double>(progress.total - progress.done) / rate;
    line += "  " + std::to_string(static_cast<long>(rate)) + "/s  " + std::to_string(std::lround(left)) + " s left";
  }
  constexpr std::size_t bar_columns = 24;
  if (line.size() + bar_columns + 3 <= columns && progress.total != 0) {
    const std::size_t filled = bar_columns * progress.done / progress.total;
    line = "[" + std::string(filled, '#') + std::string(bar_columns - filled, '.') + "] " + line;
  }
  return line.substr(0, columns);
}

bool wants_colour() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && !is_set("NO_COLOR") && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

ProgressLine::ProgressLine() {
  const char* ci = std::getenv("CI");
  active_ = isatty(STDERR_FILENO) != 0 && (ci == nullptr || std::string_view(ci) != "true");
}

ProgressLine::~ProgressLine() {
  if (drawn_) std::cerr << "\r\x1b[K" << std::flush;
}

void ProgressLine::show(const Progress& progress) {
  if (!active_) return;
  drawn_ = true;
  std::cerr << "\r" << progress_line(progress, terminal_columns() - 1) << "\x1b[K" << std::flush;
}

}  // namespace pvm::runner
