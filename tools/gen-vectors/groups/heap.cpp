// SPDX-License-Identifier: Apache-2.0 OR MIT
// sbrk: the heap top of the PolkaVM versions, the page allocation of the Gray Paper.
#include "groups.hpp"

namespace pvm::gen {

namespace {

void grow(Group& g) {
  const auto add = [&](const char* what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add(std::string("heap.") + what, why, {"heap.grow", "memory.sbrk"}).regions(0, 5, 0).code(code);
  };
  // Read-write data at 0x20000, 5 bytes: the heap begins at 0x20005.
  add("grow.zero_tells_top", "Growing by 0 gives the heap's top, which isn't rounded.", "sbrk a0, a1; ret")
      .reg("a1", 0)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x20005);
  add("grow.one", "The result is the new top.", "sbrk a0, a1; ret").reg("a1", 1).run().expect_halt().expect_reg("a0", 0x20006);
  add("grow.one_then_page", "Two calls add up.", "sbrk a0, a1; load_imm a1, 4096; sbrk a2, a1; ret")
      .reg("a1", 1)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x20006)
      .expect_reg("a2", 0x21006);
  add("grow.d_is_a", "Size and result in one register.", "sbrk a0, a0; ret").reg("a0", 4096).run().expect_halt().expect_reg("a0", 0x21005);
  add("grow.opens_page", "One byte beyond the page makes the whole next page accessible.",
      "sbrk a0, a1; store_imm_u8 0x21fff, 7; load_u8 a2, 0x21fff; ret")
      .reg("a1", 4092)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x21001)
      .expect_reg("a2", 7);
  add("grow.opens_no_second_page", "The page after that stays inaccessible.", "sbrk a0, a1; store_imm_u8 0x22000, 7; ret")
      .reg("a1", 4092)
      .run()
      .expect_trap(2);
  add("grow.to_page_end_exactly", "Growing to the end of the page opens nothing.", "sbrk a0, a1; store_imm_u8 0x21000, 7; ret")
      .reg("a1", 4091)
      .run()
      .expect_trap(2)
      .expect_reg("a0", 0x21000);
  add("grow.within_page_keeps_end", "A small growth doesn't shrink what is accessible.", "sbrk a0, a1; store_imm_u8 0x20fff, 7; ret")
      .reg("a1", 1)
      .run()
      .expect_halt();
  add("grow.new_memory_is_zero", "New memory holds zeros.", "sbrk a0, a1; load_indirect_w a2, a0, -8; ret")
      .reg("a1", 0x10000)
      .reg("a2", 1)
      .run()
      .expect_halt()
      .expect_reg("a2", 0);
  add("grow.many_pages", "A large growth; its last byte is writable.",
      "sbrk a0, a1; store_imm_indirect_u8 a0, -1, 7; load_indirect_u8 a2, a0, -1; ret")
      .reg("a1", 0x1000000)
      .run()
      .expect_halt()
      .expect_reg("a2", 7);
  add("grow.keeps_contents", "Contents stay when the heap grows.", "store_imm_u8 0x20fff, 9; sbrk a0, a1; load_u8 a2, 0x20fff; ret")
      .reg("a1", 0x5000)
      .run()
      .expect_halt()
      .expect_reg("a2", 9);
  add("grow.zero_after_growth", "Growing by 0 tells the top that was reached.", "sbrk a0, a1; sbrk a2, a3; ret")
      .reg("a1", 123)
      .run()
      .expect_halt()
      .expect_reg("a2", 0x20005 + 123);
  add("grow.without_data", "Without read-write data the heap begins where it would stand.", "sbrk a0, a1; ret")
      .regions(0, 0, 0)
      .reg("a1", 0)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x20000);
  add("grow.raw_container", "A raw program has no data; its heap begins at 0x20000.", "sbrk a0, a1; store_imm_u8 0x20000, 7; ret")
      .regions(0, 0, 0)
      .reg("a1", 1)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x20001);
  add("grow.behind_ro", "The heap begins behind the read-write data wherever that lies.", "sbrk a0, a1; ret")
      .regions(100000, 70000, 8192)
      .reg("a1", 0)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x40000 + 70000);
  const auto limit = [&](const char* what, const char* why, const std::string& code, u64 size) -> CaseBuilder& {
    return g.add(std::string("heap.") + what, why, {"heap.limit", "heap.grow", "memory.sbrk"}).regions(0, 5, 0).code(code).reg("a1", size);
  };
  // Regions 1, 1, 1: heap base 0x30001, at most 0xfff8ffff bytes.
  limit("limit.exact", "The greatest heap.", "sbrk a0, a1; ret", 0xfff8ffff)
      .regions(1, 1, 1)
      .run()
      .expect_halt()
      .expect_reg("a0", 0xfffc0000);
  limit("limit.one_more", "One byte more gives 0.", "sbrk a0, a1; sbrk a2, a3; ret", 0xfff90000)
      .regions(1, 1, 1)
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a2", 0x30001);
  limit("limit.exact_then_zero", "A full heap still tells its top.", "sbrk a0, a1; sbrk a2, a3; ret", 0xfff8ffff)
      .regions(1, 1, 1)
      .run()
      .expect_halt()
      .expect_reg("a2", 0xfffc0000);
  limit("limit.exact_then_one", "A full heap doesn't grow.", "sbrk a0, a1; load_imm a1, 1; sbrk a2, a1; ret", 0xfff8ffff)
      .regions(1, 1, 1)
      .reg("a2", 5)
      .run()
      .expect_halt()
      .expect_reg("a2", 0);
  limit("limit.last_byte", "The last byte of the greatest heap is accessible, the next isn't.",
        "sbrk a0, a1; store_imm_indirect_u8 a0, -1, 7; store_imm_indirect_u8 a0, 0, 7; ret", 0xfff8ffff)
      .regions(1, 1, 1)
      .run()
      .expect_trap(6);
  limit("limit.failure_keeps_pages", "A refused growth makes nothing accessible.", "sbrk a0, a1; store_imm_u8 0x21000, 7; ret", 0xffffffff)
      .run()
      .expect_trap(2)
      .expect_reg("a0", 0);
  add("limit.overflow_after_growth", "A size that overflows 32 bits together with what was grown before.",
      "sbrk a0, a1; load_imm a1, -1; sbrk a2, a1; sbrk a3, a4; ret")
      .also({"heap.limit"})
      .reg("a1", 4096)
      .run()
      .expect_halt()
      .expect_reg("a2", 0)
      .expect_reg("a3", 0x21005);
  limit("limit.all_ones", "All ones: too much, whatever the width.", "sbrk a0, a1; sbrk a2, a3; ret", ~u64{0})
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a2", 0x20005);
  limit("limit.beyond_2_31", "A top beyond 2^31 isn't sign-extended.", "sbrk a0, a1; ret", 0x80000000)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x80020005);
  limit("limit.beyond_2_31_d_is_a", "The same with size and result in one register.", "sbrk a1, a1; ret", 0x80000000)
      .run()
      .expect_halt()
      .expect_reg("a1", 0x80020005);
  if (g.is_wide()) {
    for (const char* d : {"a0", "a1"}) {
      const std::string same = d == std::string("a1") ? "_d_is_a" : "";
      const auto wide = [&](const std::string& what, const char* why, u64 size) {
        limit(("limit." + what + same).c_str(), why, std::string("sbrk ") + d + ", a1; sbrk a2, a3; ret", size)
            .run()
            .expect_halt()
            .expect_reg(d, 0)
            .expect_reg("a2", 0x20005);
      };
      wide("two_32", "A size of 2^32 isn't 0.", u64{1} << 32);
      wide("two_32_plus_one", "A size of 2^32 + 1 isn't 1.", (u64{1} << 32) + 1);
      wide("negative", "A negative size is a very great one.", static_cast<u64>(-4096));
      wide("two_63", "The greatest power of two.", u64{1} << 63);
    }
  }
  for (const u32 page_size : {16384U, 65536U}) {
    add(("grow.page_size_" + std::to_string(page_size)).c_str(), "What becomes accessible is rounded up to the page size.",
        "sbrk a0, a1; store_imm_u8 " + conformance::hex_u64(0x20000 + 2 * page_size - 1) + ", 7; store_imm_u8 " +
            conformance::hex_u64(0x20000 + 2 * page_size) + ", 7; ret")
        .config([&](conformance::Config& config) { config.page_size = page_size; })
        .reg("a1", page_size)
        .run()
        .expect(Status::trap);
  }
  g.add("heap.paged", "With paged memory sbrk traps.", {"heap.paged", "memory.sbrk"})
      .paged()
      .reg("a0", 5)
      .code("fallthrough; sbrk a0, a1; ret")
      .run()
      .expect_trap(1)
      .expect_reg("a0", 5);
  g.add("heap.paged_with_size", "With paged memory sbrk traps, whatever the size.", {"heap.paged", "memory.sbrk"})
      .page(0x20000, 4096)
      .reg("a1", 4096)
      .code("sbrk a0, a1; ret")
      .run()
      .expect_trap(0);
}

void allocate(Group& g) {
  const auto add = [&](const char* what, const char* why, const std::string& code, u64 size) -> CaseBuilder& {
    return g.add(std::string("heap.allocate.") + what, why, {"heap.allocate", "memory.sbrk"}).code(code).reg("a1", size);
  };
  add("zero", "Size 0 gives the lowest address that could be used.", "sbrk a0, a1; ret", 0).run().expect_halt().expect_reg("a0", 0x10000);
  add("one", "The result is the start of the new range.", "sbrk a0, a1; store_imm_indirect_u8 a0, 0, 7; load_indirect_u8 a2, a0, 0; ret", 1)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x10000)
      .expect_reg("a2", 7);
  add("whole_page", "Every page that the range touches becomes writable.",
      "sbrk a0, a1; store_imm_indirect_u8 a0, 0xfff, 7; load_indirect_u8 a2, a0, 0xfff; ret", 1)
      .run()
      .expect_halt()
      .expect_reg("a2", 7);
  add("no_second_page", "The page after that stays inaccessible.", "sbrk a0, a1; store_imm_u8 0x11000, 7; ret", 4096)
      .run()
      .expect_fault(0x11000);
  add("two_pages", "One byte more than a page takes two.", "sbrk a0, a1; store_imm_u8 0x11fff, 7; ret", 4097).run().expect_halt();
  add("twice", "The second range lies behind the first page.", "sbrk a0, a1; sbrk a2, a1; ret", 1)
      .run()
      .expect_halt()
      .expect_reg("a2", 0x11000);
  add("d_is_a", "Size and result in one register.", "sbrk a1, a1; ret", 5).run().expect_halt().expect_reg("a1", 0x10000);
  add("behind_page", "The range begins behind what is readable.", "sbrk a0, a1; ret", 5)
      .page(0x10000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x11000);
  add("in_a_gap", "A gap that is large enough is used.", "sbrk a0, a1; ret", 4096)
      .page(0x10000, 4096)
      .page(0x12000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x11000);
  add("gap_too_small", "A gap that is too small is passed over.", "sbrk a0, a1; ret", 4097)
      .page(0x10000, 4096)
      .page(0x12000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x13000);
  add("behind_read_only_page", "A read-only page is readable too.", "sbrk a0, a1; ret", 4096)
      .page(0x10000, 4096, false)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x11000);
  add("new_memory_is_zero", "New pages hold zeros.", "sbrk a0, a1; load_indirect_u64 a2, a0, 8; ret", 16)
      .reg("a2", 5)
      .run()
      .expect_halt()
      .expect_reg("a2", 0);
  add("whole_space", "All that lies above 2^16.", "sbrk a0, a1; ret", (u64{1} << 32) - 0x10000)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x10000);
  add("one_more_than_whole_space", "One byte more gives 0.", "sbrk a0, a1; sbrk a2, a3; ret", (u64{1} << 32) - 0x10000 + 1)
      .reg("a0", 5)
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a2", 0x10000);
  add("two_32", "2^32 isn't 0.", "sbrk a0, a1; ret", u64{1} << 32).reg("a0", 5).run().expect_halt().expect_reg("a0", 0);
  add("negative", "A negative size is a very great one.", "sbrk a0, a1; ret", ~u64{0}).reg("a0", 5).run().expect_halt().expect_reg("a0", 0);
  add("two_63", "The greatest power of two.", "sbrk a0, a1; ret", u64{1} << 63).reg("a0", 5).run().expect_halt().expect_reg("a0", 0);
  add("full", "Nothing is left behind the last page.", "sbrk a0, a1; sbrk a2, a1; ret", 0xf0000000)
      .reg("a2", 5)
      .run()
      .expect_halt()
      .expect_reg("a2", 0);
}

}  // namespace

void define_heap(Group& g) {
  if (!g.has(isa::Op::sbrk)) return;
  if (g.is_graypaper()) return allocate(g);
  grow(g);
}

}  // namespace pvm::gen
