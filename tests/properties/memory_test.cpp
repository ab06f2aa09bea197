// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory against the simplest model there is: a table of pages, each with its bytes.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "arbitrary.hpp"

namespace pvm::testing {
namespace {

constexpr u64 address_space = u64{1} << 32;

struct Page {
  bool writable = false;
  std::vector<u8> bytes;
};

class Model {
 public:
  explicit Model(u32 page_size) : size_(page_size) {}

  // The first byte that lacks the right, if any.
  std::optional<ref::Denial> check(u64 address, u64 length, bool write) const {
    for (u64 at = address; at < address + length; ++at) {
      const auto page = pages_.find(at / size_);
      if (page == pages_.end()) return ref::Denial{at, false};
      if (write && !page->second.writable) return ref::Denial{at, true};
    }
    return std::nullopt;
  }
  bool is_usable(u64 address, u64 length) const { return address >= 0x10000 && address + length <= address_space; }
  bool map(u64 address, u64 length, bool writable) {
    if (address % size_ != 0 || !is_usable(address, length)) return false;
    for (u64 page = address / size_; page * size_ < address + length; ++page) pages_[page] = {writable, std::vector<u8>(size_, 0)};
    return true;
  }
  bool protect(u64 address, u64 length, bool writable) {
    if (!is_usable(address, length) || check(address, length, false)) return false;
    for (u64 at = address; at < address + length; ++at) pages_.at(at / size_).writable = writable;
    return true;
  }
  bool unmap(u64 address, u64 length) {
    if (address % size_ != 0 || !is_usable(address, length)) return false;
    for (u64 page = address / size_; page * size_ < address + length; ++page) pages_.erase(page);
    return true;
  }
  bool write(u64 address, const Bytes& bytes) {
    if (bytes.empty()) return true;
    if (!is_usable(address, bytes.size()) || check(address, bytes.size(), true)) return false;
    for (std::size_t index = 0; index < bytes.size(); ++index) byte(address + index) = bytes[index];
    return true;
  }
  std::optional<Bytes> read(u64 address, u64 length) {
    if (length == 0) return Bytes{};
    if (!is_usable(address, length) || check(address, length, false)) return std::nullopt;
    Bytes result;
    for (u64 at = address; at < address + length; ++at) result.push_back(byte(at));
    return result;
  }

 private:
  u8& byte(u64 address) { return pages_.at(address / size_).bytes[address % size_]; }

  u64 size_;
  std::map<u64, Page> pages_;
};

RC_GTEST_PROP(Memory, paged_memory_is_a_table_of_pages, ()) {
  ref::Program program;
  program.config.semantics = *rc::gen::element(Semantics::rv64_1, Semantics::graypaper_0_7_2);
  program.config.container = ref::Container::raw;
  program.config.dynamic_paging = true;
  const bool graypaper = ref::is_graypaper(program.config.semantics);
  if (!graypaper) program.config.page_size = *rc::gen::element<u32>(4096, 16384);
  const u32 size = graypaper ? 4096 : program.config.page_size;
  ref::Memory memory(program);
  Model model(size);
  const auto pick_address = [&] {
    const u64 page = *rc::gen::element<u64>(0x10000, 0x20000, 0x24000, 0x28000, 0x2c000, 0x0, 0xffffc000, 0xfffff000, address_space);
    return page + *rc::gen::weightedElement<u64>({{4, 0}, {1, 1}, {1, size - 3}, {1, size}, {1, 4096}});
  };
  const auto pick_length = [&] { return *rc::gen::element<u32>(0, 1, 2, 8, 4095, 4096, 4097, 16384, 40000); };
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    const u64 address = pick_address();
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
      case 1: {
        const u32 length = pick_length();
        const bool writable = *rc::gen::inRange(0, 3) != 0;
        RC_ASSERT(memory.map(address, length, writable) == model.map(address, length, writable));
        break;
      }
      case 2: {
        const u32 length = pick_length();
        const bool writable = *rc::gen::arbitrary<bool>();
        RC_ASSERT(memory.protect(address, length, writable) == model.protect(address, length, writable));
        break;
      }
      case 3: {
        const u32 length = pick_length();
        RC_ASSERT(memory.unmap(address, length) == model.unmap(address, length));
        break;
      }
      case 4: {
        const Bytes bytes(*rc::gen::inRange<std::size_t>(0, 20), *rc::gen::arbitrary<u8>());
        RC_ASSERT(memory.host_write(address, bytes) == model.write(address, bytes));
        break;
      }
      case 5: {
        Bytes bytes(*rc::gen::inRange<std::size_t>(0, 20), 0xaa);
        const auto expected = model.read(address, bytes.size());
        RC_ASSERT(memory.host_read(address, bytes) == expected.has_value());
        if (expected) RC_ASSERT(bytes == *expected);
        break;
      }
      default: {
        const bool write = *rc::gen::arbitrary<bool>();
        const u64 length = *rc::gen::element<u64>(1, 2, 4, 8);
        if (address + length > address_space) break;
        const auto denial = memory.check(address, length, write), expected = model.check(address, length, write);
        RC_ASSERT(denial.has_value() == expected.has_value());
        if (denial) RC_ASSERT((denial->address == expected->address && denial->present == expected->present));
      }
    }
  }
}

RC_GTEST_PROP(Memory, the_heap_is_one_number, ()) {
  ref::Program program;
  program.config.semantics = Semantics::rv64_1;
  program.config.page_size = *rc::gen::element<u32>(4096, 65536);
  program.rw_data_size = *rc::gen::element<u32>(0, 1, 4095, 4096, 65536, 100000);
  program.stack_size = *rc::gen::element<u32>(0, 4096, 1 << 20);
  const auto map = ref::map_memory(program.config.page_size, 0, program.rw_data_size, program.stack_size, 0);
  RC_ASSERT(map.has_value());
  const u64 base = map->heap_base;
  const u64 most = map->max_heap_size;
  ref::Memory memory(program);
  u64 heap = 0;
  const int steps = *rc::gen::inRange(1, 8);
  for (int step = 0; step < steps; ++step) {
    const u64 size = *rc::gen::oneOf(rc::gen::element<u64>(0, 1, 4096, most, most - heap, most - heap + 1, u64{1} << 32, ~u64{0}),
                                     rc::gen::inRange<u64>(0, 200000));
    const u64 result = memory.grow(size);
    if (size > most - heap) {
      RC_ASSERT(result == 0);
      continue;
    }
    heap += size;
    RC_ASSERT(result == base + heap);
    if (heap != 0) RC_ASSERT(!memory.check(base, heap, true));
    const u64 page = program.config.page_size;
    const u64 end = std::max((base + heap + page - 1) / page * page, map->rw_end);
    if (heap != 0) RC_ASSERT(memory.check(base, end - base + 1, true)->address == end);
  }
}

// sbrk of the Gray Paper: the lowest place that is free, and free before.
RC_GTEST_PROP(Memory, allocation_takes_the_lowest_free_place, ()) {
  ref::Program program;
  program.config.semantics = Semantics::graypaper_0_7_2;
  program.config.container = ref::Container::raw;
  ref::Memory memory(program);
  const int steps = *rc::gen::inRange(1, 8);
  for (int step = 0; step < steps; ++step) {
    if (*rc::gen::arbitrary<bool>()) {
      memory.map(*rc::gen::element<u64>(0x10000, 0x11000, 0x13000, 0x16000), *rc::gen::element<u64>(4096, 8192),
                 *rc::gen::arbitrary<bool>());
      continue;
    }
    const u64 size = *rc::gen::element<u64>(1, 100, 4096, 4097, 8192, 20000);
    const ref::Memory before = memory;
    const u64 begin = memory.allocate(size);
    RC_ASSERT(begin >= 0x10000);
    const auto is_free = [&](u64 place) {
      for (u64 at = place; at < place + size; ++at) {
        if (!before.check(at, 1, false)) return false;
      }
      return true;
    };
    RC_ASSERT(is_free(begin));
    RC_ASSERT(!memory.check(begin, size, true));
    // Pages are free or not as a whole, so that only their starts can be lower places.
    for (u64 place = 0x10000; place < begin; place += 4096) RC_ASSERT(!is_free(place));
  }
}

}  // namespace
}  // namespace pvm::testing
