// SPDX-License-Identifier: Apache-2.0 OR MIT
// A JSON tokenizer (RFC 8259) over 48 KiB of generated text, n times: it checks the nesting, decodes escapes, and sums up what it sees.
#include "../bench.h"

enum { text_size = 48 * 1024, deepest = 64 };

static char text[text_size + 64];

typedef struct {
  uint32_t objects, arrays, strings, numbers, words, characters;
  int64_t sum;  // Of the numbers' integer parts.
} Totals;

// ---- The text ----

static char* put_text(char* out, const char* from) {
  while (*from != 0) *out++ = *from++;
  return out;
}

static char* put_number(char* out, uint32_t value) {
  char digits[10];
  int count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) *out++ = digits[--count];
  return out;
}

static char* put_record(char* out, uint64_t* random, uint32_t number) {
  static const char* const names[8] = {"Ada", "Grace", "Alan", "Edsger \\u0044.", "Barbara", "Donald\\tE.", "John \\\"Jack\\\"", "Niklaus"};
  out = put_text(out, "  {\"id\": ");
  out = put_number(out, number);
  out = put_text(out, ", \"name\": \"");
  out = put_text(out, names[random_next(random) % 8]);
  out = put_text(out, "\", \"balance\": -");
  out = put_number(out, random_next(random) % 1000000);
  *out++ = '.';
  out = put_number(out, random_next(random) % 100);
  out = put_text(out, random_next(random) % 2 ? "e+2, \"active\": true, \"tags\": [" : ", \"active\": false, \"tags\": [");
  for (uint32_t tags = random_next(random) % 5; tags > 0; --tags) {
    *out++ = '"';
    for (uint32_t length = 1 + random_next(random) % 12; length > 0; --length) *out++ = (char)('a' + random_next(random) % 26);
    out = put_text(out, tags > 1 ? "\", " : "\"");
  }
  return put_text(out, "], \"parent\": null}");
}

static uint32_t make_text(void) {
  uint64_t random = 1;
  char* out = text;
  *out++ = '[';
  for (uint32_t number = 0; out - text < text_size - 300; ++number) {
    out = put_text(out, number == 0 ? "\n" : ",\n");
    out = put_record(out, &random, number);
  }
  out = put_text(out, "\n]\n");
  *out = 0;
  return (uint32_t)(out - text);
}

// ---- The tokenizer. Functions take the place of a token and give the place behind it, or null for an error. ----

static const char* skip_space(const char* p) {
  while (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') ++p;
  return p;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static const char* escape(const char* p, Totals* totals) {
  uint32_t code = 0;
  switch (*p) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': totals->characters += (uint8_t)*p; return p + 1;
    case 'u':
      for (int i = 1; i <= 4; ++i) {
        const int digit = hex_digit(p[i]);
        if (digit < 0) return 0;
        code = code << 4 | (uint32_t)digit;
      }
      totals->characters += code;
      return p + 5;
    default: return 0;
  }
}

static const char* string(const char* p, Totals* totals) {
  ++totals->strings;
  for (++p; *p != '"';) {
    if ((uint8_t)*p < 0x20) return 0;
    if (*p == '\\') {
      p = escape(p + 1, totals);
      if (!p) return 0;
    } else {
      totals->characters += (uint8_t)*p++;
    }
  }
  return p + 1;
}

static const char* digits(const char* p) {
  if (*p < '0' || *p > '9') return 0;
  while (*p >= '0' && *p <= '9') ++p;
  return p;
}

static const char* number(const char* p, Totals* totals) {
  const bool negative = *p == '-';
  if (negative) ++p;
  if (*p == '0' && p[1] >= '0' && p[1] <= '9') return 0;
  int64_t value = 0;
  const char* end = digits(p);
  if (!end) return 0;
  for (; p < end; ++p) value = value * 10 + (*p - '0');
  if (*p == '.') {
    p = digits(p + 1);
    if (!p) return 0;
  }
  if (*p == 'e' || *p == 'E') {
    p += p[1] == '+' || p[1] == '-' ? 2 : 1;
    p = digits(p);
    if (!p) return 0;
  }
  ++totals->numbers;
  totals->sum += negative ? -value : value;
  return p;
}

static const char* word(const char* p, const char* wanted, Totals* totals) {
  for (; *wanted != 0; ++p, ++wanted) {
    if (*p != *wanted) return 0;
  }
  ++totals->words;
  return p;
}

static const char* scalar(const char* p, Totals* totals) {
  switch (*p) {
    case '"': return string(p, totals);
    case 't': return word(p, "true", totals);
    case 'f': return word(p, "false", totals);
    case 'n': return word(p, "null", totals);
    default: return number(p, totals);
  }
}

// A key and its colon.
static const char* key(const char* p, Totals* totals) {
  if (*p != '"') return 0;
  p = string(p, totals);
  if (!p) return 0;
  p = skip_space(p);
  return *p == ':' ? skip_space(p + 1) : 0;
}

// One value with all that is in it; containers are kept on a stack of their closing characters.
static const char* value(const char* p, Totals* totals) {
  char closing[deepest];
  int depth = 0;
  while (true) {
    p = skip_space(p);
    if (*p == '{' || *p == '[') {
      if (depth == deepest) return 0;
      const bool object = *p == '{';
      closing[depth++] = object ? '}' : ']';
      ++*(object ? &totals->objects : &totals->arrays);
      p = skip_space(p + 1);
      if (*p != closing[depth - 1]) {
        if (object && !(p = key(p, totals))) return 0;
        continue;
      }
    } else {
      p = scalar(p, totals);
      if (!p) return 0;
    }
    for (p = skip_space(p); depth > 0 && *p == closing[depth - 1]; p = skip_space(p + 1)) --depth;
    if (depth == 0) return p;
    if (*p != ',') return 0;
    p = skip_space(p + 1);
    if (closing[depth - 1] == '}' && !(p = key(p, totals))) return 0;
  }
}

BENCH(n) {
  const uint32_t size = make_text();
  uint64_t checksum = size;
  for (uint32_t round = 0; round < n; ++round) {
    Totals totals = {0};
    const char* end = value(text, &totals);
    if (end != text + size) return 0;
    checksum = mixed(checksum, (uint64_t)totals.objects << 32 | totals.arrays);
    checksum = mixed(checksum, (uint64_t)totals.strings << 32 | totals.numbers);
    checksum = mixed(checksum, (uint64_t)totals.words << 32 | totals.characters);
    checksum = mixed(checksum, (uint64_t)totals.sum);
  }
  return checksum;
}
