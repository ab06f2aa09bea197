// SPDX-License-Identifier: Apache-2.0 OR MIT
// Finds the windows of guests in /proc/self/maps, and puts pages with a pattern beside them.
#include "canaries.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "native/layout.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::hostile {
namespace {

constexpr u64 page = 4096, four_gib = u64{1} << 32;
constexpr u8 pattern = 0xa5;

struct Span {
  u64 begin, end;
};

// Mappings that touch each other count as one.
std::vector<Span> large_reservations() {
  std::vector<Span> spans;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::size_t length = 0;
    const u64 begin = std::stoull(line, &length, 16);
    const u64 end = std::stoull(line.substr(length + 1), nullptr, 16);
    if (!spans.empty() && spans.back().end == begin)
      spans.back().end = end;
    else
      spans.push_back({begin, end});
  }
  std::erase_if(spans, [](const Span& span) { return span.end - span.begin < four_gib; });
  return spans;
}

}  // namespace

Canaries::Canaries() {
  std::vector<void*> places = {nullptr};
  for (const Span& span : large_reservations()) {
    places.push_back(reinterpret_cast<void*>(span.begin - page));
    places.push_back(reinterpret_cast<void*>(span.end));
    constexpr u64 guard = 0x10000;
    windows_.push_back(span.end - guard - four_gib);
  }
  for (void* const place : places) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (place != nullptr ? MAP_FIXED_NOREPLACE : 0);
    void* const at = ::mmap(place, page, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (at == MAP_FAILED) continue;
    std::fill_n(static_cast<u8*>(at), page, pattern);
    pages_.push_back(reinterpret_cast<u64>(at));
  }
}

Canaries::~Canaries() {
  for (const u64 address : pages_) ::munmap(reinterpret_cast<void*>(address), page);
}

bool Canaries::are_unharmed() const {
  return std::all_of(pages_.begin(), pages_.end(), [](u64 address) {
    const u8* const bytes = reinterpret_cast<const u8*>(address);
    return std::all_of(bytes, bytes + page, [](u8 byte) { return byte == pattern; });
  });
}

std::vector<u64> Canaries::addresses() const {
  std::vector<u64> all;
  for (const u64 address : pages_) {
    all.insert(all.end(), {address, address + four_gib, address - four_gib});
    for (const u64 window : windows_) all.push_back(address - window);
  }
  for (const u64 window : windows_) all.insert(all.end(), {window, u64{0} - page, u64{0} - window});
  return all;
}

std::vector<u64> telling_addresses() {
  namespace native = engine::native;
  namespace process = engine::sandbox::process;
  static u64 variable = 0;
  const u64 local = 0;
  return {native::context_address,
          native::context_address + offsetof(native::Context, gas),
          native::context_address + offsetof(native::Context, exit_handler),
          process::turn_address,
          process::signal_stack,
          native::guest_end,
          native::guest_end - 1,
          native::code_address,
          native::jump_table_address,
          process::halt_slot_address,
          u64{0x20} << 32,
          process::template_stack,
          reinterpret_cast<u64>(&variable),
          reinterpret_cast<u64>(&local),
          reinterpret_cast<u64>(&std::puts),
          u64{1} << 47,
          process::address_space_end,
          u64{0xffff'8000} << 32,
          u64{0xffff'ffff'ff60'0000},
          u64{1} << 63,
          ~(u64{1} << 63),
          ~u64{0}};
}

}  // namespace pvm::hostile
