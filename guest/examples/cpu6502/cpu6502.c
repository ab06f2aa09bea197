// SPDX-License-Identifier: Apache-2.0 OR MIT
// An emulator of the 6502, the processor of the NES: all documented instructions but for decimal arithmetic, which the NES lacks too. It
// runs a program in machine code that fills, sorts, sieves, multiplies and sums, n times with different seeds.
#include "../bench.h"

enum { program_start = 0x0400, stack_page = 0x0100 };

typedef struct {
  uint16_t pc;
  uint8_t a, x, y, s;
  uint8_t zero, sign;  // The values that decide these flags: the first is 0, the second has its bit 7 set.
  uint8_t carry, overflow, decimal, interrupts_off;
  uint8_t memory[0x10000];
} Cpu;

// clang-format off
static const uint8_t program[] = {
    // Page 2: 256 values of a shift register.
    0xa5, 0x10,        // lda $10
    0xa2, 0x00,        // ldx #0
    0x0a,              // fill: asl a
    0x90, 0x02,        // bcc even
    0x49, 0x1d,        // eor #$1d
    0x9d, 0x00, 0x02,  // even: sta $0200,x
    0xe8,              // inx
    0xd0, 0xf5,        // bne fill
    // The first 64 of them in ascending order.
    0xa0, 0x3f,        // ldy #63
    0x84, 0x11,        // outer: sty $11
    0xa2, 0x00,        // ldx #0
    0xbd, 0x00, 0x02,  // inner: lda $0200,x
    0xdd, 0x01, 0x02,  // cmp $0201,x
    0x90, 0x0d,        // bcc inorder
    0xf0, 0x0b,        // beq inorder
    0x48,              // pha
    0xbd, 0x01, 0x02,  // lda $0201,x
    0x9d, 0x00, 0x02,  // sta $0200,x
    0x68,              // pla
    0x9d, 0x01, 0x02,  // sta $0201,x
    0xe8,              // inorder: inx
    0xe4, 0x11,        // cpx $11
    0xd0, 0xe6,        // bne inner
    0x88,              // dey
    0xd0, 0xdf,        // bne outer
    // Page 3: multiples; $12: how many primes below 256.
    0xa9, 0x00,        // lda #0
    0x85, 0x12,        // sta $12
    0xaa,              // tax
    0x9d, 0x00, 0x03,  // clear: sta $0300,x
    0xe8,              // inx
    0xd0, 0xfa,        // bne clear
    0xa2, 0x02,        // ldx #2
    0xbd, 0x00, 0x03,  // next: lda $0300,x
    0xd0, 0x16,        // bne skip
    0xe6, 0x12,        // inc $12
    0x86, 0x13,        // stx $13
    0x8a,              // txa
    0x18,              // clc
    0x65, 0x13,        // adc $13
    0xb0, 0x0c,        // bcs skip
    0xa8,              // mark: tay
    0xa9, 0x01,        // lda #1
    0x99, 0x00, 0x03,  // sta $0300,y
    0x98,              // tya
    0x18,              // clc
    0x65, 0x13,        // adc $13
    0x90, 0xf4,        // bcc mark
    0xe8,              // skip: inx
    0xd0, 0xe2,        // bne next
    // $14, $15: sum of 64 products.
    0xa2, 0x00,        // ldx #0
    0x86, 0x14,        // stx $14
    0x86, 0x15,        // stx $15
    0xbd, 0x00, 0x02,  // sum: lda $0200,x
    0x85, 0x16,        // sta $16
    0xbd, 0x40, 0x02,  // lda $0240,x
    0x20, 0x94, 0x04,  // jsr multiply
    0x48,              // pha
    0x18,              // clc
    0xa5, 0x17,        // lda $17
    0x65, 0x14,        // adc $14
    0x85, 0x14,        // sta $14
    0x68,              // pla
    0x65, 0x15,        // adc $15
    0x85, 0x15,        // sta $15
    0xe8,              // inx
    0xe0, 0x40,        // cpx #64
    0xd0, 0xe3,        // bne sum
    // $1a: all of page 2, through a pointer.
    0xa9, 0x00,        // lda #0
    0x85, 0x18,        // sta $18
    0xa8,              // tay
    0xa9, 0x02,        // lda #2
    0x85, 0x19,        // sta $19
    0x98,              // tya
    0x18,              // check: clc
    0x71, 0x18,        // adc ($18),y
    0x2a,              // rol a
    0xc8,              // iny
    0xd0, 0xf9,        // bne check
    0x85, 0x1a,        // sta $1a
    0x00,              // brk
    // A times $16: the upper half in a, the lower in $17.
    0x85, 0x1b,        // multiply: sta $1b
    0xa9, 0x00,        // lda #0
    0xa0, 0x08,        // ldy #8
    0x46, 0x16,        // bits: lsr $16
    0x90, 0x03,        // bcc zero
    0x18,              // clc
    0x65, 0x1b,        // adc $1b
    0x6a,              // zero: ror a
    0x66, 0x17,        // ror $17
    0x88,              // dey
    0xd0, 0xf3,        // bne bits
    0x60,              // rts
};
// clang-format on

// ---- Addresses: each function takes the operand from behind the opcode and gives the place in memory ----

static inline uint8_t next_byte(Cpu* c) {
  return c->memory[c->pc++];
}
static inline uint16_t next_word(Cpu* c) {
  const uint16_t low = next_byte(c);
  return (uint16_t)(low | next_byte(c) << 8);
}
// A word of page 0, around whose end it wraps.
static inline uint16_t pointer(const Cpu* c, uint8_t place) {
  return (uint16_t)(c->memory[place] | c->memory[(uint8_t)(place + 1)] << 8);
}

static inline uint16_t immediate(Cpu* c) {
  return c->pc++;
}
static inline uint16_t zero_page(Cpu* c) {
  return next_byte(c);
}
static inline uint16_t zero_page_x(Cpu* c) {
  return (uint8_t)(next_byte(c) + c->x);
}
static inline uint16_t zero_page_y(Cpu* c) {
  return (uint8_t)(next_byte(c) + c->y);
}
static inline uint16_t absolute(Cpu* c) {
  return next_word(c);
}
static inline uint16_t absolute_x(Cpu* c) {
  return (uint16_t)(next_word(c) + c->x);
}
static inline uint16_t absolute_y(Cpu* c) {
  return (uint16_t)(next_word(c) + c->y);
}
static inline uint16_t indirect_x(Cpu* c) {
  return pointer(c, (uint8_t)(next_byte(c) + c->x));
}
static inline uint16_t indirect_y(Cpu* c) {
  return (uint16_t)(pointer(c, next_byte(c)) + c->y);
}
// The processor doesn't carry into the upper half of the address.
static inline uint16_t indirect(Cpu* c) {
  const uint16_t place = next_word(c);
  return (uint16_t)(c->memory[place] | c->memory[(place & 0xff00) | (uint8_t)(place + 1)] << 8);
}

// ---- Operations ----

static inline void set_nz(Cpu* c, uint8_t value) {
  c->zero = c->sign = value;
}
static inline void load(Cpu* c, uint8_t* to, uint16_t place) {
  set_nz(c, *to = c->memory[place]);
}

static inline void add(Cpu* c, uint8_t value) {
  const unsigned sum = (unsigned)c->a + value + c->carry;
  c->overflow = (uint8_t)(~(c->a ^ value) & (c->a ^ sum)) >> 7;
  c->carry = (uint8_t)(sum >> 8);
  set_nz(c, c->a = (uint8_t)sum);
}

static inline void compare(Cpu* c, uint8_t value, uint8_t with) {
  c->carry = value >= with;
  set_nz(c, (uint8_t)(value - with));
}

static inline void test_bits(Cpu* c, uint8_t value) {
  c->zero = c->a & value;
  c->sign = value;
  c->overflow = value >> 6 & 1;
}

static inline void shift_left(Cpu* c, uint8_t* value, uint8_t in) {
  c->carry = *value >> 7;
  set_nz(c, *value = (uint8_t)(*value << 1 | in));
}

static inline void shift_right(Cpu* c, uint8_t* value, uint8_t in) {
  const uint8_t carry = *value & 1;
  set_nz(c, *value = (uint8_t)(*value >> 1 | in << 7));
  c->carry = carry;
}

static inline void push(Cpu* c, uint8_t value) {
  c->memory[stack_page + c->s--] = value;
}
static inline uint8_t pull(Cpu* c) {
  return c->memory[stack_page + ++c->s];
}
static inline uint16_t pull_word(Cpu* c) {
  const uint8_t low = pull(c);
  return (uint16_t)(low | pull(c) << 8);
}

static uint8_t flags(const Cpu* c) {
  return (uint8_t)((c->sign & 0x80) | c->overflow << 6 | 0x30 | c->decimal << 3 | c->interrupts_off << 2 | (c->zero == 0) << 1 | c->carry);
}
static void set_flags(Cpu* c, uint8_t value) {
  c->sign = value;
  c->overflow = value >> 6 & 1;
  c->decimal = value >> 3 & 1;
  c->interrupts_off = value >> 2 & 1;
  c->zero = !(value & 2);
  c->carry = value & 1;
}

static inline void branch(Cpu* c, bool condition) {
  const int8_t distance = (int8_t)next_byte(c);
  if (condition) c->pc = (uint16_t)(c->pc + distance);
}

// What is pushed is the address of the call's last byte.
static inline void call(Cpu* c, uint16_t target) {
  push(c, (uint8_t)((c->pc - 1) >> 8));
  push(c, (uint8_t)(c->pc - 1));
  c->pc = target;
}

// Runs up to brk, and counts instructions. An unknown opcode ends it, too.
static uint32_t run(Cpu* c) {
  for (uint32_t instructions = 1;; ++instructions) {
    // clang-format off
    switch (next_byte(c)) {
      case 0xa9: load(c, &c->a, immediate(c)); break;  // lda
      case 0xa5: load(c, &c->a, zero_page(c)); break;  // lda
      case 0xb5: load(c, &c->a, zero_page_x(c)); break;  // lda
      case 0xad: load(c, &c->a, absolute(c)); break;  // lda
      case 0xbd: load(c, &c->a, absolute_x(c)); break;  // lda
      case 0xb9: load(c, &c->a, absolute_y(c)); break;  // lda
      case 0xa1: load(c, &c->a, indirect_x(c)); break;  // lda
      case 0xb1: load(c, &c->a, indirect_y(c)); break;  // lda
      case 0xa2: load(c, &c->x, immediate(c)); break;  // ldx
      case 0xa6: load(c, &c->x, zero_page(c)); break;  // ldx
      case 0xb6: load(c, &c->x, zero_page_y(c)); break;  // ldx
      case 0xae: load(c, &c->x, absolute(c)); break;  // ldx
      case 0xbe: load(c, &c->x, absolute_y(c)); break;  // ldx
      case 0xa0: load(c, &c->y, immediate(c)); break;  // ldy
      case 0xa4: load(c, &c->y, zero_page(c)); break;  // ldy
      case 0xb4: load(c, &c->y, zero_page_x(c)); break;  // ldy
      case 0xac: load(c, &c->y, absolute(c)); break;  // ldy
      case 0xbc: load(c, &c->y, absolute_x(c)); break;  // ldy
      case 0x85: c->memory[zero_page(c)] = c->a; break;  // sta
      case 0x95: c->memory[zero_page_x(c)] = c->a; break;  // sta
      case 0x8d: c->memory[absolute(c)] = c->a; break;  // sta
      case 0x9d: c->memory[absolute_x(c)] = c->a; break;  // sta
      case 0x99: c->memory[absolute_y(c)] = c->a; break;  // sta
      case 0x81: c->memory[indirect_x(c)] = c->a; break;  // sta
      case 0x91: c->memory[indirect_y(c)] = c->a; break;  // sta
      case 0x86: c->memory[zero_page(c)] = c->x; break;  // stx
      case 0x96: c->memory[zero_page_y(c)] = c->x; break;  // stx
      case 0x8e: c->memory[absolute(c)] = c->x; break;  // stx
      case 0x84: c->memory[zero_page(c)] = c->y; break;  // sty
      case 0x94: c->memory[zero_page_x(c)] = c->y; break;  // sty
      case 0x8c: c->memory[absolute(c)] = c->y; break;  // sty
      case 0x09: set_nz(c, c->a |= c->memory[immediate(c)]); break;  // ora
      case 0x05: set_nz(c, c->a |= c->memory[zero_page(c)]); break;  // ora
      case 0x15: set_nz(c, c->a |= c->memory[zero_page_x(c)]); break;  // ora
      case 0x0d: set_nz(c, c->a |= c->memory[absolute(c)]); break;  // ora
      case 0x1d: set_nz(c, c->a |= c->memory[absolute_x(c)]); break;  // ora
      case 0x19: set_nz(c, c->a |= c->memory[absolute_y(c)]); break;  // ora
      case 0x01: set_nz(c, c->a |= c->memory[indirect_x(c)]); break;  // ora
      case 0x11: set_nz(c, c->a |= c->memory[indirect_y(c)]); break;  // ora
      case 0x29: set_nz(c, c->a &= c->memory[immediate(c)]); break;  // and
      case 0x25: set_nz(c, c->a &= c->memory[zero_page(c)]); break;  // and
      case 0x35: set_nz(c, c->a &= c->memory[zero_page_x(c)]); break;  // and
      case 0x2d: set_nz(c, c->a &= c->memory[absolute(c)]); break;  // and
      case 0x3d: set_nz(c, c->a &= c->memory[absolute_x(c)]); break;  // and
      case 0x39: set_nz(c, c->a &= c->memory[absolute_y(c)]); break;  // and
      case 0x21: set_nz(c, c->a &= c->memory[indirect_x(c)]); break;  // and
      case 0x31: set_nz(c, c->a &= c->memory[indirect_y(c)]); break;  // and
      case 0x49: set_nz(c, c->a ^= c->memory[immediate(c)]); break;  // eor
      case 0x45: set_nz(c, c->a ^= c->memory[zero_page(c)]); break;  // eor
      case 0x55: set_nz(c, c->a ^= c->memory[zero_page_x(c)]); break;  // eor
      case 0x4d: set_nz(c, c->a ^= c->memory[absolute(c)]); break;  // eor
      case 0x5d: set_nz(c, c->a ^= c->memory[absolute_x(c)]); break;  // eor
      case 0x59: set_nz(c, c->a ^= c->memory[absolute_y(c)]); break;  // eor
      case 0x41: set_nz(c, c->a ^= c->memory[indirect_x(c)]); break;  // eor
      case 0x51: set_nz(c, c->a ^= c->memory[indirect_y(c)]); break;  // eor
      case 0x69: add(c, c->memory[immediate(c)]); break;  // adc
      case 0x65: add(c, c->memory[zero_page(c)]); break;  // adc
      case 0x75: add(c, c->memory[zero_page_x(c)]); break;  // adc
      case 0x6d: add(c, c->memory[absolute(c)]); break;  // adc
      case 0x7d: add(c, c->memory[absolute_x(c)]); break;  // adc
      case 0x79: add(c, c->memory[absolute_y(c)]); break;  // adc
      case 0x61: add(c, c->memory[indirect_x(c)]); break;  // adc
      case 0x71: add(c, c->memory[indirect_y(c)]); break;  // adc
      case 0xc9: compare(c, c->a, c->memory[immediate(c)]); break;  // cmp
      case 0xc5: compare(c, c->a, c->memory[zero_page(c)]); break;  // cmp
      case 0xd5: compare(c, c->a, c->memory[zero_page_x(c)]); break;  // cmp
      case 0xcd: compare(c, c->a, c->memory[absolute(c)]); break;  // cmp
      case 0xdd: compare(c, c->a, c->memory[absolute_x(c)]); break;  // cmp
      case 0xd9: compare(c, c->a, c->memory[absolute_y(c)]); break;  // cmp
      case 0xc1: compare(c, c->a, c->memory[indirect_x(c)]); break;  // cmp
      case 0xd1: compare(c, c->a, c->memory[indirect_y(c)]); break;  // cmp
      case 0xe9: add(c, (uint8_t)~c->memory[immediate(c)]); break;  // sbc
      case 0xe5: add(c, (uint8_t)~c->memory[zero_page(c)]); break;  // sbc
      case 0xf5: add(c, (uint8_t)~c->memory[zero_page_x(c)]); break;  // sbc
      case 0xed: add(c, (uint8_t)~c->memory[absolute(c)]); break;  // sbc
      case 0xfd: add(c, (uint8_t)~c->memory[absolute_x(c)]); break;  // sbc
      case 0xf9: add(c, (uint8_t)~c->memory[absolute_y(c)]); break;  // sbc
      case 0xe1: add(c, (uint8_t)~c->memory[indirect_x(c)]); break;  // sbc
      case 0xf1: add(c, (uint8_t)~c->memory[indirect_y(c)]); break;  // sbc
      case 0x0a: shift_left(c, &c->a, 0); break;  // asl
      case 0x06: shift_left(c, &c->memory[zero_page(c)], 0); break;  // asl
      case 0x16: shift_left(c, &c->memory[zero_page_x(c)], 0); break;  // asl
      case 0x0e: shift_left(c, &c->memory[absolute(c)], 0); break;  // asl
      case 0x1e: shift_left(c, &c->memory[absolute_x(c)], 0); break;  // asl
      case 0x2a: shift_left(c, &c->a, c->carry); break;  // rol
      case 0x26: shift_left(c, &c->memory[zero_page(c)], c->carry); break;  // rol
      case 0x36: shift_left(c, &c->memory[zero_page_x(c)], c->carry); break;  // rol
      case 0x2e: shift_left(c, &c->memory[absolute(c)], c->carry); break;  // rol
      case 0x3e: shift_left(c, &c->memory[absolute_x(c)], c->carry); break;  // rol
      case 0x4a: shift_right(c, &c->a, 0); break;  // lsr
      case 0x46: shift_right(c, &c->memory[zero_page(c)], 0); break;  // lsr
      case 0x56: shift_right(c, &c->memory[zero_page_x(c)], 0); break;  // lsr
      case 0x4e: shift_right(c, &c->memory[absolute(c)], 0); break;  // lsr
      case 0x5e: shift_right(c, &c->memory[absolute_x(c)], 0); break;  // lsr
      case 0x6a: shift_right(c, &c->a, c->carry); break;  // ror
      case 0x66: shift_right(c, &c->memory[zero_page(c)], c->carry); break;  // ror
      case 0x76: shift_right(c, &c->memory[zero_page_x(c)], c->carry); break;  // ror
      case 0x6e: shift_right(c, &c->memory[absolute(c)], c->carry); break;  // ror
      case 0x7e: shift_right(c, &c->memory[absolute_x(c)], c->carry); break;  // ror
      case 0xc6: set_nz(c, --c->memory[zero_page(c)]); break;  // dec
      case 0xd6: set_nz(c, --c->memory[zero_page_x(c)]); break;  // dec
      case 0xce: set_nz(c, --c->memory[absolute(c)]); break;  // dec
      case 0xde: set_nz(c, --c->memory[absolute_x(c)]); break;  // dec
      case 0xe6: set_nz(c, ++c->memory[zero_page(c)]); break;  // inc
      case 0xf6: set_nz(c, ++c->memory[zero_page_x(c)]); break;  // inc
      case 0xee: set_nz(c, ++c->memory[absolute(c)]); break;  // inc
      case 0xfe: set_nz(c, ++c->memory[absolute_x(c)]); break;  // inc
      case 0xe0: compare(c, c->x, c->memory[immediate(c)]); break;  // cpx
      case 0xe4: compare(c, c->x, c->memory[zero_page(c)]); break;  // cpx
      case 0xec: compare(c, c->x, c->memory[absolute(c)]); break;  // cpx
      case 0xc0: compare(c, c->y, c->memory[immediate(c)]); break;  // cpy
      case 0xc4: compare(c, c->y, c->memory[zero_page(c)]); break;  // cpy
      case 0xcc: compare(c, c->y, c->memory[absolute(c)]); break;  // cpy
      case 0x24: test_bits(c, c->memory[zero_page(c)]); break;  // bit
      case 0x2c: test_bits(c, c->memory[absolute(c)]); break;  // bit
      case 0x10: branch(c, !(c->sign & 0x80)); break;  // bpl
      case 0x30: branch(c, c->sign & 0x80); break;  // bmi
      case 0x50: branch(c, !c->overflow); break;  // bvc
      case 0x70: branch(c, c->overflow); break;  // bvs
      case 0x90: branch(c, !c->carry); break;  // bcc
      case 0xb0: branch(c, c->carry); break;  // bcs
      case 0xd0: branch(c, c->zero != 0); break;  // bne
      case 0xf0: branch(c, c->zero == 0); break;  // beq
      case 0x00: return instructions;  // brk
      case 0x40: set_flags(c, pull(c)), c->pc = pull_word(c); break;  // rti
      case 0x60: c->pc = (uint16_t)(pull_word(c) + 1); break;  // rts
      case 0x08: push(c, flags(c)); break;  // php
      case 0x28: set_flags(c, pull(c)); break;  // plp
      case 0x48: push(c, c->a); break;  // pha
      case 0x68: set_nz(c, c->a = pull(c)); break;  // pla
      case 0x18: c->carry = 0; break;  // clc
      case 0x38: c->carry = 1; break;  // sec
      case 0x58: c->interrupts_off = 0; break;  // cli
      case 0x78: c->interrupts_off = 1; break;  // sei
      case 0xb8: c->overflow = 0; break;  // clv
      case 0xd8: c->decimal = 0; break;  // cld
      case 0xf8: c->decimal = 1; break;  // sed
      case 0xaa: set_nz(c, c->x = c->a); break;  // tax
      case 0x8a: set_nz(c, c->a = c->x); break;  // txa
      case 0xa8: set_nz(c, c->y = c->a); break;  // tay
      case 0x98: set_nz(c, c->a = c->y); break;  // tya
      case 0xba: set_nz(c, c->x = c->s); break;  // tsx
      case 0x9a: c->s = c->x; break;  // txs
      case 0xe8: set_nz(c, ++c->x); break;  // inx
      case 0xca: set_nz(c, --c->x); break;  // dex
      case 0xc8: set_nz(c, ++c->y); break;  // iny
      case 0x88: set_nz(c, --c->y); break;  // dey
      case 0xea: break;  // nop
      case 0x4c: c->pc = absolute(c); break;  // jmp
      case 0x6c: c->pc = indirect(c); break;  // jmp
      case 0x20: call(c, absolute(c)); break;  // jsr
      default: return 0;
    }
    // clang-format on
  }
}

BENCH(n) {
  static Cpu cpu;
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    memset(&cpu, 0, sizeof cpu);
    memcpy(cpu.memory + program_start, program, sizeof program);
    cpu.pc = program_start;
    cpu.s = 0xff;
    cpu.memory[0x10] = (uint8_t)(round % 255 + 1);
    const uint32_t instructions = run(&cpu);
    checksum = mixed(checksum, instructions);
    checksum = mixed(checksum, cpu.memory[0x12]);
    checksum = mixed(checksum, (uint32_t)(cpu.memory[0x15] << 8 | cpu.memory[0x14]));
    checksum = mixed(checksum, cpu.memory[0x1a]);
  }
  return checksum;
}
