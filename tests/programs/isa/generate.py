# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Programs in assembly that execute every RISC-V instruction and compare its result with the model's.

generate(bits, is_compressed) gives the text of one program. It exports `bench`, which takes a number that it ignores, and returns 0, or the
number of the first case that failed; numbers above TABLE are of cases whose operands come from memory, where no linker can compute the
result beforehand. describe(bits, is_compressed, number) names a case.
"""
import random

from model import Model

TABLE = 1 << 20
INLINE_PAIRS = 12


def boundaries(bits):
    top = 1 << (bits - 1)
    values = [0, 1, 2, 0x7f, 0x80, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, top - 1, top, (1 << bits) - 1, (1 << bits) - 2]
    values += [0x1_0000_0000, 0xffff_ffff_8000_0000, 0x0123_4567_89ab_cdef] if bits == 64 else [0x0123_4567, 0xcdef_89ab]
    return sorted({value & ((1 << bits) - 1) for value in values})


class Case:
    """Instructions from a0, a1, a2 to a0, with the operands and the expected result."""

    def __init__(self, text, operands, expected):
        self.text, self.operands, self.expected = text, list(operands) + [0] * (3 - len(operands)), expected


class Cases:
    """All cases of a machine: groups of cases with equal text."""

    def __init__(self, bits, is_compressed):
        self.model, self.bits = Model(bits), bits
        self.values = boundaries(bits)
        self.pairs = [(a, b) for a in self.values for b in self.values]
        self.groups = []
        for part in (self.arithmetic, self.immediates, self.upper, self.conditional, self.control, self.memory, self.atomic):
            part()
        if is_compressed:
            self.compressed()

    def group(self, text, operands, function):
        self.groups.append([Case(text, words, function(*words) & self.model.mask) for words in operands])

    def singles(self):
        return [(value,) for value in self.values]

    def arithmetic(self):
        for name, function in self.model.of_two().items():
            self.group(f"{name} a0, a0, a1", self.pairs, function)
            self.group(f"{name} t0, a1, a0; mv a0, t0", self.pairs[::5], lambda a, b, f=function: f(b, a))
            self.group(f"{name} a0, a0, a0", self.singles(), lambda a, f=function: f(a, a))
            self.group(f"{name} a0, a0, zero", self.singles(), lambda a, f=function: f(a, 0))
            self.group(f"{name} a0, zero, a0", self.singles(), lambda a, f=function: f(0, a))
            self.group(f"{name} zero, a0, a1", self.pairs[::31], lambda a, b: a)
        for name, function in self.model.of_one().items():
            self.group(f"{name} a0, a0", self.singles(), function)
            self.group(f"{name} s1, a0; mv a0, s1", self.singles()[::3], function)

    def immediates(self):
        for name, function in self.model.of_immediate().items():
            for number in (0, 1, -1, 31, 32, 2047, -2048):
                self.group(f"{name} a0, a0, {number}", self.singles(), lambda a, f=function, n=number: f(a, n & self.model.mask))
        for name, (function, counts) in self.model.of_count().items():
            for count in sorted({0, 1, 7, 31, counts // 2, counts - 1}):
                self.group(f"{name} a0, a0, {count}", self.singles(), lambda a, f=function, n=count: f(a, n))

    def upper(self):
        for number in (0, 1, 0x7ffff, 0x80000, 0xfffff):
            self.group(f"lui a0, {number}", [(5,)], lambda _, n=number: self.model.extended(n << 12))
        self.group("la t0, 1f; la t1, 1f; 1: sub a0, t1, t0", [(7,)], lambda _: 0)
        self.group("fence; fence rw, w; fence.i; nop", self.singles()[:2], lambda a: a)

    def conditional(self):
        triples = [(a, b, c) for a, b in self.pairs[::3] for c in (0, 1, self.model.mask)]
        self.group("th.mveqz a0, a1, a2", triples, lambda a, b, c: b if c == 0 else a)
        self.group("th.mvnez a0, a1, a2", triples, lambda a, b, c: b if c != 0 else a)
        self.group("th.mveqz a0, a1, zero", self.pairs[::17], lambda a, b: b)
        self.group("th.mvnez a0, zero, a2", triples[::19], lambda a, b, c: 0 if c != 0 else a)

    def control(self):
        for name, function in self.model.branches().items():
            self.group(f"{name} a0, a1, 1f; li a0, 10; j 2f; 1: li a0, 20; 2:", self.pairs, lambda a, b, f=function: 20 if f(a, b) else 10)
            self.group(f"{name} a0, zero, 1f; li a0, 10; j 2f; 1: li a0, 20; 2:", self.singles(), lambda a, f=function: 20 if f(a, 0) else 10)
            self.group(f"{name} zero, a0, 1f; li a0, 10; j 2f; 1: li a0, 20; 2:", self.singles(), lambda a, f=function: 20 if f(0, a) else 10)
        inverse = lambda a, b: b - a  # noqa: E731
        self.group("mv s1, ra; call swapped_difference; mv ra, s1", self.pairs[::9], inverse)
        self.group("mv s1, ra; la t1, swapped_difference; jalr t1; mv ra, s1", self.pairs[::9], inverse)
        self.group("jal t0, swapped_difference_t0", self.pairs[::9], inverse)
        self.group("la t2, swapped_difference_t0; jalr t0, 0(t2)", self.pairs[::9], inverse)
        self.group("la t1, 1f; jr t1; unimp; 1: addi a0, a0, 1",
                   self.singles(), lambda a: a + 1)
        # A loop backwards: 10 rounds.
        self.group("li t0, 10; 1: add a0, a0, a1; addi t0, t0, -1; bnez t0, 1b", self.pairs[::11], lambda a, b: a + 10 * b)

    def compressed(self):
        two = self.model.of_two()
        for name in ("add", "sub", "and", "or", "xor") + (("addw", "subw") if self.bits == 64 else ()):
            self.group(f"c.{name} a0, a1", self.pairs[::2], two[name])
        for number in (1, -1, 31, -32):
            self.group(f"c.addi a0, {number}", self.singles(), lambda a, n=number: a + n)
            self.group(f"c.andi a0, {number}", self.singles(), lambda a, n=number: a & n)
            self.group(f"c.li a0, {number}", self.singles()[:2], lambda _, n=number: n)
            if self.bits == 64:
                self.group(f"c.addiw a0, {number}", self.singles(), lambda a, n=number: self.model.extended(a + n))
        for number in (1, 31, 0xfffe0, 0xfffff):
            self.group(f"c.lui a0, {number}", self.singles()[:1], lambda _, n=number: self.model.extended(n << 12))
        for count in (1, 31, self.bits - 1):
            self.group(f"c.slli a0, {count}", self.singles(), lambda a, n=count: two["sll"](a, n))
            self.group(f"c.srli a0, {count}", self.singles(), lambda a, n=count: two["srl"](a, n))
            self.group(f"c.srai a0, {count}", self.singles(), lambda a, n=count: two["sra"](a, n))
        self.group("c.mv a0, a1; c.nop", self.pairs[::7], lambda a, b: b)
        self.group("c.beqz a0, 1f; c.li a0, 10; c.j 2f; 1: c.li a0, 20; 2:", self.singles(), lambda a: 20 if a == 0 else 10)
        self.group("c.bnez a0, 1f; c.li a0, 10; c.j 2f; 1: c.li a0, 20; 2:", self.singles(), lambda a: 20 if a != 0 else 10)
        self.group("mv s1, ra; la t1, swapped_difference; c.jalr t1; mv ra, s1", self.pairs[::9], lambda a, b: b - a)
        self.group("la t1, 1f; c.jr t1; c.unimp; 1: c.addi a0, 1", self.singles(), lambda a: a + 1)
        if self.bits == 32:
            self.group("mv s1, ra; c.jal 1f; j 2f; 1: sub a0, a1, a0; ret; 2: mv ra, s1", self.pairs[::9], lambda a, b: b - a)
        size = self.bits // 8
        for load, store in (("lw", "sw"),) + ((("ld", "sd"),) if self.bits == 64 else ()):
            wide = 64 if load == "ld" else 32
            self.group(f"la a2, scratch; c.{store} a0, {2 * size}(a2); c.{load} a0, {2 * size}(a2)", self.singles(),
                       lambda a, w=wide: self.model.extended(a, w))
            self.group(f"c.addi16sp sp, -64; c.{store}sp a0, 16(sp); c.{load}sp a0, 16(sp); c.addi16sp sp, 64", self.singles(),
                       lambda a, w=wide: self.model.extended(a, w))
        self.group("c.addi4spn a0, sp, 16; sub a0, a0, sp", self.singles()[:1], lambda _: 16)

    def memory(self):
        stores = {"sb": 8, "sh": 16, "sw": 32} | ({"sd": 64} if self.bits == 64 else {})
        loads = {"lb": (8, True), "lbu": (8, False), "lh": (16, True), "lhu": (16, False), "lw": (32, True)}
        loads |= {"lwu": (32, False), "ld": (64, False)} if self.bits == 64 else {}
        top = "sd" if self.bits == 64 else "sw"
        for load, (bits, is_signed) in loads.items():
            # Of what a whole store has written, at every offset that stays inside: unaligned ones too.
            for offset in sorted({0, 1, self.bits // 8 - bits // 8} - ({1} if bits == self.bits else set())):
                self.group(f"la a2, scratch+64; {top} a0, -16(a2); {load} a0, {offset - 16}(a2)", self.singles(),
                           lambda a, o=offset, b=bits, s=is_signed: self.model.extended(a >> 8 * o, b) if s else self.model.low(a >> 8 * o, b))
        read = "ld" if self.bits == 64 else "lw"
        for store, bits in stores.items():
            self.group(f"la a2, scratch+64; {top} a0, 0(a2); {store} a1, 0(a2); {read} a0, 0(a2)", self.pairs[::3],
                       lambda a, b, n=bits: a >> n << n | self.model.low(b, n))
            # Across the border of two words.
            self.group(f"la a2, scratch+64; {top} zero, {self.bits // 8}(a2); {top} zero, 0(a2); {store} a0, {self.bits // 8 - 1}(a2); {read} a0, {self.bits // 8 - 1}(a2)", self.singles(),
                       lambda a, n=bits: self.model.low(a, n))
        self.group(f"la a2, scratch+2047; {top} a0, -2047(a2); lui t0, %hi(scratch); {read} a0, %lo(scratch)(t0)", self.singles(), lambda a: a)

    def atomic(self):
        for suffix, bits in (("w", 32),) + ((("d", 64),) if self.bits == 64 else ()):
            read = "lw" if bits == 32 else "ld"
            write = "sw" if bits == 32 else "sd"
            for name, function in self.model.atomics(bits).items():
                cut = lambda a, b, f=function, n=bits: self.model.extended(f(self.model.low(a, n), self.model.low(b, n)), n)  # noqa: E731
                order = {"amoadd": ".aq", "amoor": ".rl", "amoswap": ".aqrl"}.get(name, "")
                text = f"la a2, scratch; {write} a0, 0(a2); {name}.{suffix}{order}"
                self.group(f"{text} a0, a1, (a2)", self.pairs[::2], lambda a, b, n=bits: self.model.extended(a, n))
                self.group(f"{text} t0, a1, (a2); {read} a0, 0(a2)", self.pairs, cut)
                self.group(f"{text} zero, a1, (a2); {read} a0, 0(a2)", self.pairs[::7], cut)
                self.group(f"{text} a1, a1, (a2); {read} a0, 0(a2); add a0, a0, a1", self.pairs[::7],
                           lambda a, b, c=cut, n=bits: c(a, b) + self.model.extended(a, n))
            self.group(f"la a2, scratch; {write} a0, 0(a2); lr.{suffix} a0, (a2)", self.singles(), lambda a, n=bits: self.model.extended(a, n))
            self.group(f"la a2, scratch; {write} zero, 0(a2); lr.{suffix} t0, (a2); sc.{suffix} t1, a0, (a2); {read} a0, 0(a2); add a0, a0, t1",
                       self.singles(), lambda a, n=bits: self.model.extended(a, n))


def inline_share(group, seed):
    """Some of the group's cases: the same ones at each run."""
    return group if len(group) <= INLINE_PAIRS else random.Random(seed).sample(group, INLINE_PAIRS)


def numbered(bits, is_compressed):
    """(number, case) of all cases whose operands are constants in the code, and of all whose operands are in the table, with their group."""
    inline, table, number = [], [], 0
    for index, group in enumerate(Cases(bits, is_compressed).groups):
        for case in inline_share(group, index):
            number += 1
            inline.append((number, case))
    number = TABLE
    for index, group in enumerate(Cases(bits, is_compressed).groups):
        for case in group:
            number += 1
            table.append((number, index, case))
    return inline, table


def describe(bits, is_compressed, number):
    inline, table = numbered(bits, is_compressed)
    for entry in inline + table:
        if entry[0] == number:
            case = entry[-1]
            return f"{case.text}   with {', '.join(hex(word) for word in case.operands)}, expected {hex(case.expected)}"
    return "no such case"


def generate(bits, is_compressed):
    inline, table = numbered(bits, is_compressed)
    word, load, store, size = (".quad", "ld", "sd", 8) if bits == 64 else (".word", "lw", "sw", 4)
    out = [".option rvc" if is_compressed else ".option norvc", ".text", ".globl bench", "bench:",
           f"addi sp, sp, -32; {store} ra, 0(sp); {store} s0, {size}(sp); {store} s1, {2 * size}(sp)",
           "call inline_cases; bnez a0, 1f; call table_cases; 1:",
           f"{load} ra, 0(sp); {load} s0, {size}(sp); {load} s1, {2 * size}(sp); addi sp, sp, 32; " + ("li a1, 0; ret" if bits == 32 else "ret"),
           "swapped_difference: sub a0, a1, a0; ret", "swapped_difference_t0: sub a0, a1, a0; jr t0",
           # a5: the number of the case that failed.
           f"failed: mv a0, a5; {load} ra, 0(sp); addi sp, sp, 16; ret",
           f"inline_cases: addi sp, sp, -16; {store} ra, 0(sp)"]
    for number, case in inline:
        out.append("; ".join([f"li a{index}, {operand}" for index, operand in enumerate(case.operands)] + [
            case.text, f"li a4, {case.expected}", f"li a5, {number}", "beq a0, a4, 9f", "j failed", "9:"]))
    out += [f"{load} ra, 0(sp); addi sp, sp, 16; li a0, 0; ret",
            f"table_cases: addi sp, sp, -16; {store} ra, 0(sp); la s0, table",
            f"1: {load} t1, 0(s0); beqz t1, 2f; {load} a0, {size}(s0); {load} a1, {2 * size}(s0); {load} a2, {3 * size}(s0)",
            f"jalr t1; {load} a4, {4 * size}(s0); {load} a5, {5 * size}(s0); beq a0, a4, 3f; j failed; 3: addi s0, s0, {6 * size}; j 1b",
            f"2: {load} ra, 0(sp); addi sp, sp, 16; li a0, 0; ret"]
    texts = {}
    for _, index, case in table:
        texts.setdefault(index, case.text)
    out += [f"group_{index}: {text}; ret" for index, text in texts.items()]
    out += [".data", ".balign 16", "table:"]
    for number, index, case in table:
        out.append(f"{word} group_{index}, " + ", ".join(hex(value) for value in [*case.operands, case.expected, number]))
    out += [f"{word} 0", ".bss", ".balign 16", "scratch: .zero 4096"]
    out += ['.section .polkavm_metadata, "aR", @note', "name: .ascii \"bench\"",
            f"record: .byte 1; .4byte 0; .4byte 5; {word} name; .byte 1, {64 // bits}",
            '.section .polkavm_exports, "aR", @note', f".byte 1; {word} record; {word} bench"]
    return "\n".join(out).replace("; ", "\n") + "\n"
