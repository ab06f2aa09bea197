// SPDX-License-Identifier: Apache-2.0 OR MIT
// Gas by flat-1 and instruction-1, continued: metering off and asynchronous, and what memset pays byte by byte.
#include "groups.hpp"

namespace pvm::gen {

using isa::Op;
using ref::Metering;

void define_metering(Group& g) {
  const auto none_case = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("gas.none." + what, why, {"gas.none"}).metering(Metering::none).code(code);
  };
  none_case("counter_untouched", "Without metering the counter is neither read nor written.", "load_imm a0, 1; ret")
      .gas(5)
      .run()
      .expect_halt()
      .expect_gas(5);
  none_case("zero", "Without metering no gas is needed.", "load_imm a0, 1; ret").gas(0).run().expect_halt().expect_gas(0);
  none_case("negative", "Without metering a negative counter doesn't matter.", "load_imm a0, 1; ret")
      .gas(-7)
      .run()
      .expect_halt()
      .expect_gas(-7);
  none_case("mid_block", "Nor in the middle of a block.", "load_imm a0, 1; ret").pc(3).gas(0).run().expect_halt().expect_gas(0);
  none_case("host_call", "Nor around a host call.", "ecalli 1; ret").gas(0).run().expect_host_call(1).expect_gas(0).run().expect_halt();
  none_case("trap", "Nor at a trap.", "trap").gas(0).run().expect_trap(0).expect_gas(0);
  if (g.is_graypaper()) return;
  const auto async_case = [&](const std::string& what, const char* why, const std::string& code) -> CaseBuilder& {
    return g.add("gas.async." + what, why, {"gas.async"}).metering(Metering::async).code(code);
  };
  async_case("exact", "Asynchronous: exactly enough gas.", "load_imm a0, 1; ret").gas(2).run().expect_halt().expect_gas(0);
  async_case("one_less", "Asynchronous: one less is out of gas, sooner or later.", "load_imm a0, 1; ret")
      .gas(1)
      .run()
      .expect(Status::out_of_gas);
  async_case("trap_unpaid", "Out of gas comes before the trap of the unpaid block.", "load_imm a0, 1; trap")
      .gas(1)
      .run()
      .expect(Status::out_of_gas);
  async_case("page_fault", "A page fault with enough gas.", "load_u8 a0, 0x30000; ret")
      .paged()
      .gas(2)
      .run()
      .expect_fault(0x30000)
      .expect_gas(0);
  async_case("loop", "A loop that can't be paid.", "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 100, loop; ret")
      .gas(20)
      .run()
      .expect(Status::out_of_gas);
  async_case("loop_paid", "A loop that can be paid.", "loop: ; add_imm_32 a0, a0, 1; branch_less_unsigned_imm a0, 10, loop; ret")
      .gas(21)
      .run()
      .expect_halt()
      .expect_gas(0);
  async_case("mid_block_unpaid", "An entry in the middle of a block that can't be paid changes nothing, as with synchronous metering.",
             "load_imm a0, 1; load_imm a1, 2; ret")
      .also({"entry.mid_block"})
      .pc(3)
      .gas(2)
      .run()
      .expect(Status::out_of_gas);
  async_case("negative", "A negative counter ends a run at once.", "load_imm a0, 1; ret")
      .also({"gas.negative"})
      .gas(-1)
      .run()
      .expect(Status::out_of_gas);
}

void define_paid_fills(Group& g) {
  if (!g.has(Op::memset)) return;
  const auto add = [&](const std::string& what, const char* why, u32 count) -> CaseBuilder& {
    return g.add("gas.memset." + what, why, {"gas.memset", "fill.order", "memory.memset"})
        .regions()
        .reg("a0", 0x30000)
        .reg("a1", 0xaa)
        .reg("a2", count)
        .code("memset; load_imm a3, 1; ret")
        .watch(0x30000, 16);
  };
  // The block costs 3, each byte 1.
  add("price", "Each byte costs 1 on top of the block.", 10).gas(100).run().expect_halt().expect_gas(87);
  add("count_zero", "No byte, no further gas.", 0).gas(3).run().expect_halt().expect_gas(0);
  add("exact", "Exactly enough for the block and all bytes.", 10)
      .gas(13)
      .run()
      .expect_halt()
      .expect_gas(0)
      .expect_reg("a0", 0x3000a)
      .expect_reg("a2", 0);
  add("one_less", "One less: all bytes but one; pc and next pc are the memset.", 10)
      .gas(12)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_next_pc(0)
      .expect_reg("a0", 0x30009)
      .expect_reg("a2", 1)
      .expect_memory(0x30000, "aaaaaaaaaaaaaaaaaa00");
  add("block_only", "Gas for the block only: no byte is written.", 10)
      .gas(3)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 10)
      .expect_memory(0x30000, "0000");
  add("block_unpaid", "The block itself can't be paid.", 10).gas(2).run().expect_out_of_gas(0, 2).expect_reg("a2", 10);
  add("interrupted_twice", "Two interruptions in a row, each resumed without paying for the block again.", 10)
      .gas(5)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 8)
      .set_gas(3)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 5)
      .expect_reg("a0", 0x30005)
      .set_gas(5)
      .run()
      .expect_halt()
      .expect_gas(0)
      .expect_reg("a2", 0)
      .expect_reg("a3", 1);
  add("resumed_with_nothing", "Resumed without new gas: nothing moves.", 10)
      .gas(5)
      .run()
      .expect_reg("a2", 8)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 8)
      .expect_reg("a0", 0x30002);
  add("resumed_by_set_pc", "Setting the pc to the memset pays for the block again.", 10)
      .gas(5)
      .run()
      .expect_reg("a2", 8)
      .set_gas(20)
      .set_pc(0)
      .run()
      .expect_halt()
      .expect_gas(20 - 3 - 8);
  add("count_changed_between", "The host changes the count between.", 10)
      .gas(5)
      .run()
      .expect_reg("a2", 8)
      .set_gas(20)
      .set_reg("a2", 1)
      .run()
      .expect_halt()
      .expect_gas(19)
      .expect_reg("a0", 0x30003);
  add("count_zeroed_between", "The host sets the count to 0 between: what follows runs without further gas.", 10)
      .gas(5)
      .run()
      .set_reg("a2", 0)
      .run()
      .expect_halt()
      .expect_gas(0)
      .expect_reg("a3", 1);
  add("trap_at_end_of_region", "Only the bytes that were written are charged.", 10)
      .reg("a0", 0x31ffe)
      .gas(100)
      .run()
      .expect_trap(0)
      .expect_gas(95)
      .expect_reg("a2", 8);
  add("trap_before_gas", "The byte can be paid but isn't writable: trap, and that byte isn't charged.", 10)
      .reg("a0", 0x31ffe)
      .gas(6)
      .run()
      .expect_trap(0)
      .expect_gas(1);
  add("gas_before_trap", "The byte isn't writable and can't be paid: gas is looked at first.", 10)
      .reg("a0", 0x31ffe)
      .gas(5)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 8)
      .set_gas(1)
      .run()
      .expect_trap(0)
      .expect_gas(1);
  add("bad_address_exact", "A bad address with gas for the block only: out of gas first.", 1)
      .reg("a0", 0)
      .gas(3)
      .run()
      .expect_out_of_gas(0, 0)
      .set_gas(1)
      .run()
      .expect_trap(0);
  add("none", "Without metering bytes cost nothing.", 10)
      .metering(Metering::none)
      .gas(0)
      .run()
      .expect_halt()
      .expect_gas(0)
      .expect_memory(0x30000, "aaaaaaaaaaaaaaaaaaaa");
  add("async_enough", "Asynchronous, with enough gas.", 10)
      .metering(Metering::async)
      .also({"gas.async"})
      .gas(13)
      .run()
      .expect_halt()
      .expect_gas(0);
  add("async_one_less", "Asynchronous, one less: out of gas, sooner or later.", 10)
      .metering(Metering::async)
      .also({"gas.async"})
      .gas(12)
      .run()
      .expect(Status::out_of_gas);
  add("paged_fault", "A page fault on the way: written bytes are charged, the retry goes on.", 10)
      .regions(0, 0, 0)
      .paged()
      .page(0x30000, 4096)
      .reg("a0", 0x30ffe)
      .watch(0x30ff0, 16)
      .gas(100)
      .run()
      .expect_fault(0x31000)
      .expect_gas(95)
      .expect_reg("a2", 8)
      .map(0x31000, 4096)
      .run()
      .expect_halt()
      .expect_gas(87);
  add("paged_gas_before_fault", "Gas is looked at before the page.", 10)
      .regions(0, 0, 0)
      .paged()
      .page(0x30000, 4096)
      .reg("a0", 0x30ffe)
      .gas(5)
      .run()
      .expect_out_of_gas(0, 0)
      .expect_reg("a2", 8)
      .set_gas(8)
      .run()
      .expect_fault(0x31000)
      .expect_gas(8);
  if (g.is_wide())
    add("upper_half_of_count", "The upper half of a2 costs nothing.", 2).reg("a2", 0x500000002).gas(100).run().expect_halt().expect_gas(95);
  g.add("gas.memset.mid_block", "A memset in the middle of a block that runs out of gas: what precedes it isn't repeated.",
        {"gas.memset", "resume.out_of_gas"})
      .regions()
      .reg("a0", 0x30000)
      .reg("a1", 0x55)
      .code("load_imm a2, 4; add_imm_32 a3, a3, 1; memset; add_imm_32 a4, a4, 1; ret")
      .gas(7)
      .run()
      .expect_out_of_gas(6, 0)
      .expect_next_pc(6)
      .expect_reg("a2", 2)
      .set_gas(9)
      .run()
      .expect_halt()
      .expect_gas(7)
      .expect_reg("a3", 1)
      .expect_reg("a4", 1);
}

}  // namespace pvm::gen
