// SPDX-License-Identifier: Apache-2.0 OR MIT
// memset: byte by byte, with its progress in the registers.
#include "groups.hpp"

namespace pvm::gen {

namespace {

constexpr u64 junk_upper = 0xabcdef9900000000;

CaseBuilder& add(Group& g, const char* what, const char* why, u64 address, u64 value, u64 count) {
  return g
      .add(std::string("fill.") + what, why,
           {std::string_view(what) == "paged_end_of_space" ? "fill.order" : "memory.memset", "memory.memset", "fill.order",
            "fill.registers"})
      .reg("a0", address)
      .reg("a1", value)
      .reg("a2", count)
      .reg("a3", 0x5555)
      .code("fallthrough; memset; ret");
}

void mapped(Group& g) {
  add(g, "some_bytes", "a0 ends behind the last byte, a2 at 0.", 0x30002, 0x77, 4)
      .regions()
      .rw_data(hex("0101010101010101"))
      .watch(0x30000, 8)
      .run()
      .expect_halt()
      .expect_memory(0x30000, "0101777777770101")
      .expect_reg("a0", 0x30006)
      .expect_reg("a1", 0x77)
      .expect_reg("a2", 0);
  add(g, "one_byte", "A single byte.", 0x30000, 0xff, 1)
      .regions()
      .watch(0x30000, 4)
      .run()
      .expect_halt()
      .expect_memory(0x30000, "ff000000")
      .expect_reg("a0", 0x30001);
  add(g, "only_low_byte_of_value", "Only the low 8 bits of a1 are written; a1 stays.", 0x30000, 0x12345678, 2)
      .regions()
      .run()
      .expect_halt()
      .expect_memory(0x30000, "7878")
      .expect_reg("a1", 0x12345678);
  add(g, "whole_region", "All bytes of a region.", 0x30000, 0xaa, 8192).regions().run().expect_halt().expect_reg("a0", 0x32000);
  add(g, "stack", "Up to the last byte of the stack.", stack_top - 3, 0xaa, 3).regions().run().expect_halt().expect_reg("a0", stack_top);
  add(g, "count_zero", "Count 0 touches nothing.", 0x30000, 0xaa, 0)
      .regions()
      .watch(0x30000, 4)
      .run()
      .expect_halt()
      .expect_memory(0x30000, "00000000")
      .expect_reg("a0", 0x30000)
      .expect_reg("a2", 0);
  add(g, "count_zero_bad_address", "Count 0 with an inaccessible address does nothing.", 0x5, 0xaa, 0)
      .regions()
      .run()
      .expect_halt()
      .expect_reg("a0", 5);
  add(g, "beyond_region", "Where the region ends it traps; what was written stays, the registers show how far it came.", 0x31ffe, 0xaa, 5)
      .regions()
      .also({"fill.stop"})
      .watch(0x31ffc, 4)
      .run()
      .expect_trap(1)
      .expect_memory(0x31ffc, "0000aaaa")
      .expect_reg("a0", 0x32000)
      .expect_reg("a2", 3);
  add(g, "bad_from_the_start", "The first byte isn't writable: nothing has changed.", 0x2ffff, 0xaa, 5)
      .regions()
      .also({"fill.stop"})
      .watch(0x30000, 4)
      .run()
      .expect_trap(1)
      .expect_reg("a0", 0x2ffff)
      .expect_reg("a2", 5)
      .expect_memory(0x30000, "00000000");
  add(g, "to_read_only", "Read-only data isn't writable.", 0x10000, 0xaa, 2)
      .regions()
      .also({"fill.stop"})
      .watch(0x10000, 4)
      .run()
      .expect_trap(1)
      .expect_reg("a2", 2);
  add(g, "to_null", "Nothing below 2^16 is writable.", 0, 0xaa, 2).regions().also({"fill.stop"}).run().expect_trap(1);
  add(g, "at_top_of_space", "The last byte of the address space isn't writable.", 0xffffffff, 0xaa, 2)
      .regions()
      .also({"fill.stop"})
      .run()
      .expect_trap(1)
      .expect_reg("a0", 0xffffffff);
  add(g, "count_all_ones", "The greatest count ends at the region's end.", 0x31ff0, 0xaa, 0xffffffff)
      .gas(1000)
      .regions()
      .also({"fill.stop"})
      .run()
      .expect_trap(1)
      .expect_reg("a0", 0x32000)
      .expect_reg("a2", 0xffffffff - 16);
  if (g.is_wide()) {
    add(g, "upper_half_of_address", "The upper half of a0 is ignored for the address and kept by the addition.", junk_upper | 0x30000, 0xaa,
        2)
        .regions()
        .run()
        .expect_halt()
        .expect_memory(0x30000, "aaaa")
        .expect_reg("a0", junk_upper | 0x30002);
    add(g, "upper_half_of_count", "The upper half of a2 is ignored, and cleared at the end.", 0x30000, 0xaa, junk_upper | 2)
        .regions()
        .watch(0x30000, 4)
        .run()
        .expect_halt()
        .expect_memory(0x30000, "aaaa0000")
        .expect_reg("a2", 0);
    add(g, "count_two_32", "A count of 2^32 is 0; a2 becomes 0.", 0x30000, 0xaa, u64{1} << 32)
        .regions()
        .watch(0x30000, 4)
        .run()
        .expect_halt()
        .expect_memory(0x30000, "00000000")
        .expect_reg("a2", 0);
    add(g, "upper_half_of_count_trap", "A fill that stops leaves the remaining count without the upper half.", 0x31fff, 0xaa,
        junk_upper | 5)
        .regions()
        .also({"fill.stop"})
        .run()
        .expect_trap(1)
        .expect_reg("a2", 4);
    add(g, "upper_half_of_count_bad_start", "So does one that hasn't written anything.", 0x32000, 0xaa, junk_upper | 5)
        .regions()
        .also({"fill.stop"})
        .run()
        .expect_trap(1)
        .expect_reg("a2", 5);
    add(g, "upper_half_of_value", "Only the low byte of a1 counts.", 0x30000, 0x99aabbccddeeff01, 1)
        .regions()
        .run()
        .expect_halt()
        .expect_memory(0x30000, "01");
  }
  g.add("fill.no_block_end", "memset doesn't end a block: its successor isn't a jump target.", {"memory.memset", "target.valid"})
      .code("jump over; memset; over: ; load_imm a0, 1; ret")
      .run()
      .expect_trap(0);
  g.add("fill.after_heap_growth", "A fill of memory that sbrk has just made.", {"memory.memset", "memory.sbrk"})
      .regions(0, 16, 0)
      .reg("a3", 0x2000)
      .code("sbrk a0, a3; load_imm a0, 0x20ff0; load_imm a1, 5; load_imm a2, 0x20; memset; load_u8 a4, 0x2100f; ret")
      .run()
      .expect_halt()
      .expect_reg("a4", 5);
}

void paged(Group& g) {
  add(g, "paged_two_faults", "With paged memory a fill stops at each missing page and goes on when it is there.", 0x30ffe, 0xaa, 0x1004)
      .page(0x30000, 4096)
      .also({"fill.stop", "paging.fault", "resume.page_fault"})
      .run()
      .expect_fault(0x31000)
      .expect_pc(1)
      .expect_next_pc(1)
      .expect_reg("a0", 0x31000)
      .expect_reg("a2", 0x1002)
      .map(0x31000, 4096)
      .run()
      .expect_fault(0x32000)
      .expect_reg("a0", 0x32000)
      .expect_reg("a2", 2)
      .map(0x32000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x32002)
      .expect_reg("a2", 0);
  add(g, "paged_read_only", "A read-only page stops the fill with the write-protection flag.", 0x30ffe, 0xaa, 4)
      .page(0x30000, 4096)
      .page(0x31000, 4096, false)
      .also({"fill.stop", "paging.write_protected", "resume.page_fault"})
      .run()
      .expect_fault(0x31000, true)
      .expect_reg("a2", 2)
      .protect(0x31000, 4096, true)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x31002);
  add(g, "paged_low", "Below 2^16 it traps.", 0xffff, 0xaa, 4)
      .page(0x10000, 4096)
      .also({"fill.stop", "paging.low"})
      .run()
      .expect_trap(1)
      .expect_reg("a2", 4);
  add(g, "paged_missing_from_the_start", "The first byte's page is missing.", 0x50005, 0xaa, 4)
      .paged()
      .also({"fill.stop", "paging.fault"})
      .run()
      .expect_fault(0x50000)
      .expect_reg("a0", 0x50005)
      .expect_reg("a2", 4);
  add(g, "paged_count_zero", "Count 0 doesn't need the page.", 0x50005, 0xaa, 0).paged().run().expect_halt();
  CaseBuilder& end = add(g, "paged_end_of_space", "The fill goes on at address 0 behind the last one, where it traps.", 0xfffffffe, 0xaa, 4)
                         .page(0xfffff000, 4096);
  end.also({"fill.stop", "paging.low"}).run().expect_trap(1).expect_reg("a0", g.by_width(0, 0x100000000)).expect_reg("a2", 2);
  add(g, "paged_host_changes_registers", "After a fault the host may change what is left to do.", 0x30ffe, 0xaa, 4)
      .page(0x30000, 4096)
      .also({"resume.page_fault", "host.registers"})
      .run()
      .expect_fault(0x31000)
      .set_reg("a2", 0)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x31000);
  add(g, "paged_mid_block", "memset in the middle of a block: what follows is executed once.", 0x30ffe, 0xaa, 4)
      .code("add_imm_32 a3, a3, 1; memset; add_imm_32 a4, a4, 1; ret")
      .page(0x30000, 4096)
      .also({"resume.page_fault"})
      .run()
      .expect_fault(0x31000)
      .expect_pc(3)
      .expect_reg("a3", 0x5556)
      .expect_reg("a4", 0)
      .map(0x31000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a3", 0x5556)
      .expect_reg("a4", 1);
}

}  // namespace

void define_fill(Group& g) {
  if (!g.has(isa::Op::memset)) return;
  mapped(g);
  paged(g);
}

}  // namespace pvm::gen
