// SPDX-License-Identifier: Apache-2.0 OR MIT
// Numbers from text, and the arithmetic of stdlib.h.
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

int errno;

typedef struct {
  unsigned long long magnitude;
  int is_negative, is_too_large;
} Number;

static int digit_of(char character) {
  if (isdigit(character)) return character - '0';
  if (isalpha(character)) return tolower(character) - 'a' + 10;
  return INT_MAX;
}

// Reads the longest number at `text`; `end` is where it ends, or `text` if there is none.
static Number read_number(const char* text, char** end, int base) {
  Number number = {0, 0, 0};
  const char* at = text;
  while (isspace(*at)) ++at;
  if (*at == '+' || *at == '-') number.is_negative = *at++ == '-';
  const int has_prefix = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') && digit_of(at[2]) < 16;
  if (base == 0) base = has_prefix ? 16 : *at == '0' ? 8 : 10;
  if (base == 16 && has_prefix) at += 2;
  const char* first = at;
  for (int digit; (digit = digit_of(*at)) < base; ++at) {
    number.is_too_large |= __builtin_mul_overflow(number.magnitude, (unsigned)base, &number.magnitude);
    number.is_too_large |= __builtin_add_overflow(number.magnitude, (unsigned)digit, &number.magnitude);
  }
  if (end != NULL) *end = (char*)(at == first ? text : at);
  return number;
}

static long long to_signed(Number number, long long least, long long largest) {
  const unsigned long long limit = (unsigned long long)largest + (unsigned)number.is_negative;
  if (number.is_too_large || number.magnitude > limit) {
    errno = ERANGE;
    return number.is_negative ? least : largest;
  }
  return (long long)(number.is_negative ? 0 - number.magnitude : number.magnitude);
}

static unsigned long long to_unsigned(Number number, unsigned long long largest) {
  if (number.is_too_large || number.magnitude > largest) {
    errno = ERANGE;
    return largest;
  }
  return (number.is_negative ? 0 - number.magnitude : number.magnitude) & largest;
}

long strtol(const char* restrict text, char** restrict end, int base) {
  return (long)to_signed(read_number(text, end, base), LONG_MIN, LONG_MAX);
}
unsigned long strtoul(const char* restrict text, char** restrict end, int base) {
  return (unsigned long)to_unsigned(read_number(text, end, base), ULONG_MAX);
}
long long strtoll(const char* restrict text, char** restrict end, int base) {
  return to_signed(read_number(text, end, base), LLONG_MIN, LLONG_MAX);
}
unsigned long long strtoull(const char* restrict text, char** restrict end, int base) {
  return to_unsigned(read_number(text, end, base), ULLONG_MAX);
}
int atoi(const char* text) {
  return (int)strtol(text, NULL, 10);
}
long atol(const char* text) {
  return strtol(text, NULL, 10);
}
long long atoll(const char* text) {
  return strtoll(text, NULL, 10);
}

int abs(int value) {
  return value < 0 ? -value : value;
}
long labs(long value) {
  return value < 0 ? -value : value;
}
long long llabs(long long value) {
  return value < 0 ? -value : value;
}
div_t div(int a, int b) {
  return (div_t){a / b, a % b};
}
ldiv_t ldiv(long a, long b) {
  return (ldiv_t){a / b, a % b};
}
lldiv_t lldiv(long long a, long long b) {
  return (lldiv_t){a / b, a % b};
}

static unsigned long long random_state = 1;

void srand(unsigned seed) {
  random_state = seed;
}

int rand(void) {
  random_state = random_state * 6364136223846793005U + 1442695040888963407U;
  return (int)(random_state >> 33);
}
