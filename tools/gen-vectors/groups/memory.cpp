// SPDX-License-Identifier: Apache-2.0 OR MIT
// Loads and stores: each at the first and last byte of a region, across its end, unaligned, wrapping, out of bounds.
#include <algorithm>

#include "groups.hpp"

namespace pvm::gen {

using isa::Format;
using isa::Op;

namespace {

// An access as the cases need it: how to write it down for an address, how many bytes, what it does with them.
struct Access {
  std::string name, clause;
  bool is_load = false, is_signed = false, is_indirect = false, has_immediate = false;
  u32 size = 0;  // bytes

  explicit Access(Op op) {
    const isa::Row& row = isa::row_of(op);
    name = std::string(row.name);
    clause = std::string(row.clause);
    is_load = name.starts_with("load");
    is_indirect = name.find("indirect") != std::string::npos;
    has_immediate = name.starts_with("store_imm");
    const std::string bits = name.substr(name.find_last_of("iu") + 1);
    is_signed = name[name.size() - bits.size() - 1] == 'i';
    size = static_cast<u32>(std::stoul(bits)) / 8;
  }

  // The instruction for an address in a1 (indirect, with `offset`) or in the instruction.
  std::string text(u64 address, const std::string& offset = "0", const std::string& value = "0x44332211") const {
    const std::string where = is_indirect ? std::string("a1, ") + offset : conformance::hex_u64(address & 0xffffffff);
    if (has_immediate) return name + " " + where + ", " + value;
    return name + " a0, " + where;
  }
};

constexpr u64 stored = 0x8877665544332211;

Bytes bytes_of(u64 value, u32 size) {
  Bytes out;
  builder::append_little_endian(out, value, size);
  return out;
}

// What a load leaves in d, or a store in memory, for the bytes of `value`; apart from ref.
u64 extended(const Access& access, u64 value) {
  if (access.size == 8) return value;
  const u32 bits = 8 * access.size;
  value &= (u64{1} << bits) - 1;
  return access.is_signed && value >> (bits - 1) != 0 ? value | ~u64{0} << bits : value;
}

u64 stored_value(const Access& access) {
  return access.has_immediate ? 0x44332211 : stored;
}

CaseBuilder& add(Group& g, const Access& access, const std::string& what, std::string why) {
  return g.add(access.clause + "." + what, std::move(why), {access.clause, "access.address", "access.range"}).regions().reg("a0", stored);
}

// A permitted access at `address` with `offset` in the instruction.
CaseBuilder& good(Group& g, const Access& access, const std::string& what, std::string why, u64 base, const std::string& offset,
                  u64 address, bool read_only) {
  CaseBuilder& c = add(g, access, what, std::move(why)).reg("a1", base).code(access.text(address, offset) + "; ret");
  const u64 region = read_only ? ro_start : address >= 0xf0000000 ? stack_top - 4096 : rw_start;
  // Neighbours show a stray write, and a load of too few or too many bytes.
  Bytes around(access.size + 4, 0xcc);
  const u64 from = address - region < 2 ? address : address - 2;
  const u64 end = region + (region == rw_start ? 8192 : 4096);
  const u64 to = std::min(address + access.size + 2, end);
  const u64 value = 0xf7e6d5c4b3a29180;
  around.assign(static_cast<std::size_t>(to - from), 0xcc);
  if (access.is_load) {
    const Bytes content = bytes_of(value, access.size);
    std::copy(content.begin(), content.end(), around.begin() + static_cast<std::ptrdiff_t>(address - from));
  }
  if (region == ro_start) {
    Bytes data(static_cast<std::size_t>(from - region), 0);
    builder::append(data, around);
    c.ro_data(std::move(data));
  } else {
    c.put(from, around);
  }
  c.watch(from, static_cast<u32>(to - from)).run().expect_halt();
  if (access.is_load) return c.expect_reg("a0", extended(access, value));
  return c.expect_memory(address, conformance::hex_bytes(bytes_of(stored_value(access), access.size)));
}

// An access that must be refused: nothing changes.
CaseBuilder& bad(Group& g, const Access& access, const std::string& what, std::string why, u64 address, u64 page, bool read_only = false) {
  CaseBuilder& c = add(g, access, what, std::move(why)).reg("a1", address).code("fallthrough; " + access.text(address) + "; ret");
  c.also({"access.atomic"}).run().expect_refused(1, page, read_only).expect_reg("a0", g.by_width(stored & 0xffffffff, stored));
  return c;
}

void one_instruction(Group& g, const Access& access) {
  const u64 size = access.size;
  const char* const verb = access.is_load ? "Reading" : "Writing";
  const auto plain = [&](const std::string& what, const std::string& where, u64 address, bool read_only = false) -> CaseBuilder& {
    return good(g, access, what, std::string(verb) + " " + where + ".", address, "0", address, read_only);
  };
  plain("rw_first_byte", "the first bytes of the read-write data", rw_start);
  plain("rw_last_byte", "the last bytes of the read-write data", rw_start + 8192 - size);
  if (size > 1 && access.is_indirect) {
    plain("unaligned_by_1", "at an odd address", rw_start + 0x101);
    plain("across_pages", "across the border between two accessible pages", rw_start + 4096 - size / 2).also({"access.endian"});
  }
  if (access.is_load) {
    plain("ro_last_byte", "the last bytes of the read-only page", ro_start + 4096 - size, true).also({"map.rights"});
    if (access.is_signed || size < 8) {
      add(g, access, "positive", "The value's topmost bit is 0: zeros above.")
          .put(rw_start, bytes_of(0x7f, static_cast<u32>(size)))
          .reg("a1", rw_start)
          .code(access.text(rw_start) + "; ret")
          .run()
          .expect_halt()
          .expect_reg("a0", 0x7f);
      add(g, access, "all_ones", "All bits of the value are 1.")
          .put(rw_start, bytes_of(~u64{0}, static_cast<u32>(size)))
          .reg("a1", rw_start)
          .code(access.text(rw_start) + "; ret")
          .run()
          .expect_halt()
          .expect_reg("a0", extended(access, ~u64{0}));
    }
  } else {
    bad(g, access, "to_read_only", "Read-only data can't be written to.", ro_start + 8, ro_start, true)
        .also({"map.rights"})
        .watch(ro_start, 16);
  }
  bad(g, access, "last_low_byte", "0xffff is the last address that is never accessible.", 0x10000 - size, 0).also({"access.low"});
  if (size == 1) {
    bad(g, access, "before_rw", "One byte below the region.", rw_start - 1, rw_start - 4096);
    bad(g, access, "behind_rw", "One byte behind the region.", rw_start + 8192, rw_start + 8192);
    bad(g, access, "last_address", "The last byte of the address space.", 0xffffffff, 0xfffff000).also({"access.wrap"});
  } else {
    bad(g, access, "across_end_of_rw", "An access that begins inside and ends outside happens not at all.", rw_start + 8192 - size + 1,
        rw_start + 8192);
    bad(g, access, "across_end_of_space", "An access that ends beyond 2^32.", (u64{1} << 32) - size / 2, 0xfffff000).also({"access.wrap"});
    if (!access.is_indirect) return;
    bad(g, access, "across_start_of_rw", "An access that begins outside and ends inside happens not at all.", rw_start - size + 1,
        rw_start - 4096);
    bad(g, access, "across_low", "An access that begins below 2^16 and ends above it.", 0x10000 - size / 2, 0).also({"access.low"});
  }
  if (!access.is_indirect) return;
  good(g, access, "offset_negative", "The offset is sign-extended.", rw_start + 0x101, "-1", rw_start + 0x100, false);
  good(g, access, "offset_wraps", "Base plus offset is taken modulo 2^32.", 0xfffffff0, "0x30110", rw_start + 0x100, false)
      .also({"access.address"});
  if (g.is_wide()) {
    good(g, access, "upper_half_of_base", "The upper half of the base is ignored.", 0x1234567800030100, "0", rw_start + 0x100, false);
    good(g, access, "sum_beyond_2_32", "A sum beyond 2^32 wraps even if the register is wider.", 0xffffffff, "0x30101", rw_start + 0x100,
         false);
  }
  if (access.is_load) {
    add(g, access, "d_is_a", "The base is read before d is written.")
        .put(rw_start, bytes_of(0x55, static_cast<u32>(size)))
        .reg("a1", rw_start)
        .code(access.name + " a1, a1, 0; ret")
        .run()
        .expect_halt()
        .expect_reg("a1", 0x55);
    add(g, access, "d_is_a_refused", "A refused load leaves d alone, also where d is the base.")
        .reg("a1", 0x50000)
        .code(access.name + " a1, a1, 0; ret")
        .run()
        .expect_refused(0, 0x50000)
        .expect_reg("a1", 0x50000);
  } else if (!access.has_immediate) {
    add(g, access, "a_is_b", "The base itself is stored.")
        .reg("a1", rw_start)
        .code(access.name + " a1, a1, 0; ret")
        .run()
        .expect_halt()
        .expect_memory(rw_start, conformance::hex_bytes(bytes_of(rw_start, static_cast<u32>(size))));
  }
}

// The immediate that a store_imm writes, in each length, sign-extended to the access.
void stored_immediates(Group& g, const Access& access) {
  const std::pair<const char*, i64> values[] = {
      {"0:0", 0}, {"-128:1", -128}, {"-32768:2", -32768}, {"-8388608:3", -8388608}, {"-2147483648:4", -2147483648LL}};
  for (const auto& [operand, value] : values) {
    const std::string digits = value < 0 ? "minus_" + std::to_string(-value) : std::to_string(value);
    add(g, access, "value_" + digits, "The immediate is sign-extended, then its low bytes are stored.")
        .put(rw_start, Bytes(access.size + 2, 0xcc))
        .reg("a1", rw_start)
        .code(access.text(rw_start, "0", operand) + "; ret")
        .watch(rw_start, access.size + 2)
        .run()
        .expect_halt()
        .expect_memory(rw_start, conformance::hex_bytes(bytes_of(static_cast<u64>(value), access.size)) + "cccc");
  }
}

}  // namespace

void define_memory(Group& g) {
  for (std::size_t index = 0; index < isa::op_count; ++index) {
    const auto op = static_cast<Op>(index);
    const isa::Row& row = isa::row_of(op);
    if (!g.has(op) || !row.clause.starts_with("memory.") || op == Op::memset || op == Op::sbrk) continue;
    const Access access(op);
    one_instruction(g, access);
    if (access.has_immediate) stored_immediates(g, access);
  }
  // What needs no case per instruction.
  for (const char* name : {"load_indirect_u8", "load_indirect_i32", "store_indirect_u16", "store_imm_indirect_u8"}) {
    const Access access(*builder::op_named(name));
    good(g, access, "offset_of_4_bytes", "An offset of four bytes.", 0x100, "0x30000:4", rw_start + 0x100, false);
    good(g, access, "offset_minimal", "The least offset.", 0x80030100, "-2147483648", rw_start + 0x100, false);
    good(g, access, "stack_first_byte", "The lowest bytes of the stack.", stack_top - 4096, "0", stack_top - 4096, false);
    good(g, access, "stack_last_byte", "The topmost bytes of the stack.", stack_top - access.size, "0", stack_top - access.size, false);
    bad(g, access, "last_bytes", "The last bytes of the address space.", (u64{1} << 32) - access.size, 0xfffff000).also({"access.wrap"});
    bad(g, access, "null", "Nothing below 2^16 is accessible.", 0, 0).also({"access.low"});
    bad(g, access, "behind_stack", "One byte behind the stack.", stack_top, stack_top);
    if (!g.is_wide()) continue;
    good(g, access, "base_2_32", "2^32 + 0x30100 is 0x30100.", 0x100030100, "0", rw_start + 0x100, false);
    good(g, access, "base_sign_extended", "A negative base with an offset that leads back.", ~u64{0}, "0x30101", rw_start + 0x100, false);
  }
  // Addresses in the instruction: each length, and the sign.
  g.add("memory.load_u8.address_sign_extended", "An address of one byte 0xff is 0xffffffff.", {"memory.load_u8", "access.address"})
      .regions()
      .code(".raw 34 07 ff; ret")
      .run()
      .expect_refused(0, 0xfffff000);
  g.add("memory.load_u8.address_of_three_bytes", "Three bytes with bit 23 set reach the top of the address space: here the stack.",
        {"memory.load_u8", "access.address"})
      .regions()
      .put(0xfffdf000, hex("99"))
      .code(".raw 34 07 00 f0 fd; ret")
      .run()
      .expect_halt()
      .expect_reg("a0", 0x99);
  g.add("access.endian.bytes_of_a_word", "What is stored as a word is read back byte by byte, the least significant first.",
        {"access.endian"})
      .regions()
      .reg("a0", 0x44332211)
      .code("store_u32 a0, 0x30000; load_u8 a1, 0x30000; load_u8 a2, 0x30001; load_u8 a3, 0x30002; load_u8 a4, 0x30003; ret")
      .run()
      .expect_halt()
      .expect_reg("a1", 0x11)
      .expect_reg("a2", 0x22)
      .expect_reg("a3", 0x33)
      .expect_reg("a4", 0x44);
}

}  // namespace pvm::gen
