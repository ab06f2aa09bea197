// SPDX-License-Identifier: Apache-2.0 OR MIT
// What printf and its relatives share: a format is read once, and each conversion is put where the sink wants it.
#include "format.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  Sink* sink;
  size_t count;
  va_list arguments;
} Output;

typedef struct {
  int is_left, has_plus, has_space, is_alternate, has_zeros;
  int width;
  int precision;  // -1: none
  size_t size;    // of an integer, in bytes
  char conversion;
} Conversion;

enum { most_digits = 3 * sizeof(uintmax_t) };

static void put(Output* output, const char* data, size_t size) {
  if (size > 0) output->sink->put(output->sink, data, size);
  output->count += size;
}

static void pad(Output* output, char character, int count) {
  if (count <= 0) return;
  char some[64];
  memset(some, character, sizeof some);
  for (; count > (int)sizeof some; count -= (int)sizeof some) put(output, some, sizeof some);
  put(output, some, (size_t)count);
}

// A number of the format, or one of the arguments. -1: it is too large.
static int read_count(Output* output, const char** format, int* count) {
  if (**format == '*') {
    ++*format;
    *count = va_arg(output->arguments, int);
    return 0;
  }
  for (*count = 0; **format >= '0' && **format <= '9'; ++*format) {
    if (__builtin_mul_overflow(*count, 10, count) || __builtin_add_overflow(*count, **format - '0', count)) return -1;
  }
  return 0;
}

static void read_flags(const char** format, Conversion* conversion) {
  for (;; ++*format) {
    switch (**format) {
      case '-': conversion->is_left = 1; break;
      case '+': conversion->has_plus = 1; break;
      case ' ': conversion->has_space = 1; break;
      case '#': conversion->is_alternate = 1; break;
      case '0': conversion->has_zeros = 1; break;
      default: return;
    }
  }
}

static size_t read_length(const char** format) {
  const char first = **format;
  const int is_double = (first == 'h' || first == 'l') && (*format)[1] == first;
  switch (first) {
    case 'h': *format += 1 + is_double; return is_double ? sizeof(char) : sizeof(short);
    case 'l': *format += 1 + is_double; return is_double ? sizeof(long long) : sizeof(long);
    case 'j': ++*format; return sizeof(intmax_t);
    case 'z': ++*format; return sizeof(size_t);
    case 't': ++*format; return sizeof(ptrdiff_t);
    default: return sizeof(int);
  }
}

// What follows a '%'. -1: a number in it is too large.
static int read_conversion(Output* output, const char** format, Conversion* conversion) {
  *conversion = (Conversion){.precision = -1};
  read_flags(format, conversion);
  if (read_count(output, format, &conversion->width) != 0) return -1;
  if (conversion->width < 0) {
    if (conversion->width == INT_MIN) return -1;
    conversion->is_left = 1;
    conversion->width = -conversion->width;
  }
  if (**format == '.') {
    ++*format;
    if (read_count(output, format, &conversion->precision) != 0) return -1;
    if (conversion->precision < 0) conversion->precision = -1;
  }
  conversion->size = read_length(format);
  conversion->conversion = **format;
  if (**format != 0) ++*format;
  return 0;
}

static uintmax_t unsigned_argument(Output* output, size_t size) {
  if (size > sizeof(int))
    return size == sizeof(long long) ? va_arg(output->arguments, unsigned long long) : va_arg(output->arguments, size_t);
  const unsigned value = va_arg(output->arguments, unsigned);
  return size == sizeof(char) ? (unsigned char)value : size == sizeof(short) ? (unsigned short)value : value;
}

static intmax_t signed_argument(Output* output, size_t size) {
  if (size > sizeof(int)) return size == sizeof(long long) ? va_arg(output->arguments, long long) : va_arg(output->arguments, ptrdiff_t);
  const int value = va_arg(output->arguments, int);
  return size == sizeof(char) ? (signed char)value : size == sizeof(short) ? (short)value : value;
}

// Writes the digits so that they end before `end`; gives the first. Nothing for 0.
static char* write_digits(char* end, uintmax_t value, unsigned base, int is_upper) {
  const char* digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
  // 64-bit division is slow where registers have 32 bits.
  for (; value > UINT32_MAX; value /= base) *--end = digits[value % base];
  for (uint32_t low = (uint32_t)value; low > 0; low /= base) *--end = digits[low % base];
  return end;
}

static void put_number(Output* output, const Conversion* conversion, const char* prefix, uintmax_t magnitude, unsigned base) {
  char digits[most_digits];
  char* end = digits + sizeof digits;
  const char* first = write_digits(end, magnitude, base, conversion->conversion == 'X');
  const int count = (int)(end - first), prefix_count = (int)strlen(prefix);
  int zeros = (conversion->precision < 0 ? 1 : conversion->precision) - count;
  // The alternate form of an octal number begins with a zero, by a larger precision if need be.
  if (base == 8 && conversion->is_alternate && zeros <= 0) zeros = 1;
  if (zeros < 0) zeros = 0;
  // In this order no sum overflows: width and precision may be as large as an int.
  int spaces = conversion->width > zeros ? conversion->width - zeros - prefix_count - count : 0;
  if (conversion->has_zeros && !conversion->is_left && conversion->precision < 0 && spaces > 0) {
    zeros += spaces;
    spaces = 0;
  }
  if (!conversion->is_left) pad(output, ' ', spaces);
  put(output, prefix, (size_t)prefix_count);
  pad(output, '0', zeros);
  put(output, first, (size_t)count);
  if (conversion->is_left) pad(output, ' ', spaces);
}

static void put_signed(Output* output, const Conversion* conversion) {
  const intmax_t value = signed_argument(output, conversion->size);
  const char* sign = value < 0 ? "-" : conversion->has_plus ? "+" : conversion->has_space ? " " : "";
  put_number(output, conversion, sign, value < 0 ? 0 - (uintmax_t)value : (uintmax_t)value, 10);
}

static void put_unsigned(Output* output, const Conversion* conversion) {
  const uintmax_t value = unsigned_argument(output, conversion->size);
  switch (conversion->conversion) {
    case 'u': put_number(output, conversion, "", value, 10); return;
    case 'o': put_number(output, conversion, "", value, 8); return;
    case 'x': put_number(output, conversion, conversion->is_alternate && value != 0 ? "0x" : "", value, 16); return;
    default: put_number(output, conversion, conversion->is_alternate && value != 0 ? "0X" : "", value, 16);
  }
}

static void put_text(Output* output, const Conversion* conversion, const char* text, size_t size) {
  const int spaces = size < (size_t)conversion->width ? conversion->width - (int)size : 0;
  if (!conversion->is_left) pad(output, ' ', spaces);
  put(output, text, size);
  if (conversion->is_left) pad(output, ' ', spaces);
}

static void put_string(Output* output, const Conversion* conversion) {
  const char* text = va_arg(output->arguments, const char*);
  if (text == NULL) text = "(null)";
  put_text(output, conversion, text, conversion->precision < 0 ? strlen(text) : strnlen(text, (size_t)conversion->precision));
}

static void store_count(Output* output, size_t size) {
  void* to = va_arg(output->arguments, void*);
  const long long count = (long long)output->count;
  switch (size) {
    case 1: *(signed char*)to = (signed char)count; return;
    case 2: *(short*)to = (short)count; return;
    case 4: *(int*)to = (int)count; return;
    default: *(long long*)to = count;
  }
}

// -1: there is no such conversion.
static int put_conversion(Output* output, const Conversion* conversion) {
  switch (conversion->conversion) {
    case 'd':
    case 'i': put_signed(output, conversion); return 0;
    case 'u':
    case 'o':
    case 'x':
    case 'X': put_unsigned(output, conversion); return 0;
    case 'c': {
      const char character = (char)va_arg(output->arguments, int);
      put_text(output, conversion, &character, 1);
      return 0;
    }
    case 's': put_string(output, conversion); return 0;
    case 'p': put_number(output, conversion, "0x", (uintptr_t)va_arg(output->arguments, void*), 16); return 0;
    case 'n': store_count(output, conversion->size); return 0;
    case '%': put(output, "%", 1); return 0;
    default: return -1;
  }
}

static int fail(int reason) {
  errno = reason;
  return -1;
}

int pvm_libc_format(Sink* sink, const char* format, va_list arguments) {
  Output output = {.sink = sink};
  va_copy(output.arguments, arguments);
  int result = 0;
  while (result == 0 && *format != 0) {
    if (*format != '%') {
      const size_t size = strcspn(format, "%");
      put(&output, format, size);
      format += size;
      continue;
    }
    ++format;
    Conversion conversion;
    if (read_conversion(&output, &format, &conversion) != 0) result = fail(EOVERFLOW);
    if (result == 0 && put_conversion(&output, &conversion) != 0) result = fail(EINVAL);
  }
  va_end(output.arguments);
  if (result == 0 && output.count > INT_MAX) result = fail(EOVERFLOW);
  return result == 0 ? (int)output.count : result;
}
