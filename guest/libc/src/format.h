/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text from a format and values, for whoever takes it piece by piece. */
#ifndef PVM_LIBC_FORMAT_H
#define PVM_LIBC_FORMAT_H
#include <stdarg.h>
#include <stddef.h>

typedef struct Sink Sink;
struct Sink {
  void (*put)(Sink* sink, const char* data, size_t size);
};

/* Gives how many characters were put. -1, with errno: the format isn't supported (EINVAL), or the text is too long (EOVERFLOW). */
int pvm_libc_format(Sink* sink, const char* format, va_list arguments);
#endif
