#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What some example programs must give, computed in another way: by Python's library, by definition, or by plain Python.

usage: independent.py [NAME...]     compares with the small results in guest/examples/expected.json; exit code 1 if any differs

Not here: cpu6502, dct, lz, simulation (their results depend on their own formats), language (checks every result itself).
"""
import hashlib
import itertools
import json
import pathlib
import re
import sys
import zlib

MASK = (1 << 64) - 1
EXPECTED = pathlib.Path(__file__).resolve().parents[3] / "guest" / "examples" / "expected.json"


def mixed(checksum, value):
    checksum = (checksum ^ value) * 0x9E3779B97F4A7C15 & MASK
    return checksum ^ checksum >> 29


class Random:
    """The generator of bench.h."""

    def __init__(self):
        self.state = 1

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return self.state >> 32


def message(size):
    return bytes((i * 7 + (i >> 8)) & 255 for i in range(size))


def first_eight(digest):
    return int.from_bytes(digest[:8], "big")


def minimal(n):
    return n + 1


def sieve(n):
    primes = [p for p in range(2, n + 1) if all(p % d for d in range(2, int(p**0.5) + 1))]
    return len(primes) << 32 | sum(primes) & 0xFFFFFFFF


def sha256(n):
    return first_eight(hashlib.sha256(message(64 * n + 17)).digest())


def blake2b(n):
    return first_eight(hashlib.blake2b(message(128 * n + 17)).digest())


def keccak(n):
    return first_eight(hashlib.sha3_256(message(136 * n + 17)).digest())


def x25519(scalar, point):
    p = 2**255 - 19
    k = int.from_bytes(scalar, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    x1 = int.from_bytes(point, "little") % (1 << 255)
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in range(254, -1, -1):
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        x3, z3 = (d * a + c * b) ** 2 % p, x1 * (d * a - c * b) ** 2 % p
        e = a * a - b * b
        x2, z2 = a * a * b * b % p, e * (a * a + 121665 * e) % p
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")


def field25519(n):
    scalar = point = (9).to_bytes(32, "little")
    for _ in range(n):
        scalar, point = x25519(scalar, point), scalar
    return first_eight(scalar)


def gf_product(a, b):
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def aes_sbox():
    box = []
    for i in range(256):
        inverse = next((j for j in range(256) if gf_product(i, j) == 1), 0)
        bits = inverse * 0x101
        box.append((inverse ^ bits >> 7 ^ bits >> 6 ^ bits >> 5 ^ bits >> 4) & 255 ^ 0x63)
    return box


def aes(n):
    box, key = aes_sbox(), bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    words, constant = [key[i:i + 4] for i in range(0, 16, 4)], 1
    while len(words) < 44:
        word = words[-1]
        if len(words) % 4 == 0:
            word = bytes(box[b] for b in word[1:] + word[:1])
            word = bytes([word[0] ^ constant]) + word[1:]
            constant = gf_product(constant, 2)
        words.append(bytes(x ^ y for x, y in zip(word, words[-4])))
    keys = [b"".join(words[i:i + 4]) for i in range(0, 44, 4)]
    random, chain, checksum = Random(), bytes(16), 0
    for _ in range(n):
        plain = b"".join(random.next().to_bytes(4, "big") for _ in range(4))
        state = bytes(x ^ y ^ z for x, y, z in zip(plain, chain, keys[0]))
        for number in range(1, 11):
            state = bytes(box[state[(i + i % 4 * 4) % 16]] for i in range(16))
            if number < 10:
                columns = [state[i:i + 4] for i in range(0, 16, 4)]
                state = bytes(gf_product(c[i], 2) ^ gf_product(c[(i + 1) % 4], 3) ^ c[(i + 2) % 4] ^ c[(i + 3) % 4]
                              for c in columns for i in range(4))
            state = bytes(x ^ y for x, y in zip(state, keys[number]))
        chain = state
        checksum += int.from_bytes(state[:4] + state[12:], "big")
    return checksum & MASK


def crc32(n):
    random = Random()
    data = bytes(random.next() >> 24 for _ in range(8192))
    return zlib.crc32(b"".join(data[i % 8 * 1024:i % 8 * 1024 + 1024] for i in range(n)))


def quicksort(n):
    random = Random()
    return sum((i + 1) * number for i, number in enumerate(sorted(random.next() for _ in range(n)))) & MASK


def hashmap(n):
    random, entries, checksum = Random(), {}, 0
    for i in range(n):
        choice, key = random.next() >> 16, random.next() % (1 << 15)
        if choice % 6 < 3:
            checksum += entries.get(key, 0)
        elif choice % 6 < 5:
            entries[key] = i
        else:
            checksum += entries.pop(key, None) is not None
    return checksum << 16 & MASK ^ len(entries)


def matrix(n):
    random, size, checksum = Random(), 96, 0
    pairs = [[(random.next(), random.next()) for _ in range(size)] for _ in range(size)]
    left, columns = [[a for a, _ in row] for row in pairs], list(zip(*[[b for _, b in row] for row in pairs]))
    for _ in range(n):
        product = [[sum(map(int.__mul__, row, column)) & MASK for column in columns] for row in left]
        checksum += sum(map(sum, product))
        left = [[value >> 24 & 0xFFFF for value in row] for row in product]
    return checksum & MASK


def nqueens(n):
    return sum(len({q + i for i, q in enumerate(p)}) == len({q - i for i, q in enumerate(p)}) == n
               for p in itertools.permutations(range(n)))


def json_text():
    random, out, size = Random(), ["["], 1
    names = ["Ada", "Grace", "Alan", "Edsger \\u0044.", "Barbara", "Donald\\tE.", 'John \\"Jack\\"', "Niklaus"]
    while size < 48 * 1024 - 300:
        text = "\n" if len(out) == 1 else ",\n"
        text += f'  {{"id": {len(out) - 1}, "name": "{names[random.next() % 8]}", '
        text += f'"balance": -{random.next() % 1000000}.{random.next() % 100}'
        text += 'e+2, "active": true, "tags": [' if random.next() % 2 else ', "active": false, "tags": ['
        tags = []
        for _ in range(random.next() % 5):
            tags.append("".join(chr(97 + random.next() % 26) for _ in range(1 + random.next() % 12)))
        out.append(text + ", ".join(f'"{tag}"' for tag in tags) + '], "parent": null}')
        size += len(out[-1])
    return "".join(out) + "\n]\n"


def json_program(n):
    text, checksum = json_text(), 0
    checksum = len(text)
    json.loads(text)
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    rest = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    numbers = re.findall(r"-?[0-9.]+(?:e\+2)?", rest)
    # Of an escape, the letter counts; of \u, the character.
    characters = sum(sum(map(ord, re.sub(r"\\(.)", r"\1", re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), s)))) for s in strings)
    total = sum(int(re.match(r"-?[0-9]+", number)[0]) for number in numbers)
    for _ in range(n):
        checksum = mixed(checksum, rest.count("{") << 32 | rest.count("["))
        checksum = mixed(checksum, len(strings) << 32 | len(numbers))
        checksum = mixed(checksum, len(re.findall("true|false|null", rest)) << 32 | characters)
        checksum = mixed(checksum, total & MASK)
    return checksum


def regex(n):
    words = ["error: ", "warning: ", "ada@example.org ", "2026-11-25 ", "0x1f3c ", "abababb ", "aaaaaaaa ", "path/to/file.c ",
             "x = y + 12; ", '"quoted" ', "not.an.address ", "(nested (text)) ", "END ", "127.0.0.1 ", "aab ", "foo_bar "]
    patterns = ["(error|warning): .*[0-9]+", r"[a-z]+@[a-z]+\.(com|org|net)", "^[0-9]+-[0-9]+-[0-9]+", "(a|b)*abb",
                r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+", "0x[0-9a-f]+ ", '"[^"]*"', "[A-Za-z_]+(/[a-z.]+)+ *$"]
    patterns = [re.compile(pattern) for pattern in patterns]
    random, checksum = Random(), 0
    for _ in range(n):
        line = "".join(words[random.next() % 16] for _ in range(1 + random.next() % 4))
        for pattern in patterns:
            found = pattern.search(line)
            checksum = checksum * 31 + (found.start() + 1 << 16 | found.end() if found else 0) & MASK
    return checksum


def bytecode(n):
    most, best = 0, 0
    for start in range(1, n):
        steps, number = 0, start
        while number > 1:
            number = number * 3 + 1 if number % 2 else number // 2
            steps += 1
        if steps > most:
            most, best = steps, start
    limit, divisors = 1 + n // 1024, 0
    for pair in itertools.product(range(1, limit), repeat=2):
        a, b = pair
        while b:
            a, b = b, a % b
        divisors += a
    checksum = mixed(mixed(0, most * 1000000000 + best & MASK), divisors)
    return mixed(checksum, sum(sum(map(int, str(number))) for number in range(n)))


def strsearch(n):
    syllables = ["the ", "ra", "in ", "of ", "spa", "mul", "ti", "pli", "ca", "tion ", "a", "b", "ab", "ing ", "er ", "e"]
    patterns = ["the rain in spa", "multiplication", "ab", "aabab", "tion of the ", "zebra", "e", "catering", "abababab",
                "spainer ", "multimul", "in the ering "]
    random, text = Random(), ""
    while len(text) < 1 << 14:
        text += syllables[random.next() % 16]
    text, checksum = text[:1 << 14], 0
    for number in range(n):
        for i in range(12):
            pattern = patterns[(i + number) % 12]
            checksum = mixed(checksum, sum(text.startswith(pattern, place) for place in range(len(text))))
    return checksum


def recursion(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    checksum = a
    for i in range(n // 3 + 1):
        checksum = mixed(checksum, 2 * 8 * i + 3)  # Ackermann's function of 2 and 8i.
    x, y, z = n * 6 // 10, n * 3 // 10, 0
    checksum = mixed(checksum, takeuchi(x, y, z))
    disks = n * 2 // 3
    checksum = mixed(checksum, 2**disks - 1)
    for _ in range(disks):
        checksum = mixed(checksum, 2)
    return checksum


def takeuchi(x, y, z):
    """The variant that gives z where y >= x."""
    return z if y >= x else takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y))


def linked_list(n):
    random, count, checksum = Random(), 1 << 12, 0

    def follow(nodes, checksum):
        for key, payload in nodes:
            checksum = checksum * 31 + (key ^ payload) & MASK
        return checksum

    for _ in range(n):
        for i in range(count - 1, 0, -1):  # The order in memory, which changes no result.
            random.next()
        nodes = [(random.next(), i) for i in range(count)][::-1]
        for _ in range(8):
            checksum = follow(nodes, checksum)
        nodes.reverse()
        checksum = follow(nodes, checksum)
        nodes.sort(key=lambda node: node[0])
        checksum = follow(nodes, checksum)
    return checksum


def memory(n):
    random, checksum, largest = Random(), 0, 1 << 16
    data = bytearray((i * 7 + (i >> 8)) & 255 for i in range(1 << 17))
    for number in range(n):
        size = 1024
        while size <= largest:
            place = random.next() % 997
            data[largest:largest + size - place] = data[place:size]
            data[place:place + size] = data[place // 2:place // 2 + size]
            data[largest + place:largest + place + size // 4] = bytes([(number + size // 1024) & 255]) * (size // 4)
            checksum += data[:size] == data[largest:largest + size]
            size *= 2
        for small in range(1, 200, 3):
            place = random.next() % (largest - 256)
            data[place:place + small] = data[place + 200:place + 200 + small]
            data[place + small:place + small + small // 2] = bytes([small]) * (small // 2)
        for i in range(0, 1 << 17, 4099):
            checksum = mixed(checksum, data[i])
    return checksum & MASK


def pi(n):
    unit = 10 ** (n + 20)

    def arctangent(x):
        total, term, odd = 0, unit // x, 1
        while term:
            total += term // odd if odd % 4 == 1 else -(term // odd)
            term //= x * x
            odd += 2
        return total

    decimals = str((16 * arctangent(5) - 4 * arctangent(239)) // 10**20)[1:]
    return sum(int(decimals[i:i + 9]) * (i // 9 + 1) for i in range(0, n, 9)) & MASK


def editdistance(n):
    random, checksum = Random(), 0
    a, b = zip(*[(random.next() % 4, random.next() % 4) for _ in range(512)])
    a, b = list(a), list(b)
    for _ in range(n):
        row = list(range(513))
        for i, x in enumerate(a):
            above, row = row, [i + 1]
            for j, y in enumerate(b):
                row.append(min(above[j] + (x != y), above[j + 1] + 1, row[j] + 1))
        checksum = checksum * 31 + row[-1] & MASK
        for text in (a, b):
            place = random.next() % 512
            text[place] = random.next() % 4
    return checksum


def mandelbrot(n):
    total, unit = 0, 1 << 28
    for row, column in itertools.product(range(n), repeat=2):
        x0, y0 = 3 * (column * unit) // n - 9 * unit // 4, 3 * (row * unit) // n - 3 * unit // 2
        x = y = count = 0
        while count < 200:
            xx, yy = x * x >> 28, y * y >> 28
            if xx + yy > 4 * unit:
                break
            x, y = xx - yy + x0, 2 * (x * y >> 28) + y0
            count += 1
        total += count
    return total


def bits(n):
    random, words, checksum = Random(), 1024, 0
    sets = [(random.next() << 32 | random.next(), random.next() << 32 | random.next()) for _ in range(words)]
    some, other = map(list, zip(*sets))

    def swapped(x):
        return int.from_bytes(x.to_bytes(8, "little"), "big")

    def signed(x, width):
        x &= (1 << width) - 1
        return (x - (1 << width) if x >> (width - 1) else x) & MASK

    for number in range(n):
        checksum = checksum + sum(bin(x & ~y & MASK).count("1") * (i % 7 + 1) for i, (x, y) in enumerate(zip(some, other))) & MASK
        total = 0
        for i, x in enumerate(some):
            for place in range(64):
                if x >> place & 1:
                    total = total * 3 + i * 64 + place & MASK
        checksum = mixed(checksum, total)
        by, whole = number % 63 + 1, sum(x << 64 * i for i, x in enumerate(some))
        whole = (whole << by | whole >> (64 * words - by)) & (1 << 64 * words) - 1
        some = [whole >> 64 * i & MASK for i in range(words)]
        for i in range(0, words, 16):
            x, mask = some[i], other[i]
            zeros = 64 - max(x | 1, 1).bit_length()
            packed = sum((x >> place & 1) << k for k, place in enumerate(place for place in range(64) if mask >> place & 1))
            turned = (mask << zeros | mask >> (64 - zeros)) & MASK
            checksum = checksum + (packed ^ int(f"{x:064b}"[::-1], 2) ^ turned) & MASK
            other[i] = mask ^ swapped(x) ^ signed(x, 8) ^ signed(x >> 32, 16)
    return checksum


PROGRAMS = {
    "minimal": minimal, "sieve": sieve, "sha256": sha256, "blake2b": blake2b, "keccak": keccak, "field25519": field25519, "aes": aes,
    "crc32": crc32, "quicksort": quicksort, "hashmap": hashmap, "matrix": matrix, "nqueens": nqueens, "json": json_program,
    "regex": regex, "bytecode": bytecode, "strsearch": strsearch, "recursion": recursion, "list": linked_list, "memory": memory,
    "pi": pi, "editdistance": editdistance, "mandelbrot": mandelbrot, "bits": bits,
}


def main():
    expected = json.loads(EXPECTED.read_text())
    failed = False
    for name in sys.argv[1:] or PROGRAMS:
        case = expected[name]["test"]
        result = f"0x{PROGRAMS[name](case['n']):016x}"
        if result != case["result"]:
            failed = True
            print(f"{name}: {case['n']}: expected.json has {case['result']}, but it must be {result}")
    print("independent results: " + ("DIFFERENT" if failed else "all the same"))
    return failed


if __name__ == "__main__":
    sys.exit(main())
