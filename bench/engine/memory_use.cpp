// SPDX-License-Identifier: Apache-2.0 OR MIT
// What this process and its descendants use, from /proc.
#include "memory_use.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace pvm::bench {
namespace {

// The parent's number from /proc/N/stat: the second field behind the name, which may hold anything.
int parent_of(const std::filesystem::path& process) {
  std::ifstream file(process / "stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > line.size()) return 0;
  int parent = 0;
  std::from_chars(line.data() + name_end + 4, line.data() + line.size(), parent);
  return parent;
}

}  // namespace

std::vector<int> descendants() {
  std::map<int, int> parents;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    int process = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), process);
    if (parsed.ptr == name.data() + name.size() && process > 0) parents[process] = parent_of(entry.path());
  }
  std::vector<int> found;
  for (const auto& [process, parent] : parents) {
    int ancestor = parent;
    while (ancestor > 1 && ancestor != getpid() && parents.contains(ancestor)) ancestor = parents[ancestor];
    if (ancestor == getpid()) found.push_back(process);
  }
  return found;
}

std::uint64_t pss_bytes(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
  std::string word;
  while (file >> word) {
    std::uint64_t kibibytes = 0;
    if (word == "Pss:" && file >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

std::uint64_t own_pss_bytes() {
  return pss_bytes(getpid());
}

}  // namespace pvm::bench
