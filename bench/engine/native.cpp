// SPDX-License-Identifier: Apache-2.0 OR MIT
// The kernels as ordinary functions.
#include "native.hpp"

#include <cstring>

namespace pvm::bench::native {
namespace {

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

u32 load_u32(const u8* at) {
  u32 value;
  std::memcpy(&value, at, 4);
  return value;
}
u64 load_u64(const u8* at) {
  u64 value;
  std::memcpy(&value, at, 8);
  return value;
}
void store_u32(u8* at, u32 value) {
  std::memcpy(at, &value, 4);
}
void store_u64(u8* at, u64 value) {
  std::memcpy(at, &value, 8);
}
u64 rotate_left(u64 value, unsigned amount) {
  return value << amount | value >> (64 - amount);
}

// Signed words from `first` up to and including `last`.
void sort_words(u8* first, u8* last) {
  while (first < last) {
    const auto pivot = static_cast<std::int32_t>(load_u32(last));
    u8* split = first;
    for (u8* scan = first; scan < last; scan += 4) {
      const u32 value = load_u32(scan);
      if (static_cast<std::int32_t>(value) >= pivot) continue;
      store_u32(scan, load_u32(split));
      store_u32(split, value);
      split += 4;
    }
    const u32 value = load_u32(split);
    store_u32(split, load_u32(last));
    store_u32(last, value);
    sort_words(first, split - 4);
    first = split + 4;
  }
}

}  // namespace

u64 loop(u8*, u64 count) {
  u64 sum = 0;
  do {
    sum += count;
    --count;
    asm volatile("" : "+r"(sum), "+r"(count));  // as many steps as the guest takes
  } while (count != 0);
  return sum;
}

u64 sieve(u8* memory, u64 limit) {
  std::memset(memory, 0, limit);
  for (u64 i = 2; i * i < limit; ++i) {
    if (memory[i] != 0) continue;
    for (u64 j = i * i; j < limit; j += i) memory[j] = 1;
  }
  u64 count = 0;
  for (u64 i = 2; i < limit; ++i) count += memory[i] ^ 1;
  return count;
}

u64 sort(u8* memory, u64 words) {
  u32 random = 12345;
  for (u64 i = 0; i < words; ++i) {
    random = random * 1664525 + 1013904223;
    store_u32(memory + 4 * i, random);
  }
  sort_words(memory, memory + 4 * words - 4);
  u64 sum = 0;
  for (u64 i = 0; i < words; ++i) sum = sum * 31 + load_u32(memory + 4 * i);
  return sum;
}

u64 hash(u8* memory, u64 bytes) {
  constexpr u64 p1 = 0x9e3779b185ebca87, p2 = 0xc2b2ae3d27d4eb4f;
  for (u64 i = 0; i < bytes; i += 8) store_u64(memory + i, i * p1);
  u64 a = p1 + p2, b = p2, c = 0, d = 0 - p1;
  for (u64 i = 0; i < bytes; i += 32) {
    a = rotate_left(a + load_u64(memory + i) * p2, 31) * p1;
    b = rotate_left(b + load_u64(memory + i + 8) * p2, 31) * p1;
    c = rotate_left(c + load_u64(memory + i + 16) * p2, 31) * p1;
    d = rotate_left(d + load_u64(memory + i + 24) * p2, 31) * p1;
  }
  u64 h = rotate_left(a, 1) + rotate_left(b, 7) + rotate_left(c, 12) + rotate_left(d, 18);
  h ^= h >> 33;
  return h * p2;
}

u64 matrix(u8* memory, u64 size) {
  u8 *a = memory, *b = memory + 0x40000, *c = memory + 0x80000;
  for (u64 i = 0; i < size * size; ++i) {
    store_u32(a + 4 * i, static_cast<u32>(i * 7 + 1));
    store_u32(b + 4 * i, static_cast<u32>(i * 3 + 2));
  }
  u64 trace = 0;
  for (u64 row = 0; row < size; ++row) {
    for (u64 column = 0; column < size; ++column) {
      u32 sum = 0;
      for (u64 term = 0; term < size; ++term) sum += load_u32(a + 4 * (row * size + term)) * load_u32(b + 4 * (term * size + column));
      store_u32(c + 4 * (row * size + column), sum);
      trace += sum;
    }
  }
  return trace;
}

// Every place of an 8-byte pattern that comes near in many places and is there never, in a text of two letters.
u64 search(u8* memory, u64 bytes) {
  u32 random = 1;
  for (u64 i = 0; i < bytes; ++i) {
    random = random * 1664525 + 1013904223;
    memory[i] = static_cast<u8>('a' + (random >> 31));
  }
  u8* pattern = memory + 0x200000;
  for (u64 i = 0; i < 8; ++i) pattern[i] = static_cast<u8>(i < 7 ? 'a' : 'c');
  u64 steps = 0;
  for (u64 place = 0; place + 8 <= bytes; ++place) {
    u64 at = 0;
    while (at < 8 && memory[place + at] == pattern[at]) ++at;
    steps += at;
    if (at == 8) return place;
  }
  return steps;
}

__attribute__((noinline)) u64 recursion(u8* memory, u64 number) {
  if (number < 2) return number;
  return recursion(memory, number - 1) + recursion(memory, number - 2);
}

// A machine of one accumulator and one counter: 0 add operand, 1 xor operand, 2 multiply, 3 rotate, 4 decrement and jump back, 5 end.
u64 bytecode(u8* memory, u64 count) {
  constexpr u8 program[] = {0, 17, 1, 99, 2, 5, 3, 13, 0, 201, 1, 7, 4, 0, 5, 0};
  std::memcpy(memory, program, sizeof(program));
  u64 accumulator = 1;
  for (u64 pc = 0;;) {
    const u64 operand = memory[pc + 1];
    const u8 operation = memory[pc];
    pc += 2;
    switch (operation) {
      case 0: accumulator += operand; break;
      case 1: accumulator ^= operand; break;
      case 2: accumulator *= operand; break;
      case 3: accumulator = rotate_left(accumulator, static_cast<unsigned>(operand)); break;
      case 4:
        if (--count != 0) pc = operand;
        break;
      default: return accumulator;
    }
  }
}

u64 copy(u8* memory, u64 rounds) {
  constexpr u64 bytes = 0x10000;
  u8* to = memory + 0x100000;
  for (u64 i = 0; i < bytes; i += 8) store_u64(memory + i, i);
  for (u64 round = 0; round < rounds; ++round) {
    for (u64 i = 0; i < bytes; i += 8) store_u64(to + i, load_u64(memory + i));
    asm volatile("" : : "r"(to) : "memory");
    for (u64 i = 0; i < 4096; ++i) memory[i] = to[i + 1];
    asm volatile("" : : "r"(memory) : "memory");
  }
  return load_u64(to + bytes - 8) + load_u64(memory);
}

u64 divide(u8*, u64 pairs) {
  u64 sum = 0;
  for (u64 i = 1; i <= pairs; ++i) {
    u64 a = i * 0x9e3779b185ebca87, b = i * 48271 + 12345;
    while (b != 0) {
      const u64 rest = a % b;
      a = b;
      b = rest;
    }
    sum += a;
    sum += static_cast<u32>(i * 2654435761u) / static_cast<u32>(i);
  }
  return sum;
}

}  // namespace pvm::bench::native
