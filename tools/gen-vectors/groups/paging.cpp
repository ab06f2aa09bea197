// SPDX-License-Identifier: Apache-2.0 OR MIT
// Paged memory: which page is reported, what a fault leaves behind, how a run goes on.
#include "groups.hpp"

namespace pvm::gen {

namespace {

CaseBuilder& add(Group& g, const std::string& what, const char* why, std::vector<std::string> clauses, const std::string& code) {
  return g.add("paging." + what, why, std::move(clauses)).paged().reg("a0", 0x44332211).reg("a1", 0x30000).code(code);
}

void faults(Group& g) {
  add(g, "initial.nothing_mapped", "At the start no page is there.", {"paging.initial", "paging.fault"}, "load_u8 a0, 0x30000; ret")
      .run()
      .expect_fault(0x30000)
      .expect_pc(0)
      .expect_next_pc(0)
      .expect_reg("a0", 0x44332211);
  if (g.is_polkavm()) {
    builder::ProgramParts parts;
    parts.blob = std::get<CodeBlob>(builder::assemble(g.version, "load_u8 a0, 0x10000; load_u8 a0, 0x20000; load_u8 a0, 0xfffdffff; ret"));
    parts.ro_size = parts.rw_size = parts.stack_size = 4096;
    parts.ro_data = parts.rw_data = {1, 2, 3};
    g.add("paging.initial.payload_not_loaded", "With paged memory the container's data and stack aren't there.",
          {"paging.initial", "map.contents"})
        .container(ref::Container::polkavm, builder::polkavm_container(builder::polkavm_parts(g.version, parts)))
        .paged()
        .run()
        .expect_fault(0x10000)
        .map(0x10000, 4096)
        .run()
        .expect_fault(0x20000)
        .map(0x20000, 4096)
        .run()
        .expect_fault(0xfffdf000)
        .map(0xfffdf000, 4096)
        .run()
        .expect_halt()
        .expect_reg("a0", 0);
  }
  add(g, "fault.load_then_resume", "The host makes the page, writes to it, and the load is retried.",
      {"paging.fault", "exit.page_fault", "resume.page_fault", "host.map", "host.write_memory"},
      "load_imm a2, 1; load_u8 a0, 0x30005; add_imm_32 a2, a2, 1; ret")
      .run()
      .expect_fault(0x30000)
      .expect_pc(3)
      .expect_next_pc(3)
      .map(0x30000, 4096)
      .expect_ok(true)
      .write(0x30005, hex("99"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0x99)
      .expect_reg("a2", 2);
  add(g, "fault.not_resolved", "Nothing is done about the fault: the same fault again, and again.", {"paging.fault", "resume.page_fault"},
      "load_u8 a0, 0x30005; ret")
      .run()
      .expect_fault(0x30000)
      .run()
      .expect_fault(0x30000)
      .run()
      .expect_fault(0x30000);
  add(g, "fault.store_then_resume", "A store to a missing page isn't a write-protection fault.", {"paging.fault", "resume.page_fault"},
      "store_u8 a0, 0x30005; ret")
      .run()
      .expect_fault(0x30000, false)
      .map(0x30000, 4096)
      .run()
      .expect_halt()
      .expect_memory(0x30005, "11");
  add(g, "fault.other_instruction_after_set_pc", "After a fault the host may go on elsewhere.", {"paging.fault", "resume.set_pc"},
      "load_u8 a0, 0x30005; ret; load_imm a2, 7; ret")
      .run()
      .expect_fault(0x30000)
      .set_pc(7)
      .run()
      .expect_halt()
      .expect_reg("a2", 7);
  add(g, "fault.register_changed_before_retry", "The retry uses the registers as they are then.", {"resume.page_fault", "host.registers"},
      "load_indirect_u8 a0, a1, 0; ret")
      .page(0x50000, 4096)
      .put(0x50000, hex("42"))
      .run()
      .expect_fault(0x30000)
      .set_reg("a1", 0x50000)
      .run()
      .expect_halt()
      .expect_reg("a0", 0x42);
  // Two pages: 0x30000 and 0x31000; the access covers 0x30ffe..0x31001.
  add(g, "lowest.load_both_missing", "Both pages are missing: the lower one first.", {"paging.lowest", "paging.fault"},
      "load_i32 a0, 0x30ffe; ret")
      .run()
      .expect_fault(0x30000)
      .map(0x30000, 4096)
      .run()
      .expect_fault(0x31000)
      .map(0x31000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  const char* const store = "store_u32 a0, 0x30ffe; ret";
  const auto pair = [&](const char* what, const char* why, int low, int high, u64 page, bool protected_page) {
    // 0 missing, 1 read-only, 2 writable
    CaseBuilder& c = add(g, std::string("lowest.store_") + what, why, {"paging.lowest", "access.atomic", "paging.write_protected"}, store);
    if (low != 0) c.page(0x30000, 4096, low == 2).watch(0x30ff0, 16);
    if (high != 0) c.page(0x31000, 4096, high == 2).watch(0x31000, 16);
    c.run();
    if (page == 0) c.expect_halt();
    if (page != 0) c.expect_fault(page, protected_page);
    if (low != 0) c.expect_memory(0x30ff0, page == 0 ? "00000000000000000000000000001122" : "00000000000000000000000000000000");
  };
  pair("missing_missing", "Both missing: the lower.", 0, 0, 0x30000, false);
  pair("missing_read_only", "Lower missing, higher read-only: the lower.", 0, 1, 0x30000, false);
  pair("missing_writable", "Lower missing: the lower.", 0, 2, 0x30000, false);
  pair("read_only_missing", "Lower read-only, higher missing: the lower, as write-protected.", 1, 0, 0x30000, true);
  pair("read_only_read_only", "Both read-only: the lower.", 1, 1, 0x30000, true);
  pair("read_only_writable", "Lower read-only: the lower.", 1, 2, 0x30000, true);
  pair("writable_missing", "Higher missing: the higher; the bytes on the lower page stay.", 2, 0, 0x31000, false);
  pair("writable_read_only", "Higher read-only: the higher, as write-protected; the bytes on the lower page stay.", 2, 1, 0x31000, true);
  const auto load_pair = [&](const char* what, bool low, bool high, u64 page) {
    CaseBuilder& c = add(g, std::string("lowest.load_") + what, "A load across two pages needs both; read-only ones will do.",
                         {"paging.lowest"}, "load_i32 a0, 0x30ffe; ret");
    if (low) c.page(0x30000, 4096, false);
    if (high) c.page(0x31000, 4096, false);
    c.run();
    if (page == 0) c.expect_halt();
    if (page != 0) c.expect_fault(page).expect_reg("a0", 0x44332211);
  };
  load_pair("missing_read_only", false, true, 0x30000);
  load_pair("read_only_missing", true, false, 0x31000);
  load_pair("read_only_read_only", true, true, 0);
  const char* const operations[] = {"load_u8 a0, 0x30fff",
                                    "load_i8 a0, 0x30fff",
                                    "load_u16 a0, 0x30fff",
                                    "load_i16 a0, 0x30fff",
                                    "load_i32 a0, 0x30fff",
                                    "store_u8 a0, 0x30fff",
                                    "store_u16 a0, 0x30fff",
                                    "store_u32 a0, 0x30fff",
                                    "store_imm_u8 0x30fff, 1",
                                    "store_imm_u16 0x30fff, 1",
                                    "store_imm_u32 0x30fff, 1",
                                    "store_imm_indirect_u8 a1, 0xfff, 1",
                                    "store_imm_indirect_u16 a1, 0xfff, 1",
                                    "store_imm_indirect_u32 a1, 0xfff, 1",
                                    "load_indirect_u8 a0, a1, 0xfff",
                                    "load_indirect_i8 a0, a1, 0xfff",
                                    "load_indirect_u16 a0, a1, 0xfff",
                                    "load_indirect_i16 a0, a1, 0xfff",
                                    "load_indirect_i32 a0, a1, 0xfff",
                                    "store_indirect_u8 a0, a1, 0xfff",
                                    "store_indirect_u16 a0, a1, 0xfff",
                                    "store_indirect_u32 a0, a1, 0xfff",
                                    "load_u32 a0, 0x30fff",
                                    "load_u64 a0, 0x30fff",
                                    "store_u64 a0, 0x30fff",
                                    "store_imm_u64 0x30fff, 1",
                                    "store_imm_indirect_u64 a1, 0xfff, 1",
                                    "load_indirect_u32 a0, a1, 0xfff",
                                    "load_indirect_u64 a0, a1, 0xfff",
                                    "store_indirect_u64 a0, a1, 0xfff"};
  for (const std::string text : operations) {
    const std::string name = text.substr(0, text.find(' '));
    if (!g.has(*builder::op_named(name))) continue;
    CaseBuilder& c = add(g, "fault." + name + "_twice", "Each instruction faults on the page that is missing, and is retried as a whole.",
                         {"paging.fault", "resume.page_fault", "memory." + name}, text + "; ret");
    c.run().expect_fault(0x30000).expect_pc(0).map(0x30000, 4096);
    if (!name.ends_with("8")) c.run().expect_fault(0x31000).expect_pc(0).map(0x31000, 4096);
    c.run().expect_halt();
  }
}

void low_and_high(Group& g) {
  const std::pair<const char*, u64> low[] = {{"0", 0}, {"0x3fff", 0x3fff}, {"0x4000", 0x4000}, {"0xf000", 0xf000}, {"0xffff", 0xffff}};
  for (const auto& [digits, address] : low) {
    add(g, std::string("low.load_at_") + digits, "Below 2^16 an access traps; the host can't map anything there.",
        {"paging.low", "access.low"}, "load_indirect_u8 a0, a1, 0; ret")
        .reg("a1", address)
        .run()
        .expect_trap(0);
    add(g, std::string("low.store_at_") + digits, "Below 2^16 an access traps; the host can't map anything there.",
        {"paging.low", "access.low"}, "store_indirect_u8 a0, a1, 0; ret")
        .reg("a1", address)
        .run()
        .expect_trap(0);
  }
  add(g, "low.across_border", "An access that begins below 2^16 traps even if the page above is there.", {"paging.low", "paging.lowest"},
      "load_i32 a0, 0xfffe; ret")
      .page(0x10000, 4096)
      .run()
      .expect_trap(0);
  add(g, "low.across_border_missing", "An access that begins below 2^16 traps even if the page above is missing too.",
      {"paging.low", "paging.lowest"}, "load_i32 a0, 0xfffe; ret")
      .run()
      .expect_trap(0);
  add(g, "low.first_page_above", "0x10000 is an ordinary address.", {"paging.low", "paging.fault"}, "load_u8 a0, 0x10000; ret")
      .run()
      .expect_fault(0x10000);
  add(g, "high.last_byte", "The last byte of the address space may be mapped.", {"paging.fault", "access.wrap"},
      "load_u8 a0, 0xffffffff; ret")
      .run()
      .expect_fault(0xfffff000)
      .map(0xfffff000, 4096)
      .expect_ok(true)
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  add(g, "high.word_that_ends_at_2_32", "An access that ends with the address space is an ordinary one.", {"paging.fault", "access.wrap"},
      "load_i32 a0, 0xfffffffc; ret")
      .page(0xfffff000, 4096)
      .put(0xfffffffc, hex("01020304"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0x04030201);
  for (const bool mapped : {false, true}) {
    for (const char* text : {"load_i32 a0, 0xfffffffe; ret", "store_u32 a0, 0xfffffffe; ret"}) {
      const bool is_load = text[0] == 'l';
      CaseBuilder& c = add(g, std::string("high.") + (is_load ? "load" : "store") + "_beyond_2_32" + (mapped ? "_mapped" : "_missing"),
                           "An access beyond 2^32 traps; the Gray Paper looks at the last page first, if that is missing.",
                           {"access.wrap", "paging.lowest"}, text);
      if (mapped) c.page(0xfffff000, 4096).watch(0xfffffff0, 16);
      c.run();
      if (g.is_graypaper() && !mapped) c.expect_fault(0xfffff000);
      if (!g.is_graypaper() || mapped) c.expect_trap(0);
      if (mapped) c.expect_memory(0xfffffff0, "00000000000000000000000000000000");
    }
  }
  if (g.is_wide()) {
    add(g, "high.u64_beyond_2_32", "Eight bytes at 0xfffffffc.", {"access.wrap"}, "load_u64 a0, 0xfffffffc; ret")
        .page(0xfffff000, 4096)
        .run()
        .expect_trap(0);
    add(g, "fault.upper_half_of_base", "The upper half of the base is ignored in the address reported.", {"paging.fault", "access.address"},
        "load_indirect_u8 a0, a1, 0; ret")
        .reg("a1", 0x1234567800030005)
        .run()
        .expect_fault(0x30000);
  }
}

void protection(Group& g) {
  add(g, "write_protected.store", "A store to a read-only page says so, and is retried once it is writable.",
      {"paging.write_protected", "resume.page_fault", "host.protect"}, "store_u8 a0, 0x30005; ret")
      .page(0x30000, 4096, false)
      .watch(0x30004, 4)
      .run()
      .expect_fault(0x30000, true)
      .expect_pc(0)
      .protect(0x30000, 4096, true)
      .expect_ok(true)
      .run()
      .expect_halt()
      .expect_memory(0x30004, "00110000");
  add(g, "write_protected.load_works", "A read-only page can be read.", {"paging.write_protected"}, "load_u8 a0, 0x30005; ret")
      .page(0x30000, 4096, false)
      .put(0x30005, hex("77"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0x77);
  add(g, "write_protected.then_unmapped", "Protected, then dropped: first write-protected, then missing.",
      {"paging.write_protected", "host.unmap"}, "store_u8 a0, 0x30005; ret")
      .page(0x30000, 4096, false)
      .run()
      .expect_fault(0x30000, true)
      .unmap(0x30000, 4096)
      .expect_ok(true)
      .run()
      .expect_fault(0x30000, false);
  add(g, "write_protected.protect_between_stores", "The host takes the right to write away between two stores.",
      {"paging.write_protected", "host.protect"}, "store_u8 a0, 0x30005; ecalli 1; store_u8 a0, 0x30006; ret")
      .page(0x30000, 4096)
      .watch(0x30004, 4)
      .run()
      .expect_host_call(1)
      .protect(0x30000, 4096, false)
      .run()
      .expect_fault(0x30000, true)
      .expect_memory(0x30004, "00110000");
  add(g, "fault.unmapped_between_loads", "The host drops a page between two loads; a new one is empty.",
      {"paging.fault", "host.unmap", "host.map"}, "load_u8 a0, 0x30005; ecalli 1; load_u8 a0, 0x30005; ret")
      .page(0x30000, 4096)
      .put(0x30005, hex("42"))
      .run()
      .expect_host_call(1)
      .expect_reg("a0", 0x42)
      .unmap(0x30000, 4096)
      .run()
      .expect_fault(0x30000)
      .map(0x30000, 4096)
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  add(g, "fault.mapped_again", "Mapping a page that is there makes it new: zeros.", {"host.map"}, "load_u8 a0, 0x30005; ret")
      .page(0x30000, 4096)
      .put(0x30005, hex("42"))
      .map(0x30000, 4096)
      .expect_ok(true)
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
}

void page_sizes(Group& g) {
  if (g.is_graypaper()) {
    add(g, "fault.page_size_ignored", "Pages have 4096 bytes whatever the configuration says.", {"map.page_size", "paging.fault"},
        "load_u8 a0, 0x3ffff; ret")
        .config([](conformance::Config& config) { config.page_size = 65536; })
        .run()
        .expect_fault(0x3f000)
        .map(0x3f000, 4096)
        .expect_ok(true)
        .run()
        .expect_halt();
    return;
  }
  const std::pair<u32, u64> sizes[] = {{16384, 0x3c000}, {65536, 0x30000}};
  for (const auto& [size, page] : sizes) {
    const auto page_size = size;
    const auto with_size = [&](const std::string& what, const char* why, std::vector<std::string> clauses,
                               const std::string& code) -> CaseBuilder& {
      return add(g, what + "_page_size_" + std::to_string(page_size), why, std::move(clauses), code)
          .config([page_size](conformance::Config& config) { config.page_size = page_size; });
    };
    with_size("fault.address", "The address reported is that of a page of the configured size.", {"paging.fault", "map.page_size"},
              "load_u8 a0, 0x3ffff; ret")
        .run()
        .expect_fault(page)
        .map(page, size)
        .run()
        .expect_halt();
    with_size("lowest.across", "A store across two pages of the configured size.", {"paging.lowest", "map.page_size"},
              "store_u32 a0, 0x3fffe; ret")
        .page(page, size)
        .run()
        .expect_fault(0x40000)
        .map(0x40000, size)
        .run()
        .expect_halt()
        .expect_memory(0x3fffe, "11223344");
    with_size("map.length_rounded", "A length is rounded up to whole pages.", {"host.map", "map.page_size"}, "load_u8 a0, 0x3ffff; ret")
        .map(page, 1)
        .expect_ok(true)
        .run()
        .expect_halt();
    with_size("map.misaligned", "An address that isn't a multiple of the page size is refused.", {"host.map", "map.page_size"}, "ret")
        .map(page + 4096, size)
        .expect_ok(false)
        .run()
        .expect_halt();
    with_size("low.page", "The page that ends at 2^16 can't be mapped, whatever its size.", {"host.map", "paging.low"},
              "load_u8 a0, 0xffff; ret")
        .map(0x10000 - size, size)
        .expect_ok(false)
        .run()
        .expect_trap(0);
  }
}

}  // namespace

void define_paging(Group& g) {
  faults(g);
  low_and_high(g);
  protection(g);
  page_sizes(g);
}

}  // namespace pvm::gen
