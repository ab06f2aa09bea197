// SPDX-License-Identifier: Apache-2.0 OR MIT
// The output half of stdio.h.
#include <limits.h>
#include <pvm/host.h>
#include <stdio.h>
#include <string.h>

#include "file.h"
#include "format.h"

static FILE output = {.descriptor = 1};
static FILE error_output = {.descriptor = 2, .is_direct = 1};
FILE* const stdout = &output;
FILE* const stderr = &error_output;

static int fail(FILE* stream) {
  stream->has_failed = 1;
  return EOF;
}

// Both give 0, or EOF.
static int write_all(FILE* stream, const unsigned char* data, size_t size) {
  while (size > 0) {
    const intptr_t written = pvm_write(stream->descriptor, data, size);
    if (written <= 0) return fail(stream);
    data += written;
    size -= (size_t)written;
  }
  return 0;
}

static int flush(FILE* stream) {
  const size_t size = stream->last;
  stream->last = 0;
  return write_all(stream, stream->buffer, size);
}

static int put(FILE* stream, const void* data, size_t size) {
  if (stream->descriptor == 0) return fail(stream);
  if (size > BUFSIZ - stream->last && flush(stream) != 0) return EOF;
  if (size > BUFSIZ) return write_all(stream, data, size);
  memcpy(stream->buffer + stream->last, data, size);
  stream->last += size;
  return 0;
}

// What every call ends with: lines don't stay in the buffer.
static int settle(FILE* stream, int has_line) {
  return has_line || stream->is_direct ? flush(stream) : 0;
}

int fflush(FILE* stream) {
  if (stream != NULL) return stream->descriptor == 0 ? 0 : flush(stream);
  const int result = flush(stdout);
  return flush(stderr) != 0 ? EOF : result;
}

int fputc(int character, FILE* stream) {
  const unsigned char byte = (unsigned char)character;
  if (put(stream, &byte, 1) != 0 || settle(stream, byte == '\n') != 0) return EOF;
  return byte;
}

int putc(int character, FILE* stream) {
  return fputc(character, stream);
}

int putchar(int character) {
  return fputc(character, stdout);
}

size_t fwrite(const void* restrict data, size_t size, size_t count, FILE* restrict stream) {
  size_t bytes;
  if (size == 0 || count == 0) return 0;
  if (__builtin_mul_overflow(size, count, &bytes)) return 0;
  if (put(stream, data, bytes) != 0) return 0;
  return settle(stream, memchr(data, '\n', bytes) != NULL) == 0 ? count : 0;
}

int fputs(const char* restrict text, FILE* restrict stream) {
  const size_t size = strlen(text);
  return fwrite(text, 1, size, stream) == size ? 0 : EOF;
}

int puts(const char* text) {
  if (put(stdout, text, strlen(text)) != 0 || put(stdout, "\n", 1) != 0) return EOF;
  return settle(stdout, 1);
}

typedef struct {
  Sink sink;
  FILE* stream;
  int has_line;
} StreamSink;

static void put_in_stream(Sink* sink, const char* data, size_t size) {
  StreamSink* to = (StreamSink*)sink;
  if (to->stream->has_failed) return;
  put(to->stream, data, size);
  to->has_line |= memchr(data, '\n', size) != NULL;
}

int vfprintf(FILE* restrict stream, const char* restrict format, va_list arguments) {
  const unsigned char had_failed = stream->has_failed;
  stream->has_failed = 0;
  StreamSink to = {.sink = {put_in_stream}, .stream = stream};
  int result = pvm_libc_format(&to.sink, format, arguments);
  if (settle(stream, to.has_line) != 0 || stream->has_failed) result = EOF;
  stream->has_failed |= had_failed;
  return result;
}

int vprintf(const char* restrict format, va_list arguments) {
  return vfprintf(stdout, format, arguments);
}

typedef struct {
  Sink sink;
  char* to;
  size_t room;  // one byte for the NUL left out
} MemorySink;

static void put_in_memory(Sink* sink, const char* data, size_t size) {
  MemorySink* memory = (MemorySink*)sink;
  const size_t taken = size < memory->room ? size : memory->room;
  memcpy(memory->to, data, taken);
  memory->to += taken;
  memory->room -= taken;
}

int vsnprintf(char* restrict to, size_t size, const char* restrict format, va_list arguments) {
  MemorySink memory = {.sink = {put_in_memory}, .to = to, .room = size == 0 ? 0 : size - 1};
  const int result = pvm_libc_format(&memory.sink, format, arguments);
  if (size > 0) *memory.to = 0;
  return result;
}

int vsprintf(char* restrict to, const char* restrict format, va_list arguments) {
  return vsnprintf(to, INT_MAX, format, arguments);
}

// Functions of many arguments pass them on.
#define PASS_ON(call)          \
  va_list arguments;           \
  va_start(arguments, format); \
  const int result = call;     \
  va_end(arguments);           \
  return result

int printf(const char* restrict format, ...) {
  PASS_ON(vfprintf(stdout, format, arguments));
}
int fprintf(FILE* restrict stream, const char* restrict format, ...) {
  PASS_ON(vfprintf(stream, format, arguments));
}
int sprintf(char* restrict to, const char* restrict format, ...) {
  PASS_ON(vsprintf(to, format, arguments));
}
int snprintf(char* restrict to, size_t size, const char* restrict format, ...) {
  PASS_ON(vsnprintf(to, size, format, arguments));
}
