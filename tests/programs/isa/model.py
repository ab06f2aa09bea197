# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the RISC-V instructions compute, written from the manual's words on Python's unbounded integers."""

import operator


class Model:
    """The instructions of a machine of `bits` bits. Operands and results are unsigned."""

    def __init__(self, bits):
        self.bits = bits
        self.mask = (1 << bits) - 1

    # --- views of numbers ---

    def signed(self, value, bits=None):
        bits = bits or self.bits
        value &= (1 << bits) - 1
        return value - (1 << bits) if value >> (bits - 1) else value

    def extended(self, value, bits=32):
        """The low `bits` bits, sign-extended."""
        return self.signed(value, bits) & self.mask

    # --- pieces ---

    def divide(self, a, b, bits, is_signed):
        if is_signed:
            a, b = self.signed(a, bits), self.signed(b, bits)
        if b == 0:
            return -1
        quotient = abs(a) // abs(b)
        return -quotient if (a < 0) != (b < 0) else quotient

    def rest(self, a, b, bits, is_signed):
        if is_signed:
            a, b = self.signed(a, bits), self.signed(b, bits)
        return a if b == 0 else a - b * self.divide(a, b, bits, is_signed)

    def low(self, value, bits):
        return value & ((1 << bits) - 1)

    def rotated(self, value, count, bits):
        """Rotated to the left."""
        value, count = self.low(value, bits), count % bits
        return self.low(value << count | value >> (bits - count), bits)

    def leading(self, value, bits):
        return bits - self.low(value, bits).bit_length()

    def trailing(self, value, bits):
        value = self.low(value, bits)
        return bits if value == 0 else (value & -value).bit_length() - 1

    def shift_mask(self, value, bits=None):
        return value & ((bits or self.bits) - 1)

    # --- instructions: name -> function of operands; the result is cut to the register ---

    def of_two(self):
        """Two registers in, one out."""
        n, s = self.bits, self.signed
        table = {
            "add": operator.add, "sub": operator.sub, "and": operator.and_, "or": operator.or_, "xor": operator.xor,
            "sll": lambda a, b: a << self.shift_mask(b), "srl": lambda a, b: a >> self.shift_mask(b),
            "sra": lambda a, b: s(a) >> self.shift_mask(b),
            "slt": lambda a, b: int(s(a) < s(b)), "sltu": lambda a, b: int(a < b),
            "mul": operator.mul, "mulh": lambda a, b: s(a) * s(b) >> n, "mulhu": lambda a, b: a * b >> n,
            "mulhsu": lambda a, b: s(a) * b >> n,
            "div": lambda a, b: self.divide(a, b, n, True), "divu": lambda a, b: self.divide(a, b, n, False),
            "rem": lambda a, b: self.rest(a, b, n, True), "remu": lambda a, b: self.rest(a, b, n, False),
            # Zbb
            "andn": lambda a, b: a & ~b, "orn": lambda a, b: a | ~b, "xnor": lambda a, b: ~(a ^ b),
            "max": lambda a, b: max(s(a), s(b)), "maxu": max, "min": lambda a, b: min(s(a), s(b)), "minu": min,
            "rol": lambda a, b: self.rotated(a, b % n, n), "ror": lambda a, b: self.rotated(a, -b % n, n),
            # Zba, Zbs, Zicond
            "sh1add": lambda a, b: (a << 1) + b, "sh2add": lambda a, b: (a << 2) + b, "sh3add": lambda a, b: (a << 3) + b,
            "bclr": lambda a, b: a & ~(1 << self.shift_mask(b)), "bset": lambda a, b: a | 1 << self.shift_mask(b),
            "binv": lambda a, b: a ^ 1 << self.shift_mask(b), "bext": lambda a, b: a >> self.shift_mask(b) & 1,
            "czero.eqz": lambda a, b: 0 if b == 0 else a, "czero.nez": lambda a, b: 0 if b != 0 else a,
        }
        if n == 64:
            table |= {
                "addw": lambda a, b: self.extended(a + b), "subw": lambda a, b: self.extended(a - b),
                "sllw": lambda a, b: self.extended(a << (b & 31)), "srlw": lambda a, b: self.extended(self.low(a, 32) >> (b & 31)),
                "sraw": lambda a, b: s(a, 32) >> (b & 31), "mulw": lambda a, b: self.extended(a * b),
                "divw": lambda a, b: self.extended(self.divide(a, b, 32, True)),
                "divuw": lambda a, b: self.extended(self.divide(self.low(a, 32), self.low(b, 32), 32, False)),
                "remw": lambda a, b: self.extended(self.rest(a, b, 32, True)),
                "remuw": lambda a, b: self.extended(self.rest(self.low(a, 32), self.low(b, 32), 32, False)),
                "rolw": lambda a, b: self.extended(self.rotated(a, b % 32, 32)),
                "rorw": lambda a, b: self.extended(self.rotated(a, -b % 32, 32)),
                "add.uw": lambda a, b: self.low(a, 32) + b, "sh1add.uw": lambda a, b: (self.low(a, 32) << 1) + b,
                "sh2add.uw": lambda a, b: (self.low(a, 32) << 2) + b, "sh3add.uw": lambda a, b: (self.low(a, 32) << 3) + b,
            }
        return table

    def of_one(self):
        """One register in, one out."""
        n = self.bits
        table = {
            "clz": lambda a: self.leading(a, n), "ctz": lambda a: self.trailing(a, n), "cpop": lambda a: a.bit_count(),
            "sext.b": lambda a: self.extended(a, 8), "sext.h": lambda a: self.extended(a, 16), "zext.h": lambda a: a & 0xffff,
            "orc.b": lambda a: sum(0xff << 8 * i for i in range(n // 8) if a >> 8 * i & 0xff),
            "rev8": lambda a: int.from_bytes(a.to_bytes(n // 8, "little"), "big"),
        }
        if n == 64:
            table |= {
                "clzw": lambda a: self.leading(a, 32), "ctzw": lambda a: self.trailing(a, 32), "cpopw": lambda a: self.low(a, 32).bit_count(),
            }
        return table

    def of_immediate(self):
        """A register and a signed number of 12 bits."""
        two = self.of_two()
        table = {f"{name}i": two[name] for name in ("add", "and", "or", "xor", "slt")} | {"sltiu": two["sltu"]}
        if self.bits == 64:
            table["addiw"] = two["addw"]
        return table

    def of_count(self):
        """A register and a number of bits: name -> (function, number of counts)."""
        n, two = self.bits, self.of_two()
        table = {f"{name}i": (two[name], n) for name in ("sll", "srl", "sra", "bclr", "bset", "binv", "bext")} | {"rori": (two["ror"], n)}
        if n == 64:
            table |= {f"{name}iw": (two[f"{name}w"], 32) for name in ("sll", "srl", "sra", "ror")}
            table["slli.uw"] = (lambda a, b: self.low(a, 32) << b, 64)
        return table

    def branches(self):
        s = self.signed
        return {
            "beq": operator.eq, "bne": operator.ne, "blt": lambda a, b: s(a) < s(b), "bge": lambda a, b: s(a) >= s(b), "bltu": operator.lt,
            "bgeu": operator.ge,
        }

    def atomics(self, bits):
        """The new value in memory, of `bits` bits, from the old one and the operand."""
        s = lambda value: self.signed(value, bits)  # noqa: E731
        return {
            "amoadd": operator.add, "amoswap": lambda a, b: b, "amoxor": operator.xor, "amoand": operator.and_, "amoor": operator.or_,
            "amomin": lambda a, b: a if s(a) <= s(b) else b, "amomax": lambda a, b: a if s(a) >= s(b) else b, "amominu": min, "amomaxu": max,
        }
