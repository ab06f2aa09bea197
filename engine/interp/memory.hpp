// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guest memory of one instance: rights, sparse pages, and a small table of translations that makes most accesses a few instructions.
#pragma once

#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <unordered_map>
#include <vector>

#include "interp/page.hpp"
#include "machine/executor.hpp"
#include "machine/rights.hpp"

namespace pvm::engine::interp {

/// Pages that all instances of a program have in common until they write them.
struct SharedPages {
  u32 first = 0;  ///< Number of the first page.
  std::vector<PageRef> pages;

  const PageRef* find(u32 number) const { return number - first < pages.size() ? &pages[number - first] : nullptr; }
};

/// Contents and rights at some moment.
struct MemoryState final : SavedMemory {
  Rights rights;
  std::unordered_map<u32, PageRef> pages;
};

/// The memory of one instance. An access succeeds whole, or is refused and has done nothing. [access.range] [access.atomic]
class Memory {
 public:
  /// `shared` must outlive the memory.
  explicit Memory(const SharedPages& shared) : shared_(&shared) { forget_translations(); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  template <typename T>
  struct Loaded {
    T value;
    bool ok;
  };

  /// The little-endian number at `address`. [access.endian]
  template <typename T>
  Loaded<T> load(u32 address) {
    const u32 page = address >> page_bits;
    const Reader& reader = readers_[page % translations];
    // The last byte's page is compared: no page that the entry can hold follows its own, so that this also finds accesses across pages.
    if (reader.page != (address + u32{sizeof(T) - 1}) >> page_bits) [[unlikely]]
      return load_slowly<T>(address);
    return {from_little_endian<T>(reader.bytes + address % page_size), true};
  }

  /// False: refused.
  template <typename T>
  bool store(u32 address, T value) {
    const u32 page = address >> page_bits;
    const Writer& writer = writers_[page % translations];
    if (writer.page != (address + u32{sizeof(T) - 1}) >> page_bits) [[unlikely]]
      return store_slowly<T>(address, value);
    to_little_endian(writer.bytes + address % page_size, value);
    return true;
  }

  /// Writes `value` to bytes from `address` to the end of its page, at most `count`. Gives their number; 0: refused.
  u32 fill_in_page(u32 address, u32 count, u8 value);

  /// As in Executor.
  void set_access(u64 begin, u64 end, Access access);
  void discard(u64 begin, u64 end);
  void read(u32 address, std::span<u8> out) const;
  void write(u32 address, std::span<const u8> bytes);
  void clear();
  std::shared_ptr<const MemoryState> save();
  void restore(const MemoryState& state);

 private:
  static constexpr u32 translations = 128;
  static constexpr u32 no_page = ~u32{0};

  struct Reader {
    u32 page;
    const u8* bytes;
  };
  struct Writer {
    u32 page;
    u8* bytes;
  };

  template <typename T>
  static T in_little_endian(T value) {
    if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1) return value;
    T reversed = 0;
    for (u32 byte = 0; byte < sizeof(T); ++byte) reversed = static_cast<T>(reversed << 8 | (value >> 8 * byte & 0xff));
    return reversed;
  }
  template <typename T>
  static T from_little_endian(const u8* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return in_little_endian(value);
  }
  template <typename T>
  static void to_little_endian(u8* bytes, T value) {
    value = in_little_endian(value);
    std::memcpy(bytes, &value, sizeof value);
  }

  template <typename T>
  Loaded<T> load_slowly(u32 address);
  template <typename T>
  bool store_slowly(u32 address, T value);
  /// The page's bytes if it may be accessed so, else nullptr. Makes the translation.
  const u8* readable(u32 page);
  u8* writable(u32 page);

  Access access_of(u32 page);
  const PageBytes& contents(u32 page) const;
  PageBytes& own_contents(u32 page);
  void forget_translations();

  std::array<Reader, translations> readers_;
  std::array<Writer, translations> writers_;
  const SharedPages* shared_;
  Rights::Range last_range_;  ///< Of the last access_of(), to spare most searches.
  Rights rights_;
  std::unordered_map<u32, PageRef> pages_;  ///< By number; a missing one is shared or zero.
};

}  // namespace pvm::engine::interp
