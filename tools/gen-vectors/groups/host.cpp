// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the host may do between two runs: registers, gas, memory, pages.
#include "groups.hpp"

namespace pvm::gen {

namespace {

// The guest waits in a host call, then halts.
constexpr std::string_view waits = "ecalli 1; ret";

CaseBuilder& add(Group& g, const std::string& what, const char* why, std::vector<std::string> clauses) {
  return g.add("host." + what, why, std::move(clauses)).code(waits);
}

void registers(Group& g) {
  for (u8 index = 0; index < 13; ++index) {
    const std::string name(ref::register_name(index));
    add(g, "registers.set_" + name, "Each register can be written to between two runs.", {"host.registers"})
        .code("ecalli 1; ecalli 2; trap")
        .run()
        .expect_host_call(1)
        .set_reg(name, 0x1234)
        .run()
        .expect_host_call(2)
        .expect_reg(name, 0x1234);
  }
  add(g, "registers.set_wide_value", "Registers of 32 bits keep the low half of what the host writes.", {"host.registers"})
      .code("ecalli 1; ecalli 2; trap")
      .run()
      .set_reg("a0", 0x1ffffffff)
      .set_reg("a1", ~u64{0})
      .set_reg("a2", 0x100000000)
      .run()
      .expect_host_call(2)
      .expect_reg("a0", g.by_width(0xffffffff, 0x1ffffffff))
      .expect_reg("a2", g.by_width(0, 0x100000000));
  add(g, "registers.set_before_first_run", "Registers may be written to before the guest has run at all.", {"host.registers"})
      .set_reg("a0", 5)
      .code("add_imm_32 a0, a0, 1; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 6);
  add(g, "gas.set_between_runs", "The host may set the counter; a paid block goes on even if it is 0 then.",
      {"host.gas", "gas.sync", "resume.host_call"})
      .gas(100)
      .code("ecalli 1; load_imm a0, 1; ret")
      .run()
      .expect_host_call(1)
      .set_gas(1000)
      .run()
      .expect_halt()
      .expect_gas(g.is_graypaper() ? 998 : 1000);
}

void mapped_memory(Group& g) {
  if (g.is_graypaper()) return;
  const auto write = [&](const std::string& what, const char* why, u64 address, const char* digits, bool ok) {
    CaseBuilder& c = add(g, "write_memory." + what, why, {"host.write_memory"}).regions(1, 1, 1).config([](conformance::Config& config) {
      config.aux_size = 1;
    });
    c.watch(0x10000, 4).watch(0x30000, 4).watch(0x30ffc, 4).run().write(address, hex(digits)).expect_ok(ok);
    if (ok && *digits != 0) c.read(address, static_cast<u32>(hex(digits).size())).expect_bytes(digits);
    c.run().expect_halt();
  };
  // Regions: 0x10000, 0x30000, stack below 0xfffd0000, aux at 0xfffe0000; a page each.
  write("rw_first", "The first bytes of the read-write data.", 0x30000, "01020304", true);
  write("rw_last", "The last bytes of the read-write page.", 0x30ffc, "01020304", true);
  write("rw_across_end", "A range that ends behind the region is refused as a whole.", 0x30ffd, "01020304", false);
  write("rw_behind", "Behind the region.", 0x31000, "01", false);
  write("rw_before", "A range that begins before the region.", 0x2ffff, "0102", false);
  write("stack_first", "The lowest bytes of the stack.", 0xfffcf000, "0102", true);
  write("stack_last", "The topmost bytes of the stack.", 0xfffcfffe, "0102", true);
  write("stack_across_end", "Across the end of the stack.", 0xfffcffff, "0102", false);
  write("aux_first", "The first bytes of the auxiliary data.", 0xfffe0000, "0102", true);
  write("aux_last", "The last bytes of the auxiliary page.", 0xfffe0ffe, "0102", true);
  write("aux_across_end", "Across the end of the auxiliary page.", 0xfffe0fff, "0102", false);
  write("ro", "Read-only data can't be written to by the host either.", 0x10000, "01", false);
  write("low", "Nothing below 2^16.", 0xffff, "01", false);
  write("null", "Nothing below 2^16.", 0, "0102", false);
  write("across_low", "A range that begins below 2^16.", 0xffff, "0102", false);
  write("last_address", "The last byte of the address space.", 0xffffffff, "01", false);
  write("beyond_2_32", "A range that ends beyond 2^32.", 0xffffffff, "0102", false);
  write("empty", "A range of no bytes is always fine.", 0x30000, "", true);
  write("empty_at_null", "Even at an address that isn't accessible.", 0, "", true);
  write("empty_at_end_of_space", "Even at the end of the address space.", 0xffffffff, "", true);
  write("empty_at_ro", "Even in read-only data.", 0x10000, "", true);
  const auto read = [&](const std::string& what, const char* why, u64 address, u32 length, std::optional<const char*> digits) {
    CaseBuilder& c = add(g, "read_memory." + what, why, {"host.read_memory"}).regions(1, 1, 1).config([](conformance::Config& config) {
      config.aux_size = 1;
    });
    c.ro_data(hex("a1")).rw_data(hex("b1")).run().read(address, length).expect_ok(digits.has_value());
    if (digits) c.expect_bytes(*digits);
  };
  read("ro_first", "The host reads read-only data.", 0x10000, 2, "a100");
  read("ro_last", "The last byte of the page.", 0x10fff, 1, "00");
  read("ro_across_end", "Across the end of the region.", 0x10fff, 2, std::nullopt);
  read("ro_behind", "Behind the region.", 0x11000, 1, std::nullopt);
  read("rw_first", "The host reads read-write data.", 0x30000, 2, "b100");
  read("rw_across_end", "Across the end of the region.", 0x30fff, 2, std::nullopt);
  read("stack", "The host reads the stack.", 0xfffcf000, 1, "00");
  read("stack_before", "Before the stack.", 0xfffcefff, 1, std::nullopt);
  read("aux", "The host reads auxiliary data.", 0xfffe0fff, 1, "00");
  read("aux_behind", "Behind the auxiliary data.", 0xfffe1000, 1, std::nullopt);
  read("low", "Nothing below 2^16.", 0xffff, 1, std::nullopt);
  read("across_low", "A range that begins below 2^16.", 0xffff, 2, std::nullopt);
  read("beyond_2_32", "A range that ends beyond 2^32.", 0xffffffff, 2, std::nullopt);
  read("empty", "A range of no bytes is always fine.", 0x30000, 0, "");
  read("empty_at_null", "Even at an address that isn't accessible.", 0, 0, "");
  add(g, "read_memory.what_the_guest_wrote", "The host sees what the guest has stored, also after the end.", {"host.read_memory"})
      .regions()
      .code("store_imm_u32 0x30010, 0x11223344; ret")
      .run()
      .expect_halt()
      .read(0x3000f, 6)
      .expect_bytes("004433221100");
  add(g, "write_memory.what_the_guest_reads", "The guest sees what the host has written.", {"host.write_memory", "resume.host_call"})
      .regions()
      .code("ecalli 1; load_i32 a0, 0x30010; ret")
      .run()
      .write(0x30010, hex("04030201"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0x01020304);
  for (const char* what : {"map", "protect", "unmap"}) {
    CaseBuilder& c =
        add(g, std::string(what) + ".mapped_memory", "Pages are an affair of paged memory.", {std::string("host.") + what}).regions().run();
    if (what == std::string("map")) c.map(0x50000, 4096).expect_ok(false);
    if (what == std::string("protect")) c.protect(0x30000, 4096, false).expect_ok(false);
    if (what == std::string("unmap")) c.unmap(0x30000, 4096).expect_ok(false);
    c.run().expect_halt();
  }
  if (!g.has(isa::Op::sbrk)) return;
  add(g, "write_memory.grown_heap", "The heap that the guest has grown belongs to the read-write region.",
      {"host.write_memory", "heap.grow"})
      .regions(0, 1, 0)
      .reg("a1", 0x1000)
      .code("sbrk a0, a1; ecalli 1; load_u8 a0, 0x21fff; ret")
      .run()
      .expect_host_call(1)
      .write(0x20fff, Bytes(0x1001, 9))
      .expect_ok(true)
      .write(0x21fff, hex("0909"))
      .expect_ok(false)
      .run()
      .expect_halt()
      .expect_reg("a0", 9);
  add(g, "write_memory.before_growth", "Before it has grown it doesn't.", {"host.write_memory", "heap.grow"})
      .regions(0, 1, 0)
      .run()
      .write(0x21000, hex("09"))
      .expect_ok(false)
      .run()
      .expect_halt();
}

void paged_memory(Group& g) {
  const auto paged = [&](const std::string& what, const char* why, std::vector<std::string> clauses) -> CaseBuilder& {
    return add(g, what, why, std::move(clauses)).paged();
  };
  const auto three_pages = [&](const std::string& what, const char* why, std::vector<std::string> clauses) -> CaseBuilder& {
    return paged(what, why, std::move(clauses))
        .page(0x30000, 4096)
        .page(0x31000, 4096, false)
        .put(0x30ff0, hex("a1"))
        .put(0x31000, hex("b1"))
        .run();
  };
  three_pages("write_memory.paged_writable", "A present, writable page.", {"host.write_memory"})
      .write(0x30ffe, hex("0102"))
      .expect_ok(true)
      .read(0x30ffd, 4)
      .expect_bytes("000102b1")
      .run()
      .expect_halt();
  three_pages("write_memory.paged_read_only", "A read-only page refuses the host too.", {"host.write_memory"})
      .write(0x31000, hex("01"))
      .expect_ok(false)
      .read(0x31000, 1)
      .expect_bytes("b1")
      .run()
      .expect_halt();
  three_pages("write_memory.paged_across", "Nothing is written if one of the pages refuses.", {"host.write_memory"})
      .write(0x30ffe, hex("01020304"))
      .expect_ok(false)
      .read(0x30ffe, 2)
      .expect_bytes("0000")
      .run()
      .expect_halt();
  three_pages("write_memory.paged_missing", "A missing page.", {"host.write_memory"})
      .write(0x32000, hex("01"))
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("write_memory.paged_before", "A range that begins on a missing page.", {"host.write_memory"})
      .write(0x2ffff, hex("0102"))
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("write_memory.paged_empty", "A range of no bytes is always fine.", {"host.write_memory"})
      .write(0x50000, {})
      .expect_ok(true)
      .run()
      .expect_halt();
  three_pages("read_memory.paged_both", "All pages are present.", {"host.read_memory"})
      .read(0x30fff, 2)
      .expect_bytes("00b1")
      .run()
      .expect_halt();
  three_pages("read_memory.paged_missing", "The second page is missing.", {"host.read_memory"})
      .read(0x31fff, 2)
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("read_memory.paged_low", "Nothing below 2^16.", {"host.read_memory"}).read(0xffff, 1).expect_ok(false).run().expect_halt();
  three_pages("read_memory.paged_beyond_2_32", "A range that ends beyond 2^32.", {"host.read_memory"})
      .map(0xfffff000, 4096)
      .read(0xffffffff, 2)
      .expect_ok(false)
      .read(0xffffffff, 1)
      .expect_ok(true)
      .run()
      .expect_halt();
  three_pages("read_memory.paged_empty", "A range of no bytes is always fine.", {"host.read_memory"})
      .read(0, 0)
      .expect_ok(true)
      .run()
      .expect_halt();
  const auto map = [&](const std::string& what, const char* why, u64 address, u32 length, bool ok) -> CaseBuilder& {
    return paged("map." + what, why, {"host.map"}).run().map(address, length).expect_ok(ok);
  };
  map("one_page", "A page of zeros.", 0x30000, 4096, true).read(0x30000, 4).expect_bytes("00000000").run().expect_halt();
  map("one_byte", "A length is rounded up to whole pages.", 0x30000, 1, true)
      .read(0x30fff, 1)
      .expect_ok(true)
      .read(0x31000, 1)
      .expect_ok(false)
      .run()
      .expect_halt();
  map("page_and_a_byte", "A length is rounded up to whole pages.", 0x30000, 4097, true)
      .read(0x31fff, 1)
      .expect_ok(true)
      .read(0x32000, 1)
      .expect_ok(false)
      .run()
      .expect_halt();
  map("misaligned", "An address inside a page is refused.", 0x30001, 4096, false).read(0x30001, 1).expect_ok(false).run().expect_halt();
  map("low", "Below 2^16 nothing can be mapped.", 0xf000, 4096, false).run().expect_halt();
  map("null", "Below 2^16 nothing can be mapped.", 0, 4096, false).run().expect_halt();
  map("across_low", "Not even partly.", 0xf000, 8192, false).read(0x10000, 1).expect_ok(false).run().expect_halt();
  map("first", "The first page that can be mapped.", 0x10000, 4096, true).read(0x10000, 1).expect_ok(true).run().expect_halt();
  map("last", "The last page of the address space.", 0xfffff000, 4096, true).read(0xffffffff, 1).expect_ok(true).run().expect_halt();
  map("beyond_2_32", "A range that ends beyond 2^32.", 0xfffff000, 4097, false).read(0xfffff000, 1).expect_ok(false).run().expect_halt();
  three_pages("map.again_is_new", "A page that is mapped again is new: zeros, and the rights asked for.", {"host.map"})
      .map(0x30000, 8192, false)
      .expect_ok(true)
      .read(0x30ff0, 1)
      .expect_bytes("00")
      .read(0x31000, 1)
      .expect_bytes("00")
      .write(0x30000, hex("01"))
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("protect.takes_writing_away", "A protected page keeps its bytes and refuses writes.", {"host.protect"})
      .protect(0x30000, 4096, false)
      .expect_ok(true)
      .write(0x30ff0, hex("99"))
      .expect_ok(false)
      .read(0x30ff0, 1)
      .expect_bytes("a1")
      .run()
      .expect_halt();
  three_pages("protect.gives_writing", "And the other way round.", {"host.protect"})
      .protect(0x31000, 4096, true)
      .expect_ok(true)
      .write(0x31001, hex("99"))
      .expect_ok(true)
      .read(0x31000, 2)
      .expect_bytes("b199")
      .run()
      .expect_halt();
  three_pages("protect.touched_pages", "Every page that the range touches, even by a byte.", {"host.protect"})
      .protect(0x30fff, 2, false)
      .expect_ok(true)
      .write(0x30000, hex("99"))
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("protect.one_missing", "If one of the pages is missing nothing changes.", {"host.protect"})
      .protect(0x30000, 3 * 4096, false)
      .expect_ok(false)
      .write(0x30000, hex("99"))
      .expect_ok(true)
      .run()
      .expect_halt();
  three_pages("protect.missing_first", "If the first page is missing nothing changes.", {"host.protect"})
      .protect(0x2f000, 2 * 4096, false)
      .expect_ok(false)
      .write(0x30000, hex("99"))
      .expect_ok(true)
      .run()
      .expect_halt();
  three_pages("unmap.one", "A dropped page is gone, the others stay.", {"host.unmap"})
      .unmap(0x30000, 4096)
      .expect_ok(true)
      .read(0x30ff0, 1)
      .expect_ok(false)
      .read(0x31000, 1)
      .expect_bytes("b1")
      .run()
      .expect_halt();
  three_pages("unmap.touched_pages", "Every page that the range touches, even by a byte.", {"host.unmap"})
      .unmap(0x30000, 4097)
      .expect_ok(true)
      .read(0x31000, 1)
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("unmap.missing", "A page that isn't there is ignored.", {"host.unmap"})
      .unmap(0x2f000, 3 * 4096)
      .expect_ok(true)
      .read(0x30ff0, 1)
      .expect_ok(false)
      .run()
      .expect_halt();
  three_pages("unmap.misaligned", "An address inside a page is refused.", {"host.unmap"})
      .unmap(0x30800, 4096)
      .expect_ok(false)
      .read(0x30ff0, 1)
      .expect_ok(true)
      .run()
      .expect_halt();
  three_pages("unmap.then_map", "A page that comes back is new.", {"host.unmap", "host.map"})
      .unmap(0x30000, 4096)
      .map(0x30000, 4096)
      .read(0x30ff0, 1)
      .expect_bytes("00")
      .run()
      .expect_halt();
}

}  // namespace

void define_host(Group& g) {
  registers(g);
  mapped_memory(g);
  paged_memory(g);
}

}  // namespace pvm::gen
