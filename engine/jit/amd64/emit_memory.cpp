// SPDX-License-Identifier: Apache-2.0 OR MIT
// Emitters of the group memory. Chapter "Instructions".
//
// A load or store is one host instruction, so that a fault finds everything as it was. Addresses are 32 bits wide by the address-size
// prefix, and wrap as the document says; an access that reaches 2^32 meets unmapped memory. [access.address] [access.wrap]
#include "jit/amd64/emitter.hpp"

namespace pvm::engine::amd64 {

using native::Context;
using native::ExitReason;

// [memory.memset] fill, with the count in ecx and the old a0 in rdx while it runs: what a fault leaves undone is completed by whoever sees
// it. Where gas doesn't suffice (sync), and in process, the machine does it. Clobbers rcx, rdx. [fill.order]
void Emitter::memset(In in) {
  if (in_process_) return exit_by_call(ExitReason::fill, in);
  as_.mov(Size::b32, R::rcx, reg_a2);
  if (metering_ != Metering::none) as_.alu(Size::b64, Alu::sub, R::rsp, R::rcx);
  if (metering_ == Metering::sync) {
    const u32 paid = as_.jcc_rel8(Cond::ns);
    as_.alu(Size::b64, Alu::add, R::rsp, R::rcx);
    exit(ExitReason::fill, calls_.size());
    as_.bind8(paid, as_.offset());
  }
  as_.mov(Size::b64, R::rdx, reg_a0);
  as_.rep_stosb_32();
  as_.mov(Size::b32, R::rcx, reg_a2);
  as_.lea_sum(word_, reg_a0, R::rdx, R::rcx);
  zero(reg_a2);
  if (metering_ == Metering::sync) calls_.push_back({in.pc, in.next, as_.offset(), 0});
}

// [memory.sbrk] The machine does it.
void Emitter::sbrk(In in) {
  exit_by_call(ExitReason::sbrk, in);
}

// ---- [memory.load_u8] and its siblings: d := load(u(i, 32), n), sign-extended or not ----

void Emitter::load_u8(In in) {
  as_.load_zx(1, r1(in), direct(in.imm1));
}
void Emitter::load_i8(In in) {
  as_.load_sx(1, word_, r1(in), direct(in.imm1));
}
void Emitter::load_u16(In in) {
  as_.load_zx(2, r1(in), direct(in.imm1));
}
void Emitter::load_i16(In in) {
  as_.load_sx(2, word_, r1(in), direct(in.imm1));
}
void Emitter::load_u32(In in) {
  as_.load_zx(4, r1(in), direct(in.imm1));
}
void Emitter::load_i32(In in) {
  as_.load_sx(4, word_, r1(in), direct(in.imm1));
}
void Emitter::load_u64(In in) {
  as_.load_zx(8, r1(in), direct(in.imm1));
}

// [memory.load_indirect_u8] and its siblings: d := load(u(a + i, 32), n). d may be a.
void Emitter::load_indirect_u8(In in) {
  as_.load_zx(1, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_i8(In in) {
  as_.load_sx(1, word_, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_u16(In in) {
  as_.load_zx(2, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_i16(In in) {
  as_.load_sx(2, word_, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_u32(In in) {
  as_.load_zx(4, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_i32(In in) {
  as_.load_sx(4, word_, r1(in), indirect(r2(in), in.imm1));
}
void Emitter::load_indirect_u64(In in) {
  as_.load_zx(8, r1(in), indirect(r2(in), in.imm1));
}

// ---- [memory.store_u8] and its siblings: store(u(i, 32), n, a) ----

void Emitter::store_u8(In in) {
  as_.store(1, direct(in.imm1), r1(in));
}
void Emitter::store_u16(In in) {
  as_.store(2, direct(in.imm1), r1(in));
}
void Emitter::store_u32(In in) {
  as_.store(4, direct(in.imm1), r1(in));
}
void Emitter::store_u64(In in) {
  as_.store(8, direct(in.imm1), r1(in));
}

// [memory.store_indirect_u8] and its siblings: store(u(b + i, 32), n, a). a may be b.
void Emitter::store_indirect_u8(In in) {
  as_.store(1, indirect(r2(in), in.imm1), r1(in));
}
void Emitter::store_indirect_u16(In in) {
  as_.store(2, indirect(r2(in), in.imm1), r1(in));
}
void Emitter::store_indirect_u32(In in) {
  as_.store(4, indirect(r2(in), in.imm1), r1(in));
}
void Emitter::store_indirect_u64(In in) {
  as_.store(8, indirect(r2(in), in.imm1), r1(in));
}

// [memory.store_imm_u8] and its siblings: store(u(i, 32), n, j)
void Emitter::store_imm_u8(In in) {
  as_.store_imm(1, direct(in.imm1), low(in.imm2));
}
void Emitter::store_imm_u16(In in) {
  as_.store_imm(2, direct(in.imm1), low(in.imm2));
}
void Emitter::store_imm_u32(In in) {
  as_.store_imm(4, direct(in.imm1), low(in.imm2));
}
void Emitter::store_imm_u64(In in) {
  as_.store_imm(8, direct(in.imm1), low(in.imm2));
}

// [memory.store_imm_indirect_u8] and its siblings: store(u(a + i, 32), n, j)
void Emitter::store_imm_indirect_u8(In in) {
  as_.store_imm(1, indirect(r1(in), in.imm1), low(in.imm2));
}
void Emitter::store_imm_indirect_u16(In in) {
  as_.store_imm(2, indirect(r1(in), in.imm1), low(in.imm2));
}
void Emitter::store_imm_indirect_u32(In in) {
  as_.store_imm(4, indirect(r1(in), in.imm1), low(in.imm2));
}
void Emitter::store_imm_indirect_u64(In in) {
  as_.store_imm(8, indirect(r1(in), in.imm1), low(in.imm2));
}

}  // namespace pvm::engine::amd64
