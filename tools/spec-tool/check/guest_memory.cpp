// SPDX-License-Identifier: Apache-2.0 OR MIT
// The model, byte by byte.
#include "guest_memory.hpp"

#include <algorithm>

namespace pvm::spec {

namespace {

constexpr std::uint64_t guard = 0x10000, space = std::uint64_t{1} << 32;

std::uint64_t up(std::uint64_t size, std::uint64_t granule) {
  return (size + granule - 1) / granule * granule;
}

}  // namespace

GuestMemory GuestMemory::mapped(std::uint32_t page_size, std::uint64_t ro_size, std::uint64_t rw_size, std::uint64_t stack_size,
                                std::uint64_t aux_size) {
  GuestMemory memory;
  memory.page_size_ = page_size;
  const std::uint64_t ro_start = guard;
  const std::uint64_t rw_start = ro_start + up(ro_size, guard) + guard;
  const std::uint64_t aux_start = space - guard - up(aux_size, guard);
  const std::uint64_t stack_top = aux_start - guard;
  memory.heap_base_ = rw_start + rw_size;
  memory.max_heap_size_ = stack_top - up(stack_size, guard) - guard - memory.heap_base_;
  memory.areas_ = {{ro_start, ro_start + up(ro_size, page_size), false, false},
                   {rw_start, rw_start + up(rw_size, page_size), true, true},
                   {stack_top - up(stack_size, page_size), stack_top, true, true},
                   {aux_start, aux_start + up(aux_size, page_size), false, true}};
  return memory;
}

GuestMemory GuestMemory::paged(Mode mode, std::uint32_t page_size, std::vector<Area> areas, std::uint64_t heap_start) {
  GuestMemory memory;
  memory.mode_ = mode;
  memory.page_size_ = page_size;
  memory.areas_ = std::move(areas);
  memory.heap_start_ = heap_start;
  return memory;
}

const GuestMemory::Area* GuestMemory::area_of(std::uint64_t address) const {
  const auto found =
      std::find_if(areas_.begin(), areas_.end(), [&](const Area& area) { return area.begin <= address && address < area.end; });
  return found == areas_.end() ? nullptr : &*found;
}

std::optional<GuestMemory::Refusal> GuestMemory::refusal_of(std::uint64_t address, std::uint64_t size, bool write) const {
  if (mode_ != Mode::graypaper && address + size > space) return Refusal{};  // [access.wrap]
  for (std::uint64_t index = address; index < address + size; ++index) {
    const std::uint64_t reduced = index % space;
    const Area* area = area_of(reduced);
    if (area != nullptr && (area->writable || !write)) continue;
    if (mode_ == Mode::mapped || reduced < guard) return Refusal{};  // [paging.low]
    return Refusal{false, static_cast<std::uint32_t>(reduced / page_size_ * page_size_), area != nullptr};
  }
  return std::nullopt;
}

std::optional<mpz_class> GuestMemory::load(const mpz_class& address, unsigned size) {
  const std::uint64_t start = address.get_ui();
  if (const auto refusal = refusal_of(start, size, false)) {
    last_refusal_ = *refusal;
    return std::nullopt;
  }
  mpz_class value = 0;
  for (unsigned index = size; index-- > 0;) value = value * 256 + byte(start + index);
  return value;
}

bool GuestMemory::store(const mpz_class& address, unsigned size, const mpz_class& value) {
  const std::uint64_t start = address.get_ui();
  if (const auto refusal = refusal_of(start, size, true)) {
    last_refusal_ = *refusal;
    return false;
  }
  mpz_class rest = value;
  for (unsigned index = 0; index < size; ++index) {
    mpz_class low;
    mpz_fdiv_r_ui(low.get_mpz_t(), rest.get_mpz_t(), 256);
    set_byte(start + index, static_cast<std::uint8_t>(low.get_ui()));
    mpz_fdiv_q_ui(rest.get_mpz_t(), rest.get_mpz_t(), 256);
  }
  return true;
}

std::optional<mpz_class> GuestMemory::grow(const mpz_class& size) {
  if (mode_ == Mode::paged) {  // [heap.paged]
    last_refusal_ = Refusal{};
    return std::nullopt;
  }
  if (size == 0) return mpz_class(heap_base_ + heap_size_);
  if (heap_size_ + size > max_heap_size_) return mpz_class(0);
  heap_size_ += size.get_ui();
  areas_[1].end = std::max(areas_[1].end, up(heap_base_ + heap_size_, page_size_));
  return mpz_class(heap_base_ + heap_size_);
}

std::optional<mpz_class> GuestMemory::allocate(const mpz_class& size) {
  const std::uint64_t start = std::max(heap_start_, guard);
  if (size == 0) return mpz_class(start);
  std::vector<std::uint64_t> candidates = {start};  // the smallest address is the start or lies behind a page
  for (const Area& area : areas_) {
    if (area.end > start) candidates.push_back(area.end);
  }
  std::sort(candidates.begin(), candidates.end());
  for (const std::uint64_t candidate : candidates) {
    const mpz_class end = candidate + size;
    const bool is_free =
        std::none_of(areas_.begin(), areas_.end(), [&](const Area& area) { return area.begin < end && candidate < area.end; });
    if (end > space || !is_free) continue;
    areas_.push_back({candidate, up(end.get_ui(), page_size_), true, true});
    std::sort(areas_.begin(), areas_.end(), [](const Area& a, const Area& b) { return a.begin < b.begin; });
    return mpz_class(candidate);
  }
  return mpz_class(0);
}

std::uint8_t GuestMemory::byte(std::uint64_t address) const {
  const auto found = bytes_.find(address);
  return found == bytes_.end() ? std::uint8_t{0} : found->second;
}

void GuestMemory::set_byte(std::uint64_t address, std::uint8_t value) {
  if (value == 0) {
    bytes_.erase(address);
  } else {
    bytes_[address] = value;
  }
}

}  // namespace pvm::spec
