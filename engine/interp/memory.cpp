// SPDX-License-Identifier: Apache-2.0 OR MIT
// What of guest memory isn't on the hot path.
#include "interp/memory.hpp"

#include <algorithm>

namespace pvm::engine::interp {
namespace {

constexpr PageBytes zero_page{};

// Calls do_part(page, offset in page, index in the range, size) for each page of the range.
template <typename Part>
void for_each_page(u32 address, std::size_t size, Part do_part) {
  for (std::size_t done = 0; done < size;) {
    const u64 at = u64{address} + done;
    const u32 offset = static_cast<u32>(at % page_size);
    const std::size_t part = std::min<std::size_t>(size - done, page_size - offset);
    do_part(static_cast<u32>(at >> page_bits), offset, done, part);
    done += part;
  }
}

}  // namespace

void Memory::forget_translations() {
  readers_.fill({no_page, nullptr});
  writers_.fill({no_page, nullptr});
  last_range_ = {};
}

Access Memory::access_of(u32 page) {
  const u64 address = u64{page} << page_bits;
  if (address < last_range_.begin || address >= last_range_.end) {
    const auto range = rights_.range_at(address);
    if (!range) return Access::none;
    last_range_ = *range;
  }
  return last_range_.access;
}

const PageBytes& Memory::contents(u32 page) const {
  const auto own = pages_.find(page);
  if (own != pages_.end()) return own->second.bytes();
  const PageRef* shared = shared_->find(page);
  return shared != nullptr ? shared->bytes() : zero_page;
}

PageBytes& Memory::own_contents(u32 page) {
  const auto [place, is_new] = pages_.try_emplace(page);
  if (is_new) {
    const PageRef* shared = shared_->find(page);
    place->second = shared != nullptr ? *shared : PageRef(zero_page);
  }
  PageBytes& bytes = place->second.own();
  // A reader may still see the page's former contents.
  Reader& reader = readers_[page % translations];
  if (reader.page == page) reader.bytes = bytes.data();
  return bytes;
}

const u8* Memory::readable(u32 page) {
  if (access_of(page) == Access::none) return nullptr;
  const u8* bytes = contents(page).data();
  readers_[page % translations] = {page, bytes};
  return bytes;
}

u8* Memory::writable(u32 page) {
  if (access_of(page) != Access::write) return nullptr;
  u8* bytes = own_contents(page).data();
  writers_[page % translations] = {page, bytes};
  return bytes;
}

// [access.range] [access.wrap] [access.atomic]
template <typename T>
Memory::Loaded<T> Memory::load_slowly(u32 address) {
  const u32 page = address >> page_bits, offset = address % page_size;
  const u8* first = readable(page);
  if (first == nullptr) return {0, false};
  if (offset <= page_size - sizeof(T)) return {from_little_endian<T>(first + offset), true};
  const u8* second = page == no_page >> page_bits ? nullptr : readable(page + 1);
  if (second == nullptr) return {0, false};
  std::array<u8, sizeof(T)> bytes;
  const u32 in_first = page_size - offset;
  std::memcpy(bytes.data(), first + offset, in_first);
  std::memcpy(bytes.data() + in_first, second, sizeof(T) - in_first);
  return {from_little_endian<T>(bytes.data()), true};
}

// [access.range] [access.wrap] [access.atomic]
template <typename T>
bool Memory::store_slowly(u32 address, T value) {
  const u32 page = address >> page_bits, offset = address % page_size;
  const bool crosses = offset > page_size - sizeof(T);
  if (crosses && (page == no_page >> page_bits || access_of(page + 1) != Access::write)) return false;
  u8* first = writable(page);
  if (first == nullptr) return false;
  if (!crosses) {
    to_little_endian(first + offset, value);
    return true;
  }
  u8* second = writable(page + 1);
  std::array<u8, sizeof(T)> bytes;
  to_little_endian(bytes.data(), value);
  const u32 in_first = page_size - offset;
  std::memcpy(first + offset, bytes.data(), in_first);
  std::memcpy(second, bytes.data() + in_first, sizeof(T) - in_first);
  return true;
}

template Memory::Loaded<u8> Memory::load_slowly<u8>(u32);
template Memory::Loaded<u16> Memory::load_slowly<u16>(u32);
template Memory::Loaded<u32> Memory::load_slowly<u32>(u32);
template Memory::Loaded<u64> Memory::load_slowly<u64>(u32);
template bool Memory::store_slowly<u8>(u32, u8);
template bool Memory::store_slowly<u16>(u32, u16);
template bool Memory::store_slowly<u32>(u32, u32);
template bool Memory::store_slowly<u64>(u32, u64);

u32 Memory::fill_in_page(u32 address, u32 count, u8 value) {
  const u32 page = address >> page_bits;
  const Writer& writer = writers_[page % translations];
  u8* bytes = writer.page == page ? writer.bytes : writable(page);
  if (bytes == nullptr) return 0;
  const u32 size = std::min(count, page_size - address % page_size);
  std::memset(bytes + address % page_size, value, size);
  return size;
}

void Memory::set_access(u64 begin, u64 end, Access access) {
  rights_.set(begin, end, access);
  forget_translations();
}

void Memory::discard(u64 begin, u64 end) {
  const u32 first = static_cast<u32>(begin >> page_bits), last = static_cast<u32>(end >> page_bits);
  if (last - first < pages_.size()) {
    for (u32 page = first; page < last; ++page) pages_.erase(page);
  } else {
    std::erase_if(pages_, [&](const auto& entry) { return entry.first >= first && entry.first < last; });
  }
  forget_translations();
}

void Memory::read(u32 address, std::span<u8> out) const {
  for_each_page(address, out.size(), [&](u32 page, u32 offset, std::size_t done, std::size_t size) {
    std::memcpy(out.data() + done, contents(page).data() + offset, size);
  });
}

void Memory::write(u32 address, std::span<const u8> bytes) {
  for_each_page(address, bytes.size(), [&](u32 page, u32 offset, std::size_t done, std::size_t size) {
    std::memcpy(own_contents(page).data() + offset, bytes.data() + done, size);
  });
}

void Memory::clear() {
  rights_.clear();
  pages_.clear();
  forget_translations();
}

std::shared_ptr<const MemoryState> Memory::save() {
  auto state = std::make_shared<MemoryState>();
  state->rights = rights_;
  state->pages = pages_;
  forget_translations();  // From now on the pages are shared, and writers must copy them.
  return state;
}

void Memory::restore(const MemoryState& state) {
  rights_ = state.rights;
  pages_ = state.pages;
  forget_translations();
}

}  // namespace pvm::engine::interp
