// SPDX-License-Identifier: Apache-2.0 OR MIT
// Arithmetic, control flow and data as a compiler makes them; one function for each kind of thing. basic(what, x) gives a number.
#include "records.h"

static const u32 primes[] = {2, 3, 5, 7, 11, 13, 17, 19};
u32 counter = 5;
static u64 zeros[16];
static const char text[] = "the quick brown fox";
extern const char* const words[];
const char* const words[] = {"zero", "one", "two", "three", text};

struct pair {
  u64 a;
  u32 b[5];
  u8 c;
};
static struct pair global_pair = {1, {2, 3, 4, 5, 6}, 7};

__attribute__((noinline)) static struct pair make_pair(u64 a, u8 c) {
  struct pair made = global_pair;
  made.a = a;
  made.b[a % 5] = (u32)(a * 3);
  made.c = c;
  return made;
}

__attribute__((noinline)) static u64 structs(u64 x) {
  struct pair p = make_pair(x, (u8)(x >> 3));
  struct pair q = make_pair(x + 1, (u8)x);
  global_pair = p;
  u64 sum = p.a + q.a + p.c + q.c;
  for (int i = 0; i < 5; ++i) sum = sum * 31 + p.b[i] + q.b[i];
  global_pair = (struct pair){1, {2, 3, 4, 5, 6}, 7};
  return sum;
}

__attribute__((noinline)) static u64 fibonacci(u64 n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static u64 add(u64 a, u64 b) {
  return a + b;
}
static u64 subtract(u64 a, u64 b) {
  return a - b;
}
static u64 multiply(u64 a, u64 b) {
  return a * b;
}
static u64 exclusive(u64 a, u64 b) {
  return a ^ b;
}
typedef u64 (*operation)(u64, u64);
static const operation operations[] = {add, subtract, multiply, exclusive};
static operation changeable = subtract;

__attribute__((noinline)) static u64 pointers(u64 x) {
  u64 sum = operations[1](x, 3) + operations[x % 4](x, 5);
  sum += changeable(sum, x);
  changeable = operations[(x + 1) % 4];
  sum += changeable(x, 2);
  changeable = subtract;
  return sum;
}

__attribute__((noinline)) static u64 choose(u64 x) {
  switch (x % 12) {
    case 0: return 100;
    case 1: return x * 3;
    case 2: return x ^ 0x55;
    case 3: return fibonacci(x % 7);
    case 4: return primes[x % 8];
    case 5: return counter += 2;
    case 6: return ~x;
    case 7: return x / 3 + x % 5;
    case 8: return (u64)words[x % 5][0];
    case 9: return zeros[x % 16] += x;
    case 10: return (u64)(i64)(i32)(x << 31);
    default: return x << (x % 13);
  }
}

__attribute__((noinline)) static u64 strings(u64 x) {
  u64 sum = 0;
  for (const char* p = words[x % 5]; *p != 0; ++p) sum = sum * 33 + (u8)*p;
  return sum;
}

__attribute__((noinline)) static u64 arithmetic(u64 x) {
  const i64 s = (i64)(x * 0x9e3779b97f4a7c15);
  const u32 w = (u32)(x * 0x85ebca6b);
  const i32 v = (i32)w;
  u64 sum = (u64)(s / 7) + (u64)(s % 11) + w / 9 + w % 13 + (u64)(i64)(v / 5) + (u64)(i64)(v % 3);
  sum += (u64)(s >> 17) + ((u64)s >> 41) + (u64)(i64)(v >> 9) + (w >> 21) + (w << 5);
  sum ^= (u64)__builtin_popcountll(x) + (u64)__builtin_clzll(x | 1) * 3 + (u64)__builtin_ctzll(x | 0x8000000000000000) * 5;
  sum += __builtin_bswap64(x) ^ __builtin_bswap32(w);
  sum += (x >> 19 | x << 45) + (w >> 7 | w << 25);
  sum += (s < v ? (u64)s : (u64)v) + (x > w ? x : w);
  sum += (u64)(i64)(signed char)x + (u64)(i64)(short)x + (u16)x;

  return sum + (x & ~sum) + (u64)(s == v) + (u64)(s <= v) * 2 + (u64)(w >= x) * 4;
}

// Local labels as values: a table of code addresses in one function.
__attribute__((noinline)) static u64 computed(u64 x) {
  static const void* const places[] = {&&first, &&second, &&third};
  u64 sum = 1;
  for (int i = 0; i < 6; ++i) {
    goto* places[(x + (u64)i) % 3];
  first:
    sum += x;
    continue;
  second:
    sum *= 3;
    continue;
  third:
    sum ^= x << 2;
  }
  return sum;
}

u64 basic(u32 what, u64 x) {
  switch (what) {
    case 0: return arithmetic(x);
    case 1: return choose(x);
    case 2: return strings(x);
    case 3: return pointers(x);
    case 4: return structs(x);
    case 5: return fibonacci(x % 16);
    case 6: return computed(x);
    default: return 0;
  }
}
EXPORT_TEST(basic)
