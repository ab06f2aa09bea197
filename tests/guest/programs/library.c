// SPDX-License-Identifier: Apache-2.0 OR MIT
// Prints what the library and the compiler's runtime come to. Made for the guest and for this machine, it must print the same: nothing here
// depends on the size of a pointer or of a long.
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

static uint64_t random_number(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Numbers of all lengths.
static uint64_t any_number(void) {
  const uint64_t value = random_number();
  const int shift = (int)(random_number() % 64);
  return random_number() % 2 == 0 ? value >> shift : UINT64_MAX << shift;
}

static uint64_t digest = 14695981039346656037U;

static void add(uint64_t value) {
  for (int i = 0; i < 8; ++i) digest = (digest ^ (value >> (8 * i) & 0xff)) * 1099511628211U;
}

static void add_text(const char* text) {
  while (*text != 0) add((unsigned char)*text++);
}

static void finish(const char* what) {
  printf("%-12s %016" PRIx64 "\n", what, digest);
}

static void arithmetic(void) {
  for (int i = 0; i < 2000; ++i) {
    const uint64_t a = any_number(), b = any_number();
    const int count = (int)(b % 64);
    add(a * b);
    add(a << count);
    add(a >> count);
    add((uint64_t)((int64_t)a >> count));
    add(a << count | a >> (-count & 63));
    add((uint64_t)__builtin_popcountll(a));
    if (a != 0) add((uint64_t)(__builtin_clzll(a) * 64 + __builtin_ctzll(a)));
    add(__builtin_bswap64(a));
    if (b == 0) continue;
    add(a / b);
    add(a % b);
    if ((int64_t)a == INT64_MIN && (int64_t)b == -1) continue;
    add((uint64_t)((int64_t)a / (int64_t)b));
    add((uint64_t)((int64_t)a % (int64_t)b));
  }
  finish("arithmetic");
}

static void overflows(void) {
  for (int i = 0; i < 2000; ++i) {
    const uint64_t a = any_number(), b = any_number();
    uint64_t u;
    int64_t s;
    add((uint64_t)__builtin_mul_overflow(a, b, &u) + u);
    add((uint64_t)__builtin_mul_overflow((int64_t)a, (int64_t)b, &s) + (uint64_t)s);
    add((uint64_t)__builtin_add_overflow(a, b, &u) + u);
    add((uint64_t)__builtin_sub_overflow((int64_t)a, (int64_t)b, &s) + (uint64_t)s);
  }
  finish("overflows");
}

static void atomics(void) {
  static uint64_t wide;
  static uint32_t word;
  static uint8_t byte;
  for (int i = 0; i < 500; ++i) {
    const uint64_t value = any_number();
    uint64_t expected = i % 2 == 0 ? wide : value;
    add(__atomic_fetch_add(&wide, value, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_sub(&wide, value >> 1, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_and(&wide, value | 0xffff, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_or(&wide, value, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_xor(&wide, value << 3, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_nand(&wide, value, __ATOMIC_SEQ_CST));
    add(__atomic_compare_exchange_n(&wide, &expected, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    add(expected);
    add(__atomic_exchange_n(&wide, value, __ATOMIC_SEQ_CST));
    add(__atomic_load_n(&wide, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_add(&word, (uint32_t)value, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_nand(&word, (uint32_t)value, __ATOMIC_SEQ_CST));
    add(__atomic_exchange_n(&word, (uint32_t)(value >> 8), __ATOMIC_SEQ_CST));
    add(__atomic_fetch_add(&byte, (uint8_t)value, __ATOMIC_SEQ_CST));
    add(__atomic_fetch_xor(&byte, (uint8_t)value, __ATOMIC_SEQ_CST));
    __atomic_store_n(&wide, value * 3, __ATOMIC_SEQ_CST);
  }
  finish("atomics");
}

static void formats(void) {
  char text[200];
  for (int i = 0; i < 500; ++i) {
    const uint64_t value = any_number();
    const int size = snprintf(text, sizeof text, "[%5d|%-9x|%+i|%#o|%08X|%.3u|%c|%.*s|%*d]", (int)value, (unsigned)value, (int)(value >> 9),
                              (unsigned)value, (unsigned)value, (unsigned)value % 1000, (int)('a' + value % 26), (int)(value % 9),
                              "precision", (int)(value % 20) - 10, 7);
    add((uint64_t)size);
    add_text(text);
    add((uint64_t)snprintf(text, value % 30, "%" PRId64 " %" PRIu64 " %" PRIx64 " %hhd %hu", (int64_t)value, value, value,
                           (int)value & 0x7f, (unsigned)value & 0xffff));
    if (value % 30 > 0) add_text(text);
  }
  finish("formats");
}

static void numbers(void) {
  static const char* const texts[] = {
      "0",  "-1", "  42",      "0x1fz", "077", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
      "zz", "+",  "2147483648"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    for (int base = 0; base <= 36; base += base == 0 ? 2 : 1) {
      char* end;
      add((uint64_t)strtoll(texts[i], &end, base));
      add((uint64_t)(end - texts[i]));
      add(strtoull(texts[i], &end, base));
    }
  }
  finish("numbers");
}

static int compare(const void* a, const void* b) {
  const uint64_t left = *(const uint64_t*)a, right = *(const uint64_t*)b;
  return (left > right) - (left < right);
}

static void sorting(void) {
  enum { count = 700 };
  uint64_t* items = malloc(count * sizeof *items);
  for (int i = 0; i < count; ++i) items[i] = any_number() % 1000;
  qsort(items, count, sizeof *items, compare);
  for (int i = 0; i < count; ++i) add(items[i]);
  const uint64_t key = items[17];
  const uint64_t* found = bsearch(&key, items, count, sizeof *items, compare);
  add(found == NULL ? 0 : *found);
  free(items);
  finish("sorting");
}

static void heap(void) {
  enum { count = 64 };
  static unsigned char* blocks[count];
  static size_t sizes[count];
  for (int i = 0; i < 3000; ++i) {
    const size_t which = random_number() % count;
    const size_t size = random_number() % 3000;
    for (size_t k = 0; k < sizes[which]; k += 97) add(blocks[which][k]);
    if (i % 3 == 0) {
      free(blocks[which]);
      blocks[which] = calloc(1, size + 1);
    } else {
      blocks[which] = realloc(blocks[which], size + 1);
    }
    memset(blocks[which], i & 0xff, size);
    sizes[which] = size;
  }
  finish("heap");
}

static void strings(void) {
  char text[300] = "";
  for (int i = 0; i < 200; ++i) {
    const char letters[2] = {(char)('a' + random_number() % 26), 0};
    strcat(text, letters);
  }
  char moved[300];
  for (size_t shift = 0; shift < 40; ++shift) {
    memcpy(moved, text, sizeof moved);
    memmove(moved + shift, moved + 13, 150);
    add_text(moved);
    add((uint64_t)(memcmp(moved, text, 100) > 0));
    add(strspn(moved + shift, "abcdefghijklm") + strcspn(moved + shift, "xyz"));
  }
  add((uint64_t)(strstr(text, text + 190) - text));
  add((uint64_t)(strrchr(text, 'e') - strchr(text, 'e')));
  for (char* token = strtok(text, "aeiou"); token != NULL; token = strtok(NULL, "aeiou")) add_text(token);
  for (int c = 0; c < 128; ++c) {
    add((uint64_t)((isalpha(c) != 0) | (isdigit(c) != 0) << 1 | (ispunct(c) != 0) << 2 | (isspace(c) != 0) << 3) + (uint64_t)toupper(c));
  }
  finish("strings");
}

// Jumps by table, and calls by pointer.
static int choose(int which, int value) {
  switch (which) {
    case 0: return value + 3;
    case 1: return value * 5;
    case 2: return value ^ 0x55;
    case 3: return value >> 1;
    case 4: return -value;
    case 5: return value % 7;
    case 6: return abs(value);
    default: return 1;
  }
}

static int (*const by_pointer[])(int) = {isalpha, isdigit, toupper, tolower};

static void jumps(void) {
  for (int i = 0; i < 300; ++i) {
    const int value = (int)(random_number() & 0xffff);
    add((uint64_t)choose(value % 8, value));
    add((uint64_t)(by_pointer[value % 4](value % 128) != 0));
  }
  finish("jumps");
}

int main(void) {
  arithmetic();
  overflows();
  atomics();
  formats();
  numbers();
  sorting();
  heap();
  strings();
  jumps();
  return 0;
}
