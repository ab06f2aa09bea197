// SPDX-License-Identifier: Apache-2.0 OR MIT
// The memory map of the PolkaVM versions: where the regions lie for many sizes, what they hold, what the guest may do there.
#include "groups.hpp"

namespace pvm::gen {

namespace {

using conformance::Config;
using ref::Reason;

// A program that reads one byte at each of `addresses` (in a0) would need many cases; instead each case probes one address.
struct Probe {
  const char* what;
  u64 address;
  bool accessible;
};

struct Layout {
  const char* what;
  u32 page_size, ro, rw, stack, aux;
  std::vector<Probe> probes;
};

void layouts(Group& g) {
  const std::vector<Layout> all = {
      {"one_byte_each",
       4096,
       1,
       1,
       1,
       0,
       {{"ro_first", 0x10000, true},
        {"ro_last", 0x10fff, true},
        {"behind_ro", 0x11000, false},
        {"rw_first", 0x30000, true},
        {"rw_last", 0x30fff, true},
        {"behind_rw", 0x31000, false},
        {"before_rw", 0x2ffff, false},
        {"stack_first", 0xfffdf000, true},
        {"before_stack", 0xfffdefff, false},
        {"stack_last", 0xfffdffff, true},
        {"behind_stack", 0xfffe0000, false},
        {"no_aux", 0xffff0000, false},
        {"before_ro", 0xffff, false}}},
      {"large_pages",
       16384,
       100000,
       70000,
       8192,
       5,
       {{"ro_last", 0x2bfff, true},
        {"behind_ro", 0x2c000, false},
        {"rw_first", 0x40000, true},
        {"before_rw", 0x3ffff, false},
        {"rw_last", 0x53fff, true},
        {"behind_rw", 0x54000, false},
        {"stack_first", 0xfffcc000, true},
        {"before_stack", 0xfffcbfff, false},
        {"stack_last", 0xfffcffff, true},
        {"behind_stack", 0xfffd0000, false},
        {"aux_first", 0xfffe0000, true},
        {"aux_last", 0xfffe3fff, true},
        {"behind_aux", 0xfffe4000, false}}},
      {"full_zones",
       4096,
       65536,
       65537,
       1048576,
       65536,
       {{"ro_last", 0x1ffff, true},
        {"behind_ro", 0x20000, false},
        {"rw_first", 0x30000, true},
        {"rw_last", 0x40fff, true},
        {"behind_rw", 0x41000, false},
        {"stack_first", 0xffed0000, true},
        {"before_stack", 0xffecffff, false},
        {"stack_last", 0xfffcffff, true},
        {"behind_stack", 0xfffd0000, false},
        {"aux_first", 0xfffe0000, true},
        {"aux_last", 0xfffeffff, true},
        {"behind_aux", 0xffff0000, false}}},
      {"largest_pages_empty",
       65536,
       0,
       0,
       0,
       0,
       {{"no_ro", 0x10000, false}, {"no_rw", 0x20000, false}, {"no_stack", 0xfffdffff, false}, {"no_aux", 0xfffeffff, false}}},
      {"largest_pages",
       65536,
       1,
       1,
       1,
       1,
       {{"ro_last", 0x1ffff, true},
        {"behind_ro", 0x20000, false},
        {"rw_last", 0x3ffff, true},
        {"behind_rw", 0x40000, false},
        {"stack_first", 0xfffc0000, true},
        {"stack_last", 0xfffcffff, true},
        {"aux_first", 0xfffe0000, true},
        {"aux_last", 0xfffeffff, true}}},
      {"pages_of_8192",
       8192,
       8193,
       1,
       8193,
       8193,
       {{"ro_last", 0x13fff, true},
        {"behind_ro", 0x14000, false},
        {"rw_last", 0x31fff, true},
        {"behind_rw", 0x32000, false},
        {"stack_first", 0xfffcc000, true},
        {"before_stack", 0xfffcbfff, false},
        {"aux_last", 0xfffe3fff, true},
        {"behind_aux", 0xfffe4000, false}}},
      {"ro_only", 4096, 5, 0, 0, 0, {{"ro_last", 0x10fff, true}, {"no_rw", 0x30000, false}, {"no_stack", 0xfffdffff, false}}},
      {"rw_only",
       4096,
       0,
       5,
       0,
       0,
       {{"rw_first", 0x20000, true}, {"rw_last", 0x20fff, true}, {"before_rw", 0x1ffff, false}, {"no_ro", 0x10000, false}}},
      {"all_of_the_space",
       4096,
       0xfffb0000,
       0,
       0,
       0,
       {{"ro_last", 0xfffbffff, true}, {"behind_ro", 0xfffc0000, false}, {"ro_first", 0x10000, true}}},
      {"large_stack",
       4096,
       0,
       0,
       0x10000000,
       0,
       {{"stack_first", 0xeffe0000, true}, {"before_stack", 0xeffdffff, false}, {"stack_last", 0xfffdffff, true}}},
      {"large_aux",
       4096,
       0,
       0,
       4096,
       0x1000000,
       {{"aux_first", 0xfeff0000, true},
        {"aux_last", 0xfffeffff, true},
        {"before_aux", 0xfefeffff, false},
        {"stack_last", 0xfefdffff, true},
        {"behind_stack", 0xfefe0000, false}}},
  };
  for (const Layout& layout : all) {
    for (const Probe& probe : layout.probes) {
      CaseBuilder& c = g.add(std::string("map.layout.") + layout.what + "." + probe.what,
                             probe.accessible ? "This byte of the map is readable and, untouched, 0." : "This byte belongs to no region.",
                             {"map.layout", "map.page_size", "map.rights", "access.range"});
      c.regions(layout.ro, layout.rw, layout.stack).config([&](Config& config) {
        if (layout.page_size != 4096) config.page_size = layout.page_size;
        if (layout.aux != 0) config.aux_size = layout.aux;
      });
      c.reg("a0", 0x77).code("load_u8 a0, " + conformance::hex_u64(probe.address) + "; ret").run();
      if (probe.accessible) c.expect_halt().expect_reg("a0", 0);
      if (!probe.accessible) c.expect_trap(0).expect_reg("a0", 0x77);
    }
  }
}

void limits(Group& g) {
  const auto add = [&](const char* what, const char* why, u32 page_size, u32 ro, u32 rw, u32 stack, u32 aux, std::optional<Reason> reason) {
    CaseBuilder& c = g.add(std::string("map.limit.") + what, why, {"map.limit", "map.layout"});
    c.regions(ro, rw, stack).config([&](Config& config) {
      if (page_size != 4096) config.page_size = page_size;
      if (aux != 0) config.aux_size = aux;
    });
    c.code("ret");
    if (reason) c.expect_rejected(*reason);
    if (!reason) c.run().expect_halt();
  };
  const auto too_large = Reason::memory_too_large;
  add("ro_exact", "The rounded regions may add up to 2^32 - 5 * 2^16.", 4096, 0xfffb0000, 0, 0, 0, std::nullopt);
  add("ro_one_more", "One byte more doesn't fit.", 4096, 0xfffb0001, 0, 0, 0, too_large);
  add("rw_exact", "The same for read-write data.", 4096, 0, 0xfffb0000, 0, 0, std::nullopt);
  add("rw_one_more", "One byte more doesn't fit.", 4096, 0, 0xfffb0001, 0, 0, too_large);
  add("stack_exact", "The same for the stack.", 4096, 0, 0, 0xfffb0000, 0, std::nullopt);
  add("stack_one_more", "One byte more doesn't fit.", 4096, 0, 0, 0xfffb0001, 0, too_large);
  add("aux_exact", "The same for auxiliary data.", 4096, 0, 0, 0, 0xfffb0000, std::nullopt);
  add("aux_one_more", "One byte more doesn't fit.", 4096, 0, 0, 0, 0xfffb0001, too_large);
  add("sum_exact", "Four regions that fit exactly.", 4096, 0x10000, 0x10000, 0x10000, 0xfff80000, std::nullopt);
  add("sum_rounded_too_large", "The same with one region a byte larger: it takes 64 KiB more.", 4096, 0x10001, 0x10000, 0x10000, 0xfff80000,
      too_large);
  add("ro_rounding_overflows", "A size that overflows 32 bits when it is rounded up.", 4096, 0xfffff001, 0, 0, 0, too_large);
  add("rw_rounding_overflows", "A size that overflows 32 bits when it is rounded up.", 4096, 0, 0xffffffff, 0, 0, too_large);
  add("stack_rounding_overflows", "A size that overflows 32 bits when it is rounded up.", 65536, 0, 0, 0xffff0001, 0, too_large);
  add("aux_rounding_overflows", "A size that overflows 32 bits when it is rounded up.", 4096, 0, 0, 0, 0xffffffff, too_large);
  add("sum_overflows_32_bits", "Sizes whose sum overflows 32 bits.", 4096, 0x80000000, 0x80000000, 0x80000000, 0x80000000, too_large);
  for (const u32 size : {0U, 1U, 2048U, 3000U, 4095U, 4097U, 5000U, 12288U, 65535U, 131072U, 0x80000000U}) {
    g.add("map.page_size." + std::to_string(size), "A page size is a power of two from 4096 to 65536.", {"map.page_size"})
        .code("ret")
        .config([&](Config& config) { config.page_size = size; })
        .expect_rejected(Reason::bad_page_size);
    g.add("map.page_size.paged_" + std::to_string(size), "The rule for page sizes holds with paged memory too.", {"map.page_size"})
        .paged()
        .code("ret")
        .config([&](Config& config) { config.page_size = size; })
        .expect_rejected(Reason::bad_page_size);
  }
  for (const u32 size : {8192U, 16384U, 32768U, 65536U}) {
    g.add("map.page_size." + std::to_string(size), "A page size that is allowed.", {"map.page_size"})
        .regions(1, 1, 1)
        .reg("a0", 0x77)
        .code("load_u8 a0, " + conformance::hex_u64(0x10000 + size - 1) + "; load_u8 a1, " + conformance::hex_u64(0x30000 + size - 1) +
              "; store_u8 a2, " + conformance::hex_u64(stack_top - size) + "; ret")
        .config([&](Config& config) { config.page_size = size; })
        .run()
        .expect_halt()
        .expect_reg("a0", 0);
  }
}

void contents(Group& g) {
  g.add("map.contents.payload_then_zeros", "The payload stands at the start of its region, zeros follow.",
        {"map.contents", "blob.ro_data", "blob.rw_data"})
      .regions(64, 64, 64)
      .ro_data(hex("0102030405"))
      .rw_data(hex("1112131415"))
      .code("load_i32 a0, 0x10001; load_i32 a1, 0x10002; load_i32 a2, 0x30001; load_i32 a3, 0x30002; load_u8 a4, 0x30fff; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0x05040302)
      .expect_reg("a1", 0x00050403)
      .expect_reg("a2", 0x15141312)
      .expect_reg("a3", 0x00151413);
  g.add("map.contents.no_payload", "Without payload everything is 0.", {"map.contents"})
      .regions(64, 64, 64)
      .reg("a0", 1)
      .reg("a1", 1)
      .code("load_i32 a0, 0x10000; load_i32 a1, 0x30000; load_i32 a2, 0xfffdf000; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0)
      .expect_reg("a1", 0);
  g.add("map.contents.full_payload", "A payload as long as its region, byte for byte.", {"map.contents"})
      .regions(4, 4, 0)
      .ro_data(hex("01020304"))
      .rw_data(hex("11121314"))
      .code("load_i32 a0, 0x10000; load_i32 a1, 0x30000; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0x04030201)
      .expect_reg("a1", 0x14131211);
  g.add("map.rights.ro_store", "Read-only data refuses stores and keeps its bytes.", {"map.rights"})
      .regions(4, 4, 0)
      .ro_data(hex("01020304"))
      .watch(0x10000, 8)
      .code("store_imm_u8 0x10000, 9; ret")
      .run()
      .expect_trap(0)
      .expect_memory(0x10000, "01020304");
  const auto aux = [&](const char* what, const char* why, const char* code) -> CaseBuilder& {
    return g.add(std::string("map.aux.") + what, why, {"map.aux", "map.rights"})
        .code(code)
        .config([](Config& config) { config.aux_size = 100; })
        .watch(0xfffe0000, 8);
  };
  aux("guest_reads", "The guest reads what the host has written.", "load_i32 a0, 0xfffe0000; ret")
      .put(0xfffe0000, hex("01020304"))
      .run()
      .expect_halt()
      .expect_reg("a0", 0x04030201);
  aux("zero_at_start", "Auxiliary data starts as zeros, up to the end of its page.", "load_u8 a0, 0xfffe0fff; ret")
      .reg("a0", 5)
      .run()
      .expect_halt()
      .expect_reg("a0", 0);
  aux("behind", "The page after the auxiliary data isn't accessible.", "load_u8 a0, 0xfffe1000; ret").run().expect_trap(0);
  aux("guest_store_refused", "The guest never writes to auxiliary data, even if the host has.", "store_imm_u8 0xfffe0000, 9; ret")
      .put(0xfffe0000, hex("01020304"))
      .run()
      .expect_trap(0)
      .expect_memory(0xfffe0000, "01020304");
  aux("host_writes_between_runs", "The host may write to auxiliary data between two runs.", "ecalli 1; load_u8 a0, 0xfffe0001; ret")
      .run()
      .write(0xfffe0000, hex("0708"))
      .expect_ok(true)
      .run()
      .expect_halt()
      .expect_reg("a0", 8);
}

}  // namespace

void define_map(Group& g) {
  if (g.is_graypaper()) return;
  layouts(g);
  limits(g);
  contents(g);
}

}  // namespace pvm::gen
