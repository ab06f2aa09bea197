// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest memory by the system's means: rights are page protections, zeros are anonymous pages, snapshots are private mappings of a file.
#include "sandbox/in_process/window.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

#include "native/layout.hpp"
#include "sandbox/in_process/gs_base.hpp"

namespace pvm::engine::sandbox {
namespace {

// In order: guard, stack, frame, guest memory, guard. An access that begins below 2^32 may reach into the guard.
constexpr u64 guard_bytes = 0x10000;
constexpr u64 stack_bytes = 0x40000;
constexpr u64 frame_bytes = page_bytes;
constexpr u64 before_guest = guard_bytes + stack_bytes + frame_bytes;
constexpr u64 window_bytes = before_guest + native::guest_end + guard_bytes;
static_assert(sizeof(Frame) <= frame_bytes);

constexpr u64 page_down(u64 address) {
  return address / page_bytes * page_bytes;
}
constexpr u64 page_up(u64 address) {
  return page_down(address + page_bytes - 1);
}

int protection_of(Access access) {
  switch (access) {
    case Access::none: return PROT_NONE;
    case Access::read: return PROT_READ;
    case Access::write: return PROT_READ | PROT_WRITE;
  }
  return PROT_NONE;
}

Error exhausted(const char* what) {
  return Error{ErrorCode::resource_exhausted, std::string("the system refuses to ") + what + " guest memory", {}, {}};
}

Result<void> check_range(u64 begin, u64 end) {
  if (begin % page_bytes == 0 && end % page_bytes == 0 && begin >= 0x10000 && begin <= end && end <= native::guest_end) return {};
  return Error{ErrorCode::invalid_argument, "not a range of pages of guest memory", {}, {}};
}

Error inaccessible() {
  return Error{ErrorCode::out_of_bounds, "guest memory isn't there", {}, {}};
}

}  // namespace

Image::~Image() {
  if (file >= 0) close(file);
}

bool Image::holds(u64 address) const {
  const auto after =
      std::upper_bound(extents.begin(), extents.end(), address, [](u64 a, const Extent& extent) { return a < extent.begin; });
  return after != extents.begin() && address < std::prev(after)->end;
}

Window::Window(u64 mapping)
    : mapping_(mapping), base_(mapping + before_guest), frame_(new (reinterpret_cast<void*>(mapping + guard_bytes + stack_bytes)) Frame) {
  GuestBase::add_window(base_);
}

Result<std::unique_ptr<Window>> Window::create() {
  void* const mapping = mmap(nullptr, window_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) return exhausted("reserve");
  if (mprotect(static_cast<u8*>(mapping) + guard_bytes, stack_bytes + frame_bytes, PROT_READ | PROT_WRITE) != 0) {
    munmap(mapping, window_bytes);
    return exhausted("reserve");
  }
  return std::unique_ptr<Window>(new Window(reinterpret_cast<u64>(mapping)));
}

Window::~Window() {
  GuestBase::remove_window(base_);
  frame_->~Frame();
  munmap(reinterpret_cast<void*>(mapping_), window_bytes);
}

bool Window::protect(u64 begin, u64 end, Access access) const {
  return begin == end || mprotect(at(begin), end - begin, protection_of(access)) == 0;
}

bool Window::apply_rights(u64 begin, u64 end) const {
  bool done = true;
  for (u64 from = begin; from < end;) {
    const auto range = rights_.range_from(from);
    const u64 gap_end = range ? std::clamp(range->begin, from, end) : end;
    done = protect(from, gap_end, Access::none) && done;
    const u64 range_end = range ? std::clamp(range->end, gap_end, end) : end;
    if (range) done = protect(gap_end, range_end, range->access) && done;
    from = range_end;
  }
  return done;
}

bool Window::map_zeros(u64 begin, u64 end) const {
  constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  return begin == end || mmap(at(begin), end - begin, PROT_NONE, flags, -1, 0) != MAP_FAILED;
}

Result<void> Window::set_access(u64 begin, u64 end, Access access) {
  if (auto checked = check_range(begin, end); !checked) return checked;
  if (!protect(begin, end, access)) return exhausted("protect");
  if (access != Access::none) {
    hidden_.set(begin, end, Access::none);
  } else {
    for (auto range = rights_.range_from(begin); range && range->begin < end; range = rights_.range_from(range->end)) {
      hidden_.set(std::max(range->begin, begin), std::min(range->end, end), Access::read);
    }
  }
  rights_.set(begin, end, access);
  return {};
}

Result<void> Window::discard(u64 begin, u64 end) {
  if (auto checked = check_range(begin, end); !checked) return checked;
  hidden_.set(begin, end, Access::none);
  const bool done = image_ == nullptr ? begin == end || madvise(at(begin), end - begin, MADV_DONTNEED) == 0
                                      : map_zeros(begin, end) && apply_rights(begin, end);
  if (!done) return exhausted("discard");
  return {};
}

Result<void> Window::read(u32 address, std::span<u8> out) const {
  if (rights_.check(address, out.size(), false)) return inaccessible();
  if (!out.empty()) std::memcpy(out.data(), at(address), out.size());
  return {};
}

Result<void> Window::write(u32 address, std::span<const u8> bytes) {
  const auto denial = rights_.check(address, bytes.size(), true);
  if (!denial) {
    if (!bytes.empty()) std::memcpy(at(address), bytes.data(), bytes.size());
    return {};
  }
  if (!denial->present || rights_.check(address, bytes.size(), false)) return inaccessible();
  const u64 begin = page_down(address), end = page_up(address + bytes.size());
  if (!protect(begin, end, Access::write)) return exhausted("open");
  std::memcpy(at(address), bytes.data(), bytes.size());
  if (!apply_rights(begin, end)) return exhausted("protect");
  return {};
}

Result<void> Window::clear() {
  if (!map_zeros(0, native::guest_end)) return exhausted("clear");
  rights_.clear();
  hidden_.clear();
  image_.reset();
  return {};
}

}  // namespace pvm::engine::sandbox
