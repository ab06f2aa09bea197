// SPDX-License-Identifier: Apache-2.0 OR MIT
// The input half of stdio.h.
#include <pvm/host.h>
#include <stdio.h>
#include <string.h>

#include "file.h"

static FILE input = {.descriptor = 0};
FILE* const stdin = &input;

// The first byte of the buffer stays free for ungetc.
enum { start = 1 };

// Fills the empty buffer. Gives 0; EOF: there is no more input.
static int fill(FILE* stream) {
  if (stream->descriptor != 0) stream->has_failed = 1;
  if (stream->has_failed || stream->has_ended) return EOF;
  const intptr_t size = pvm_read(stream->descriptor, stream->buffer + start, BUFSIZ - start);
  if (size < 0) stream->has_failed = 1;
  if (size == 0) stream->has_ended = 1;
  if (size <= 0) return EOF;
  stream->first = start;
  stream->last = start + (size_t)size;
  return 0;
}

// At most `size` bytes of what is there, or as many as one reading gives. 0: there is no more.
static size_t take(FILE* stream, unsigned char* to, size_t size) {
  if (stream->descriptor != 0 || (stream->first == stream->last && fill(stream) != 0)) return 0;
  const size_t there = stream->last - stream->first;
  const size_t taken = size < there ? size : there;
  memcpy(to, stream->buffer + stream->first, taken);
  stream->first += taken;
  return taken;
}

int fgetc(FILE* stream) {
  unsigned char byte;
  return take(stream, &byte, 1) == 1 ? byte : EOF;
}

int getc(FILE* stream) {
  return fgetc(stream);
}

int getchar(void) {
  return fgetc(stdin);
}

int ungetc(int character, FILE* stream) {
  if (character == EOF || stream->descriptor != 0) return EOF;
  if (stream->first == stream->last) stream->first = stream->last = start;
  if (stream->first == 0) return EOF;
  stream->buffer[--stream->first] = (unsigned char)character;
  stream->has_ended = 0;
  return (unsigned char)character;
}

char* fgets(char* restrict to, int size, FILE* restrict stream) {
  if (size <= 0) return NULL;
  char* end = to;
  for (int character = 0; character != '\n' && end - to < size - 1;) {
    character = fgetc(stream);
    if (character == EOF) break;
    *end++ = (char)character;
  }
  if (end == to && size > 1) return NULL;
  *end = 0;
  return to;
}

size_t fread(void* restrict to, size_t size, size_t count, FILE* restrict stream) {
  size_t bytes;
  if (size == 0 || count == 0 || __builtin_mul_overflow(size, count, &bytes)) return 0;
  size_t done = 0;
  for (size_t taken; done < bytes && (taken = take(stream, (unsigned char*)to + done, bytes - done)) > 0;) done += taken;
  return done / size;
}

int feof(FILE* stream) {
  return stream->has_ended;
}

int ferror(FILE* stream) {
  return stream->has_failed;
}

void clearerr(FILE* stream) {
  stream->has_ended = stream->has_failed = 0;
}
