// SPDX-License-Identifier: Apache-2.0 OR MIT
// Faults that only an unusual program or host shows. Each case was asked for by a seeded fault that nothing else noticed.
#include "groups.hpp"

namespace pvm::gen {
namespace {

using conformance::Config;
using ref::Metering;

void jump_tables(Group& g) {
  if (g.is_graypaper()) {
    // 2^33 entries without bytes: an index of 2^32 - 1 would be one of them, and lead to 0.
    CodeBlob blob = std::get<CodeBlob>(builder::assemble(g.version, "jump_indirect a0, 0"));
    blob.table_count = u64{1} << 33;
    g.add("jump.dynamic.address_0_in_a_huge_table", "Address 0 is never looked up, however many entries there are.", {"jump.dynamic"})
        .container(ref::Container::raw, raw_container(blob))
        .gas(100)
        .run()
        .expect_trap(0)
        .expect_gas(99);
  }
  g.add("jump.table.fourth_byte_counts", "An entry whose low three bytes alone would be a target.", {"jump.table", "jump.dynamic"})
      .code(".entry_size 4; .table 0x1000003; jump_indirect a0, 0; trap; ret")
      .reg("a0", 2)
      .run()
      .expect_trap(0);
}

void sections(Group& g) {
  if (!g.is_polkavm()) return;
  const CodeBlob blob = std::get<CodeBlob>(builder::assemble(g.version, "trap"));
  builder::ProgramParts parts;
  parts.blob = blob;
  for (const u8 id : {u8{7}, u8{127}}) {
    builder::PolkavmContainer container = builder::polkavm_parts(g.version, parts);
    container.sections.push_back({id, {1, 2, 3}, {}});
    g.add("blob.sections.unknown_" + std::to_string(id) + "_behind_code",
          "A section that no number below 128 stands for, where its number fits.", {"blob.sections"})
        .container(ref::Container::polkavm, builder::polkavm_container(container))
        .rejected()
        .expect_rejected(ref::Reason::unexpected_section);
  }
  parts.ro_size = 0xffffffff;
  g.add("map.limit.not_when_paged", "Where the host makes the pages, the sizes of the regions need not fit.",
        {"map.limit", "paging.initial"})
      .container(ref::Container::polkavm, polkavm_container(builder::polkavm_parts(g.version, parts)))
      .paged()
      .run()
      .expect_trap(0);
}

void metering(Group& g) {
  if (!g.is_polkavm()) return;
  g.add("entry.bad_pc.without_gas", "An entry at a bad position needs no gas.", {"entry.bad_pc"})
      .code("load_imm a0, 1:4; trap")
      .pc(1)
      .gas(0)
      .run()
      .expect(Status::trap)
      .expect_pc(1)
      .expect_next_pc(1)
      .expect_gas(0);
  g.add("gas.async.mid_block_halts_unpaid", "An entry in the middle of a block that can't be paid, where the rest of it would halt.",
        {"gas.async", "entry.mid_block"})
      .code("load_imm a0, 1; load_imm a1, 2; ret")
      .pc(3)
      .metering(Metering::async)
      .gas(2)
      .run()
      .expect(Status::out_of_gas)
      .set_gas(3)
      .run()
      .expect_halt();
  g.add("gas.async.negative_between_runs", "The host makes the counter negative while the rest of the block is paid for.",
        {"gas.negative", "gas.async"})
      .code("ecalli 1; ret")
      .metering(Metering::async)
      .gas(10)
      .run()
      .expect_host_call(1)
      .set_gas(-1)
      .run()
      .expect(Status::out_of_gas)
      .set_gas(0)
      .run()
      .expect_halt();
  if (!g.has(isa::Op::memset)) return;
  g.add("gas.async.fill_spends_the_last_gas", "A memset that spends the last gas before a byte that it may not write is refused.",
        {"gas.async", "fill.order"})
      .regions(0, 4096, 0)
      .code("memset; ret")
      .reg("a0", 0x20ff8)
      .reg("a2", 9)
      .metering(Metering::async)
      .gas(10)
      .run()
      .expect_trap(0)
      .expect_reg("a2", 1)
      .expect_gas(0);
  g.add("gas.async.fill_then_trap", "A memset that the gas doesn't suffice for, in a block that then traps.", {"gas.async", "gas.memset"})
      .regions(0, 4096, 0)
      .code("memset; trap")
      .reg("a0", 0x20000)
      .reg("a2", 9)
      .metering(Metering::async)
      .gas(10)
      .run()
      .expect(Status::out_of_gas);
}

void pages(Group& g) {
  g.add("host.protect.touched_page", "A page of which the range holds one byte is protected as a whole.", {"host.protect"})
      .code("store_u8 a0, 0x21fff; ret")
      .page(0x20000, 8192)
      .protect(0x20ffe, 3, false)
      .run()
      .expect_fault(0x21000, true);
  if (!g.is_graypaper()) return;
  g.add("heap.allocate.zeroes", "A page that was written, unmapped and is then allocated holds zeros.", {"heap.allocate", "host.unmap"})
      .code("sbrk a0, a1; load_indirect_u8 a2, a0, 5; ret")
      .page(0x10000, 4096)
      .put(0x10000, Bytes(16, 0xff))
      .reg("a1", 100)
      .unmap(0x10000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x10000)
      .expect_reg("a2", 0);
  g.add("map.page_size.ignored", "The configured page size means nothing here.", {"map.page_size"})
      .code("load_u8 a0, 0x21000; ret")
      .page(0x20000, 4096)
      .config([](Config& config) { config.page_size = 5000; })
      .run()
      .expect_fault(0x21000);
}

void pipeline(Group& g) {
  if (!g.has_pipeline()) return;
  const auto cost = [&](const std::string& what, const std::string& why, std::string_view clause, const std::string& code, i64 expected) {
    g.add(std::string(clause) + "." + what, why, {std::string(clause)}).pipeline(0).code(code).block_costs({0}).expect_cost(0, expected);
  };
  const std::string loads = "load_u8 a0, 0x20000; load_u8 a1, 0x20000; load_u8 a2, 0x20000; load_u8 a3, 0x20000; ";
  cost("branch_waits_for_an_alu", "Four loads take the four ALUs; the branch, which depends on none, waits for one.", "pipeline.table",
       loads + "branch_eq t0, t1, 0; load_imm a0, 1; trap", 45);
  cost("full_buffer", "The reorder buffer is full while decode slots are left: a cycle passes before the next is decoded.", "pipeline.feed",
       "load_u8 a0, 0x20000; load_imm a2, 1; load_imm a2, 1; load_imm a2, 1; move_reg a3, a4; add_imm_w a2, a4, 1; "
       "load_imm a0, 1; add_imm_w a2, a3, 1; load_imm a4, 1; move_reg a4, a2; and a3, a3, a4; and a3, a3, a1; "
       "add_imm_w a4, a4, 1; add_imm_w a3, a0, 1; load_imm a3, 1; add_imm_w a4, a3, 1; load_imm a1, 1; load_imm a2, 1; "
       "add_imm_w a1, a0, 1; add_imm_w a0, a3, 1; add_imm_w a3, a4, 1; and a2, a2, a0; and a3, a3, a2; and a2, a2, a3; "
       "move_reg a3, a1; add_imm_w a1, a0, 1; load_imm a2, 1; and a4, a4, a1; load_imm a4, 1; and a0, a0, a3; "
       "add_imm_w a3, a3, 1; add_imm_w a2, a3, 1; load_imm a0, 1; and a1, a1, a2; move_reg a4, a4; load_imm a0, 1; trap",
       30);
  if (!g.has(isa::Op::load_imm64)) return;
  cost("load_imm64_takes_a_cycle", "What depends on load_imm64 begins one cycle after it.", "pipeline.table",
       "load_imm64 a0, 1; and a0, a0, a1; trap", 2);
  for (const char* name : {"div_unsigned_64", "div_signed_64", "rem_unsigned_64", "rem_signed_64"}) {
    cost(std::string(name) + "_takes_4_slots", "Behind an instruction of one slot the division is decoded in the next cycle.",
         "pipeline.slots", std::string("and a1, a1, a2; ") + name + " a0, a0, a3; trap", 61);
  }
}

}  // namespace

void define_rare(Group& g) {
  jump_tables(g);
  sections(g);
  metering(g);
  pages(g);
  pipeline(g);
}

}  // namespace pvm::gen
