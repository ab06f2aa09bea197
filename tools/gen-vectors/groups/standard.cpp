// SPDX-License-Identifier: Apache-2.0 OR MIT
// The standard container of the Gray Paper: layout, memory, registers, refusals.
#include "groups.hpp"

namespace pvm::gen {

using builder::StandardContainer;
using ref::Container;
using ref::Reason;

namespace {

StandardContainer program(Group& g, const std::string& code) {
  StandardContainer parts;
  parts.ro_data = {'h', 'i'};
  parts.rw_data = {1, 2, 3};
  parts.heap_pages = 1;
  parts.stack_size = 8192;
  parts.program = builder::raw_container(std::get<CodeBlob>(builder::assemble(g.version, code)));
  return parts;
}

CaseBuilder& add(Group& g, const std::string& what, std::string why, std::vector<std::string> clauses, const StandardContainer& parts) {
  return g.add("standard." + what, std::move(why), std::move(clauses)).container(Container::standard, builder::standard_container(parts));
}

void memory(Group& g) {
  add(g, "registers.initial", "ra halts, sp is the end of the stack, a0 and a1 tell the arguments.",
      {"standard.registers", "standard.layout"}, program(g, "ecalli 0; trap"))
      .run()
      .expect_host_call(0)
      .expect_reg("ra", 0xffff0000)
      .expect_reg("sp", 0xfefe0000)
      .expect_reg("a0", 0xfeff0000)
      .expect_reg("a1", 0)
      .expect_reg("t0", 0)
      .run()
      .expect(Status::trap);
  add(g, "registers.with_arguments", "a1 is the length of the arguments.", {"standard.registers", "standard.memory"},
      program(g, "load_indirect_u8 a2, a0, 4; load_indirect_u8 a3, a0, 5; ret"))
      .config([](conformance::Config& config) { config.arguments = hex("0a0b0c0d0e"); })
      .run()
      .expect_halt()
      .expect_reg("a0", 0xfeff0000)
      .expect_reg("a1", 5)
      .expect_reg("a2", 0x0e)
      .expect_reg("a3", 0);
  add(g, "registers.pc_not_set", "The host says where to begin.", {"standard.registers", "entry.pc"},
      program(g, "trap; load_imm a0, 5; ret"))
      .pc(1)
      .run()
      .expect_halt()
      .expect_reg("a0", 5);
  struct Probe {
    const char* what;
    u64 address;
    bool readable, writable;
    u64 content;
  };
  const Probe probes[] = {
      {"ro_first", 0x10000, true, false, 'h'},
      {"ro_second", 0x10001, true, false, 'i'},
      {"ro_padding", 0x10002, true, false, 0},
      {"ro_last", 0x10fff, true, false, 0},
      {"behind_ro", 0x11000, false, false, 0},
      {"before_heap", 0x2ffff, false, false, 0},
      {"heap_first", 0x30000, true, true, 1},
      {"heap_third", 0x30002, true, true, 3},
      {"heap_padding", 0x30003, true, true, 0},
      {"heap_zero_page", 0x31000, true, true, 0},
      {"heap_last", 0x31fff, true, true, 0},
      {"behind_heap", 0x32000, false, false, 0},
      {"before_stack", 0xfefddfff, false, false, 0},
      {"stack_first", 0xfefde000, true, true, 0},
      {"stack_last", 0xfefdffff, true, true, 0},
      {"behind_stack", 0xfefe0000, false, false, 0},
      {"before_arguments", 0xfefeffff, false, false, 0},
      {"arguments_first", 0xfeff0000, true, false, 0xaa},
      {"arguments_last", 0xfeff0fff, true, false, 0},
      {"behind_arguments", 0xfeff1000, false, false, 0},
      {"top", 0xffffffff, false, false, 0},
  };
  for (const Probe& probe : probes) {
    const u64 page = probe.address / 4096 * 4096;
    const auto with_arguments = [](conformance::Config& config) { config.arguments = hex("aa"); };
    const std::string address = conformance::hex_u64(probe.address);
    CaseBuilder& load = add(g, std::string("memory.load_") + probe.what, "The pages that the program's layout says, with its contents.",
                            {"standard.memory"}, program(g, "load_u8 a2, " + address + "; ret"))
                            .config(with_arguments)
                            .run();
    if (probe.readable) load.expect_halt().expect_reg("a2", probe.content);
    if (!probe.readable) load.expect_fault(page);
    CaseBuilder& store = add(g, std::string("memory.store_") + probe.what, "Heap and stack are writable, nothing else.",
                             {"standard.memory"}, program(g, "store_imm_u8 " + address + ", 9; ret"))
                             .config(with_arguments)
                             .run();
    if (probe.writable) store.expect_halt().expect_memory(probe.address, "09");
    if (!probe.writable) store.expect_fault(page);
  }
  const auto sized = [&](const std::string& what, std::string why, u32 ro, u32 rw, u32 pages, u32 stack,
                         const std::string& code) -> CaseBuilder& {
    StandardContainer parts = program(g, code);
    parts.ro_data.assign(ro, 0x11);
    parts.rw_data.assign(rw, 0x22);
    parts.heap_pages = pages;
    parts.stack_size = stack;
    return add(g, "memory." + what, std::move(why), {"standard.memory", "standard.layout"}, parts).run();
  };
  sized("nothing", "No data, no heap, no stack.", 0, 0, 0, 0, "load_u8 a2, 0x10000; ret").expect_fault(0x10000);
  sized("no_ro_heap_start", "Without read-only data the heap begins at 0x20000.", 0, 1, 0, 0, "load_u8 a2, 0x20000; ret")
      .expect_halt()
      .expect_reg("a2", 0x22);
  sized("ro_of_65537", "Read-only data beyond 64 KiB moves the heap.", 65537, 1, 0, 0, "load_u8 a2, 0x40000; load_u8 a3, 0x20fff; ret")
      .expect_halt()
      .expect_reg("a2", 0x22)
      .expect_reg("a3", 0);
  sized("rw_of_4097", "Heap data of more than a page, then zero pages.", 1, 4097, 2, 0,
        "load_u8 a2, 0x31000; load_u8 a3, 0x33fff; load_u8 a4, 0x34000; ret")
      .expect_fault(0x34000)
      .expect_reg("a2", 0x22)
      .expect_reg("a3", 0);
  sized("pages_only", "Zero pages without heap data.", 0, 0, 3, 0, "load_u8 a2, 0x22fff; load_u8 a3, 0x23000; ret").expect_fault(0x23000);
  sized("stack_of_one_byte", "A stack of one byte takes a page.", 0, 0, 0, 1, "store_imm_u8 0xfefdf000, 1; store_imm_u8 0xfefdefff, 1; ret")
      .expect_fault(0xfefde000);
  sized("most_pages", "65535 zero pages.", 0, 0, 65535, 0, "store_imm_u8 0x1001efff, 1; store_imm_u8 0x1001f000, 1; ret")
      .expect_fault(0x1001f000);
  sized("largest_stack", "A stack of 2^24 - 1 bytes.", 0, 0, 0, 0xffffff, "store_imm_u8 0xfdfe0000, 1; store_imm_u8 0xfdfdffff, 1; ret")
      .expect_fault(0xfdfdf000);
  add(g, "memory.sbrk_behind_heap", "sbrk looks for room from the start of the heap on.", {"standard.memory", "heap.allocate"},
      program(g, "load_imm a2, 1; sbrk a3, a2; ret"))
      .run()
      .expect_halt()
      .expect_reg("a3", 0x32000);
  add(g, "memory.sbrk_zero", "sbrk of nothing tells the start of the heap.", {"standard.memory", "heap.allocate"},
      program(g, "load_imm a2, 0; sbrk a3, a2; ret"))
      .run()
      .expect_halt()
      .expect_reg("a3", 0x30000);
  add(g, "memory.host_maps_page", "The host can add pages.", {"standard.memory", "host.map"}, program(g, "load_u8 a2, 0x50000; ret"))
      .run()
      .expect_fault(0x50000)
      .map(0x50000, 4096)
      .expect_ok(true)
      .run()
      .expect_halt();
}

void refusals(Group& g) {
  const StandardContainer whole = program(g, "ret");
  const Bytes bytes = builder::standard_container(whole);
  const auto refuse = [&](const std::string& what, std::string why, std::vector<std::string> clauses, const Bytes& changed, Reason reason) {
    g.add("standard." + what, std::move(why), std::move(clauses)).container(Container::standard, changed).expect_rejected(reason);
  };
  const std::size_t program_at = bytes.size() - whole.program.size();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    refuse("layout.cut_after_" + std::to_string(size), "Bytes are missing.", {"standard.layout"},
           Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)), Reason::truncated);
  }
  for (const std::size_t count : {std::size_t{1}, std::size_t{20}}) {
    Bytes longer = bytes;
    longer.insert(longer.end(), count, 0);
    refuse("exact." + std::to_string(count) + "_bytes_behind", "Nothing may follow the program.", {"standard.exact"}, longer,
           Reason::trailing_bytes);
  }
  const auto with = [&](const std::function<void(StandardContainer&)>& change) {
    StandardContainer parts = whole;
    change(parts);
    return builder::standard_container(parts);
  };
  refuse("layout.ro_longer_than_there", "More read-only data is declared than there is.", {"standard.layout"},
         with([](StandardContainer& p) { p.ro_length = 0xffffff; }), Reason::truncated);
  refuse("layout.rw_longer_than_there", "More heap data is declared than there is.", {"standard.layout"},
         with([](StandardContainer& p) { p.rw_length = 0xffffff; }), Reason::truncated);
  refuse("layout.program_longer_than_there", "A longer program is declared than there is.", {"standard.layout"},
         with([](StandardContainer& p) { p.program_length = static_cast<u32>(p.program.size() + 1); }), Reason::truncated);
  refuse("layout.greatest_program_length", "The greatest length of a program.", {"standard.layout"},
         with([](StandardContainer& p) { p.program_length = 0xffffffff; }), Reason::truncated);
  refuse("layout.program_shorter", "A shorter program is declared: its bitmask is cut off.", {"standard.layout", "standard.exact"},
         with([](StandardContainer& p) { p.program_length = static_cast<u32>(p.program.size() - 1); }), Reason::bad_bitmask_length);
  refuse("layout.program_of_no_bytes", "A program without bytes.", {"standard.layout"},
         with([](StandardContainer& p) { p.program.clear(); }), Reason::truncated);
  refuse(
      "layout.inner_padding", "The program's own rules hold: padding.", {"standard.layout", "raw.exact"},
      [&] {
        Bytes changed = bytes;
        changed.back() = static_cast<u8>(changed.back() | 0x80);
        return changed;
      }(),
      Reason::bad_bitmask_padding);
  refuse("layout.inner_integer", "The program's own rules hold: shortest form.", {"standard.layout", "raw.integers"},
         with([](StandardContainer& p) {
           p.program.erase(p.program.begin());
           p.program.insert(p.program.begin(), {0x80, 0x00});
         }),
         Reason::bad_varint);
  refuse("layout.bare_program", "A raw program isn't a standard one.", {"standard.layout"},
         Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(program_at), bytes.end()), Reason::truncated);
}

}  // namespace

void define_standard(Group& g) {
  if (!g.is_graypaper()) return;
  memory(g);
  refusals(g);
}

}  // namespace pvm::gen
