# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A PVM in plain Python, written from the document in `spec/` alone.

It has the semantics versions rv32-1 and jam-1, and the gas model flat-1. Names in square brackets are ids of clauses.
"""

import re
from collections import namedtuple

# Each row: opcodes, operands, name, effect. The opcodes are those of rv32-1, or of rv64-1 where rv32-1 lacks the
# instruction; those behind a slash are of the form `_imm`, which has u(i, W) in the place of b. The operands are the
# letters of the line "Operands" in the order of the encoding, with `t` for the target and `w` for the immediate of 8
# bytes; they determine the format. The effect is the formula of the instruction's clause, which `translate` reads.
# `#` stands for a width: 32 and 64 where there are two opcodes, 8, 16, 32 and 64 where there are more.
TABLE = """
0   -    trap                       trap
1   -    fallthrough                nothing
3   -    unlikely                   nothing
10  i    ecalli                     host_call(u(i, 32))
40  t    jump                       jump target
50  ai   jump_indirect              dynamic_jump(u(a + i, 32))
80  dit  load_imm_and_jump          d := i; jump target
180 daij load_imm_and_jump_indirect let address = u(a + j, 32); d := i; dynamic_jump(address)
84     ait branch_less_or_equal_unsigned_imm jump target when a <= u(i, W)
86     ait branch_greater_unsigned_imm       jump target when a > u(i, W)
88     ait branch_less_or_equal_signed_imm   jump target when s(a, W) <= i
90     ait branch_greater_signed_imm         jump target when s(a, W) > i
170/81 abt branch_eq                         jump target when a = b
171/82 abt branch_not_eq                     jump target when a != b
172/83 abt branch_less_unsigned              jump target when a < b
173/87 abt branch_less_signed                jump target when s(a, W) < s(b, W)
174/85 abt branch_greater_or_equal_unsigned  jump target when a >= b
175/89 abt branch_greater_or_equal_signed    jump target when s(a, W) >= s(b, W)
20  dw  load_imm64           d := i
51  di  load_imm             d := i
100 da  move_reg             d := a
147 dai cmov_if_zero_imm     d := if a = 0 then i else d
148 dai cmov_if_not_zero_imm d := if a != 0 then i else d
218 dab cmov_if_zero         d := if b = 0 then a else d
219 dab cmov_if_not_zero     d := if b != 0 then a else d
141,154         dai negate_and_add_imm_#          d := s(i - a, #)
142             dai set_greater_than_unsigned_imm d := if a > u(i, W) then 1 else 0
143             dai set_greater_than_signed_imm   d := if s(a, W) > i then 1 else 0
190,200/131,149 dab add_#                         d := s(a + b, #)
191,201         dab sub_#                         d := s(a - b, #)
192,202/135,150 dab mul_#                         d := s(a * b, #)
193,203         dab div_unsigned_#                d := if u(b, #) = 0 then -1 else s(u(a, #) div u(b, #), #)
194,204         dab div_signed_#                  d := if u(b, #) = 0 then -1 else s(quot(s(a, #), s(b, #)), #)
195,205         dab rem_unsigned_#                d := if u(b, #) = 0 then s(a, #) else s(u(a, #) mod u(b, #), #)
196,206         dab rem_signed_#                  d := if u(b, #) = 0 then s(a, #) else s(rem(s(a, #), s(b, #)), #)
213             dab mul_upper_signed_signed       d := (s(a, W) * s(b, W)) div 2^W
214             dab mul_upper_unsigned_unsigned   d := (a * b) div 2^W
215             dab mul_upper_signed_unsigned     d := (s(a, W) * b) div 2^W
216/136         dab set_less_than_unsigned        d := if a < b then 1 else 0
217/137         dab set_less_than_signed          d := if s(a, W) < s(b, W) then 1 else 0
227             dab maximum                       d := max(s(a, W), s(b, W))
228             dab maximum_unsigned              d := max(a, b)
229             dab minimum                       d := min(s(a, W), s(b, W))
230             dab minimum_unsigned              d := min(a, b)
103,102         da  count_set_bits_#                 d := ones(u(a, #))
105,104         da  count_leading_zero_bits_#        d := # - length(u(a, #))
107,106         da  count_trailing_zero_bits_#       d := if u(a, #) = 0 then # else lowest(u(a, #))
108             da  sign_extend_8                    d := s(a, 8)
109             da  sign_extend_16                   d := s(a, 16)
110             da  zero_extend_16                   d := u(a, 16)
111             da  reverse_byte                     d := reverse(a, W)
144,155         dai shift_logical_left_imm_alt_#     d := s(i * 2^(a mod #), #)
145,156         dai shift_logical_right_imm_alt_#    d := s(u(i, #) div 2^(a mod #), #)
146,157         dai shift_arithmetic_right_imm_alt_# d := s(i, #) div 2^(a mod #)
161,159         dai rotate_right_imm_alt_#           let k = a mod #; d := s(u(i, #) div 2^k + u(i, #) * 2^(# - k), #)
197,207/138,151 dab shift_logical_left_#             d := s(a * 2^(b mod #), #)
198,208/139,152 dab shift_logical_right_#            d := s(u(a, #) div 2^(b mod #), #)
199,209/140,153 dab shift_arithmetic_right_#         d := s(a, #) div 2^(b mod #)
210/132         dab and                              d := a & b
211/133         dab xor                              d := a ^ b
212/134         dab or                               d := a | b
221,220         dab rotate_left_#                    let k = b mod #; d := s(u(a, #) * 2^k + u(a, #) div 2^(# - k), #)
223,222/160,158 dab rotate_right_#                   let k = b mod #; d := s(u(a, #) div 2^k + u(a, #) * 2^(# - k), #)
224             dab and_inverted                     d := a & ~b
225             dab or_inverted                      d := a | ~b
226             dab xnor                             d := ~(a ^ b)
2               -   memset                fill
30,31,32,33     ij  store_imm_u#          store(u(i, 32), # div 8, j)
52,54,56,58     di  load_u#               d := load(u(i, 32), # div 8)
53,55,57        di  load_i#               d := s(load(u(i, 32), # div 8), #)
59,60,61,62     ai  store_u#              store(u(i, 32), # div 8, a)
70,71,72,73     aij store_imm_indirect_u# store(u(a + i, 32), # div 8, j)
101             da  sbrk                  d := grow(a)
120,121,122,123 abi store_indirect_u#     store(u(b + i, 32), # div 8, a)
124,126,128,130 dai load_indirect_u#      d := load(u(a + i, 32), # div 8)
125,127,129     dai load_indirect_i#      d := s(load(u(a + i, 32), # div 8), #)
"""

GUARD = 0x10000  # the size of the gaps in mapped memory, and the end of the addresses that never exist
HALT = 0xFFFF0000


def u(x, n):
    return x & ((1 << n) - 1)


def s(x, n):
    x &= (1 << n) - 1
    return x - ((x >> (n - 1)) << n)


def up(x, g):
    return -(-x // g) * g


class Stop(Exception):
    """Ends a run. `resume` is the continuation of the next one: None, "entry", "block" or "paid"."""

    def __init__(self, status, resume=None, number=None, fault=None):
        self.status, self.resume, self.number, self.fault = status, resume, number, fault


def stop(*reason):
    raise Stop(*reason)


FUNCTIONS = {  # of [notation.formula]
    "u": u, "s": s, "length": int.bit_length, "ones": lambda x: bin(x).count("1"), "stop": stop,
    "quot": lambda x, y: abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1),
    "rem": lambda x, y: abs(x) % abs(y) * (-1 if x < 0 else 1),
    "lowest": lambda x: (x & -x).bit_length() - 1,
    "reverse": lambda x, n: int.from_bytes(x.to_bytes(n // 8, "little"), "big"),
}


def translate(effect):
    """Turns a formula into Python statements: they return where a new block starts, or nothing to stay in this one."""

    def python(text):
        text = re.sub(r"^if (.*) then (.*) else (.*)$", r"(\2) if (\1) else (\3)", text)
        for ours, theirs in ((" = ", " == "), ("2^", "2 ** "), (" div ", " // "), (" mod ", " % ")):
            text = text.replace(ours, theirs)
        return re.sub(r"\b([dab])\b", r"R[\1]", text)

    rules = {
        r"trap": "stop('trap')",
        r"fill": "fill()",
        r"let (\w+) = (.*)": "{} = {}",
        r"d := (.*)": "R[d] = ({}) & MASK",
        r"store\((.*)\)": "store({})",
        r"jump target": "return target if sound else stop('trap')",
        r"jump target when (.*)": "return stop('trap') if not sound else target if {} else next",
        r"dynamic_jump\((.*)\)": "return dynamic_jump({})",
        r"host_call\((.*)\)": "stop('host_call', 'paid', {})",
    }
    found = ((re.fullmatch(rule, action), text) for action in effect.split("; ") for rule, text in rules.items())
    return "; ".join(text.format(*map(python, match.groups())) for match, text in found if match) or "pass"


class Instruction:
    """An instruction of a version with registers of `bits` bits."""

    def __init__(self, name, operands, effect, bits):
        self.name, self.effect, self.bits, self.compiled = name, effect, bits, None
        self.registers = [letter for letter in operands if letter in "dab"]
        self.immediates = [letter for letter in operands if letter in "ijtw"]
        self.branches, self.falls_through = name.startswith("branch_"), not re.search("trap|jump(?!.*when)", effect)
        self.ends_block = self.branches or not self.falls_through or name == "fallthrough"
        self.terminator = self.ends_block and name != "invalid"

    def make(self, *binding):
        """The effect as a function, bound to the primitives of a machine and to operands."""
        if not self.compiled:
            body = "return next if sound else stop('trap')" if self.name == "fallthrough" else translate(self.effect)
            self.compiled = dict(FUNCTIONS, W=self.bits, MASK=2**self.bits - 1)
            operands = "R, load, store, grow, fill, dynamic_jump, d, a, b, i, j, target, next, sound"
            exec(f"def make({operands}):\n def act(): {body}\n return act", self.compiled)
        return self.compiled["make"](*binding)


def opcodes(version, bits):
    """The column of a version in the table of opcodes."""
    column, lacking = {}, {"rv32-1": ".*64|load_u32|load_indirect_u32", "jam-1": "memset|sbrk"}[version]
    for forms, operands, pattern, effect in (row.split(None, 3) for row in TABLE.strip().splitlines()):
        for numbers in forms.split("/"):
            numbers = [int(number) for number in numbers.split(",")]
            for opcode, width in zip(numbers, ("32", "64") if len(numbers) == 2 else ("8", "16", "32", "64")):
                name = pattern.replace("#", width)
                opcode -= version == "jam-1" and (name == "unlikely" or 102 <= opcode <= 111)
                if not re.fullmatch(lacking, name):
                    column[opcode] = Instruction(name, operands, effect.replace("#", width), bits)
            pattern, operands = re.sub("(_#)?$", r"_imm\1", pattern, 1), operands.replace("b", "i")
            effect = re.sub(r"\bb\b", "u(i, W)", effect)
    return column


Version = namedtuple("Version", "name blob_byte bits opcodes invalid")
VERSIONS = {name: Version(name, byte, bits, opcodes(name, bits), Instruction("invalid", "", "trap", bits))
            for name, byte, bits in (("rv32-1", 1, 32), ("jam-1", 3, 64))}
Config = namedtuple("Config", "page_size aux_size dynamic_paging strict gas_model metering arguments",
                    defaults=(4096, 0, False, False, "flat-1", "sync", b""))
Exit = namedtuple("Exit", "status pc next_pc number fault", defaults=(None, None))


class Refused(Exception):
    """A container that can't become a program: phase and reason of [reject.order]."""


def require(condition, reason, phase="decode"):
    if not condition:
        raise Refused(phase, reason)


class Reader:
    """Reads bytes from front to back; what is missing is refused with the reason `short`."""

    def __init__(self, data, short="truncated"):
        self.data, self.short = data, short

    def take(self, count):
        require(count <= len(self.data), self.short)
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        """[blob.varint]"""
        first = self.number(1)
        extra = 8 - (first ^ 0xFF).bit_length()
        require(extra <= 4, "bad_varint")
        rest, low = self.number(extra), u(first, 7 - extra)
        return rest | low if extra == 4 else (low << (8 * extra)) + rest


class Program:
    """A loaded program: what its container says, where its instructions and blocks are, and what blocks cost."""

    def __init__(self, version, container, data, config):
        self.version, self.config, self.code, blob_byte = version, config, None, version.blob_byte
        self.ro_size = self.rw_size = self.stack_size = 0
        self.ro_data, self.rw_data, self.imports_valid, self.exports = b"", b"", True, []
        if container == "polkavm":
            blob_byte = self._read_polkavm(data)
        elif container == "raw":
            self._read_code(data)
        require(blob_byte == version.blob_byte, "version_mismatch", "validate")
        self._check_config(container, config)
        if config.strict:  # [blob.strict]
            require(self.imports_valid, "invalid_import", "validate")
            in_range = all(self.jump_entry(x) < self.length for x in range(self.entries))
            require(in_range, "jump_table_entry_out_of_range", "validate")
            require(all(offset < self.length for offset in self.exports), "export_out_of_range", "validate")
        self._index()
        if version.name == "jam-1":
            self._validate()

    def _read_polkavm(self, data):
        """[blob.magic] to [blob.end]; returns the version byte."""
        readers = {4: self._read_imports, 5: self._read_exports, 6: self._read_code}
        blob, least = Reader(memoryview(data)), 1
        require(blob.take(4) == b"PVM\0", "bad_magic")
        blob_byte = blob.number(1)
        require(blob_byte <= 3, "unknown_version")
        require(blob.number(8) == len(data), "wrong_length")
        while section := blob.number(1):
            require(section >= 128 or least <= section <= 6, "unexpected_section")
            content = blob.take(blob.varint())
            if section == 1:  # [blob.memory_config]
                sizes = Reader(content, "bad_memory_config")
                self.ro_size, self.rw_size, self.stack_size = sizes.varint(), sizes.varint(), sizes.varint()
                require(not sizes.data, "bad_memory_config")
            elif section == 2:  # [blob.ro_data]
                require(len(content) <= self.ro_size, "ro_data_too_long")
                self.ro_data = content
            elif section == 3:  # [blob.rw_data]
                require(len(content) <= self.rw_size, "rw_data_too_long")
                self.rw_data = content
            elif section < 128:
                readers[section](content)
            least = min(section + 1, 128)
        require(self.code is not None, "missing_code")
        return blob_byte

    def _read_imports(self, content):
        """[blob.imports]"""
        reader = Reader(content, "bad_import_table")
        count = reader.varint()
        require(count <= 1024, "too_many_imports")
        bounds = [reader.number(4) for _ in range(count)] + [len(reader.data)]
        self.imports_valid = bounds == sorted(bounds)

    def _read_exports(self, content):
        """[blob.exports]"""
        reader = Reader(content)
        try:
            for _ in range(reader.varint()):
                offset, _ = reader.varint(), reader.take(reader.varint())
                self.exports.append(offset)
        except Refused:
            pass

    def _read_code(self, content):
        """[blob.code], [blob.jump_table] and [blob.bitmask]; also the container `raw`, [raw.layout]."""
        require(content, "missing_code")
        reader = Reader(memoryview(content))
        entries = reader.varint()
        require(entries <= 1 << 24, "too_many_jump_table_entries")
        self.entry_size = reader.number(1)
        require(self.entry_size <= 4, "bad_jump_table_entry_size")
        self.length = reader.varint()
        require(self.length <= 1 << 25, "code_too_long")
        self.jump_table, self.entries = reader.take(entries * self.entry_size), entries if self.entry_size else 0
        self.code = bytes(reader.take(self.length)) + bytes(16)  # [decode.beyond_end]: no operand lies farther behind
        self.bitmask = bytes(reader.data)
        require(len(self.bitmask) == up(self.length, 8) // 8, "bad_bitmask_length")
        require(not self.length % 8 or self.bitmask[-1] >> self.length % 8 == 0, "bad_bitmask_padding")

    def _check_config(self, container, config):
        """[version.select], [map.page_size], [map.layout] and [map.limit]"""
        known = container in ("polkavm", "raw") and config.metering in ("none", "sync", "async")
        known = known and config.gas_model in ("flat-1", "pipeline-1") and not config.arguments
        require(known and not (config.aux_size and config.dynamic_paging), "bad_configuration", "validate")
        require(config.page_size in (4096, 8192, 16384, 32768, 65536), "bad_page_size", "validate")
        self.rw_start = GUARD + up(self.ro_size, GUARD) + GUARD
        self.heap_base = self.rw_start + self.rw_size
        self.aux_start = HALT - up(config.aux_size, GUARD)
        self.stack_top = self.aux_start - GUARD
        low, high = self.rw_start + up(self.rw_size, GUARD) + GUARD, self.stack_top - up(self.stack_size, GUARD)
        require(config.dynamic_paging or low <= high, "memory_too_large", "validate")
        self.max_heap_size = high - GUARD - self.heap_base

    def _index(self):
        """[decode.skip] to [target.valid], for all marked positions at once; costs are those of [gas.flat]."""
        marked = [8 * j + b for j, byte in enumerate(self.bitmask) if byte for b in range(8) if byte >> b & 1]
        self.next = {i: min(after, i + 25) for i, after in zip(marked, marked[1:] + [self.length])}
        self.at = {i: self.version.opcodes.get(self.code[i], self.version.invalid) for i in marked}
        self.block_start, self.targets, self.costs, before = {}, set(), {}, None
        for i in marked:
            near = self.at[before] if before is not None and self.next[before] == i else None  # the predecessor
            self.block_start[i] = 0 if i == 0 else near and (i if near.ends_block else self.block_start[before])
            if i == 0 or near and near.terminator:
                self.targets.add(i)
            before = i
        for i in reversed(marked):  # an implicit invalid instruction costs 1
            self.costs[i] = 1 if self.at[i].ends_block else 1 + self.costs.get(self.next[i], 1)

    def _validate(self):
        """[validate.code]"""
        i = 0
        while i < self.length:
            require(i in self.at, "gap_too_long" if i else "unmarked_instruction", "validate")
            require(self.at[i] is not self.version.invalid, "invalid_opcode", "validate")
            require(self.next[i] < self.length or not self.at[i].falls_through, "falls_off_end", "validate")
            i = self.next[i]

    def jump_entry(self, x):
        """[jump.table]"""
        return int.from_bytes(self.jump_table[x * self.entry_size : (x + 1) * self.entry_size], "little")

    def operands(self, i):
        """The operands of the instruction at i, by their letters: the table of formats, computed."""
        instruction, code = self.at[i], self.code
        registers, immediates, fields = instruction.registers, instruction.immediates, dict.fromkeys("dabijtw", 0)
        low, high, third = (min(x & 15, 12) for x in (code[i + 1], code[i + 1] >> 4, code[i + 2]))
        fields.update(zip(registers, (third, low, high) if len(registers) == 3 else (low, high)))
        at = i + (2 if registers else 1)
        if len(immediates) == 2:  # [decode.length_nibble]: the first one has an explicit length
            at = i + (3 if len(registers) == 2 else 2)
            size = min(4, (code[at - 1] >> 4 if len(registers) == 1 else code[at - 1]) & 7)
            fields[immediates[0]] = s(int.from_bytes(code[at : at + size], "little"), 8 * size or 1)
            at += size
        if immediates == ["w"]:
            fields["i"] = int.from_bytes(code[at : at + 8], "little")
        elif immediates:  # [decode.overrun]: the last one takes what the skip leaves
            size = max(0, min(4, self.next[i] - at))
            fields[immediates[-1]] = s(int.from_bytes(code[at : at + size], "little"), 8 * size or 1)
        return fields


class Memory:
    """Guest memory, mapped or paged. Contents are kept in pages, which are made when they are first written.

    Areas of mapped memory are lists of the start, the end, and the right to write of the guest and of the host; they
    are made of whole pages. In paged memory `present` tells of each page that exists whether it is writable.
    """

    def __init__(self, program):
        self.page_size, self.paged = size, paged = program.config.page_size, program.config.dynamic_paging
        self.contents, self.present = {}, {}
        self.heap_base, self.heap_size, self.max_heap_size = program.heap_base, 0, program.max_heap_size
        self.areas = [] if paged else [
            [program.rw_start, program.rw_start + up(program.rw_size, size), True, True],
            [program.stack_top - up(program.stack_size, size), program.stack_top, True, True],
            [GUARD, GUARD + up(program.ro_size, size), False, False],
            [program.aux_start, program.aux_start + up(program.config.aux_size, size), False, True]]
        if not paged:
            self.put(GUARD, program.ro_data)
            self.put(program.rw_start, program.rw_data)

    def pages(self, address, length):
        """The addresses of the pages that a range touches."""
        return range(address - address % self.page_size, address + length if length else 0, self.page_size)

    def get(self, address, length):
        parts = []
        for page in self.pages(address, length):
            first, last = max(address - page, 0), min(address + length - page, self.page_size)
            parts.append(self.contents[page][first:last] if page in self.contents else bytes(last - first))
        return b"".join(parts)

    def put(self, address, data):
        for page in self.pages(address, len(data)):
            first, last = max(address - page, 0), min(address + len(data) - page, self.page_size)
            if page not in self.contents:
                self.contents[page] = bytearray(self.page_size)
            self.contents[page][first:last] = data[page + first - address : page + last - address]

    def demand(self, address, size, write):
        """[access.range]: returns if the guest may make an access, and ends the run otherwise."""
        for start, end, writable, _ in self.areas:
            if start <= address and address + size <= end and (writable or not write):
                return
        if not self.paged or address < GUARD or address + size > 2**32:  # [paging.low], [access.wrap]
            raise Stop("trap")
        for page in self.pages(address, size):  # [paging.lowest]
            writable = self.present.get(page)
            if not writable and (write or writable is None):
                raise Stop("page_fault", "paid", None, (page, writable is not None))

    def load(self, address, size):
        self.demand(address, size, False)
        return int.from_bytes(self.get(address, size), "little")

    def store(self, address, size, value):
        self.demand(address, size, True)
        self.put(address, u(value, 8 * size).to_bytes(size, "little"))

    def grow(self, size):
        """[heap.grow], [heap.paged]"""
        if self.paged:
            raise Stop("trap")
        if self.heap_size + size > self.max_heap_size:
            return 0
        self.heap_size += size
        end = self.heap_base + self.heap_size
        self.areas[0][1] = max(self.areas[0][1], up(end, self.page_size))
        return end

    def host_may(self, address, length, write):
        """Whether the host may read or write a range: [host.read_memory], [host.write_memory]."""
        if not length or address < GUARD or address + length > 2**32:
            return not length
        if self.paged:
            return all(self.present.get(page) in ((True,) if write else (True, False))
                       for page in self.pages(address, length))
        return any(start <= address and address + length <= end and (writable or not write)
                   for start, end, _, writable in self.areas)

    def host_map(self, address, length, writable, keep=False):
        """[host.map]; [host.unmap], where `writable` is None; [host.protect], where `keep` is true."""
        allowed = self.host_may(address, length, False) if keep else address % self.page_size == 0
        if not allowed or not self.paged or address < GUARD or address + length > 2**32:
            return False
        for page in self.pages(address, length):
            self.present[page] = writable
            if not keep:
                self.contents.pop(page, None)
        return True


class Machine:
    """[entry.state]: a new machine. `observer`, if any, is called with the pc before each instruction."""

    def __init__(self, program, observer=None):
        self.program, self.observer, self.metering = program, observer, program.config.metering
        self.registers, self.gas, self.next_pc, self.continuation = [0] * 13, 0, None, None
        self.memory = memory = Memory(program)
        self.mask, self.acts, self.last = 2**program.version.bits - 1, {}, Exit(None, None, None)
        self.primitives = self.registers, memory.load, memory.store, memory.grow, self._fill, self._dynamic_jump

    def set_pc(self, pc):
        """[resume.set_pc]"""
        self.next_pc, self.continuation = pc, "entry"

    def run(self):
        """[entry.run]; puts the exit into `last`. False if there was nowhere to continue."""
        runs = self.next_pc is not None
        self.last = self._run(self.next_pc, self.program, self.acts) if runs else self.last
        return runs

    def _run(self, pc, program, acts):
        if self.metering != "none" and self.gas < 0:  # [gas.negative]
            return Exit("out_of_gas", None, pc)
        unpaid = pc if self.continuation == "block" else None  # the start of a block that isn't paid yet
        if self.continuation == "entry":  # [entry.pc]
            unpaid = program.block_start.get(pc)
            if unpaid is None:  # [entry.bad_pc]
                return Exit("trap", pc, pc)
        try:
            while True:
                if self.observer:
                    self.observer(pc)
                if unpaid is not None:
                    self._charge(unpaid, pc)
                act, after = acts.get(pc) or self._decode(pc)
                unpaid = act()
                pc = after if unpaid is None else unpaid
        except Stop as end:  # [exit.pc]
            self.continuation = end.resume
            self.next_pc = None if end.resume is None else after if end.status == "host_call" else pc
            nowhere = end.status == "halt" or end.status == "out_of_gas" and end.resume in (None, "entry")
            return Exit(end.status, None if nowhere else pc, self.next_pc, end.number, end.fault)

    def _decode(self, i):
        """Binds the instruction at i to its operands; the result is kept with the position behind it."""
        program, instruction = self.program, self.program.at.get(i, self.program.version.invalid)
        after, f = (program.next[i], program.operands(i)) if i in program.at else (i, dict.fromkeys("dabijt", 0))
        target = u(i + f["t"], 32)
        sound = after < program.length if instruction.name == "fallthrough" else target in program.targets
        sound = sound and (not instruction.branches or after in program.at)
        act = instruction.make(*self.primitives, *(f[letter] for letter in "dabij"), target, after, sound)
        return self.acts.setdefault(i, (act, after))

    def _charge(self, start, pc):
        """[gas.block], for the block at `start` that is entered at `pc`."""
        if self.metering == "none":
            return
        cost = self.program.costs.get(start, 1)
        if self.gas < cost and (start != pc or self.metering == "sync"):  # [entry.mid_block], [gas.sync]
            raise Stop("out_of_gas", "block" if start == pc else "entry")
        self.gas -= cost
        if self.gas < 0:  # [exit.async]
            raise Stop("out_of_gas")

    def _dynamic_jump(self, address):
        """[jump.dynamic]"""
        if address == HALT:
            raise Stop("halt")
        program, x = self.program, address // 2 - 1
        if address == 0 or address % 2 or x >= program.entries or program.jump_entry(x) not in program.targets:
            raise Stop("trap")
        return program.jump_entry(x)

    def _fill(self):
        """[fill.order], in stretches up to the end of a page instead of bytes."""
        registers, memory, count, value = self.registers, self.memory, u(self.registers[9], 32), u(self.registers[8], 8)
        try:
            while count:
                if self.metering == "sync" and self.gas < 1:
                    raise Stop("out_of_gas", "paid")
                address = u(registers[7], 32)
                memory.demand(address, 1, True)
                length = min(count, memory.page_size - address % memory.page_size)
                length = min(length, self.gas) if self.metering == "sync" else length
                self.gas -= length if self.metering != "none" else 0
                memory.put(address, bytes([value]) * length)
                registers[7] = u(registers[7] + length, self.program.version.bits)
                count -= length
        finally:
            registers[9] = count
            if self.metering != "none" and self.gas < 0:  # [exit.async]
                raise Stop("out_of_gas")
