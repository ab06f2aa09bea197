/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The three standard streams, and text from values. No files. Formats: d i u o x X c s p n %, with flags, width, precision and the lengths
 * hh h l ll j z t; no floating point. Output is written at the end of each line, when a stream's buffer is full, and at the program's end.
 */
#ifndef PVM_LIBC_STDIO_H
#define PVM_LIBC_STDIO_H
#include <stdarg.h>
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
#define EOF (-1)
#define BUFSIZ 1024

typedef struct pvm_file FILE;
extern FILE* const stdin;
extern FILE* const stdout;
extern FILE* const stderr;

__attribute__((format(printf, 1, 2))) int printf(const char* __restrict format, ...);
__attribute__((format(printf, 2, 3))) int fprintf(FILE* __restrict stream, const char* __restrict format, ...);
__attribute__((format(printf, 2, 3))) int sprintf(char* __restrict to, const char* __restrict format, ...);
__attribute__((format(printf, 3, 4))) int snprintf(char* __restrict to, size_t size, const char* __restrict format, ...);
int vprintf(const char* __restrict format, va_list arguments);
int vfprintf(FILE* __restrict stream, const char* __restrict format, va_list arguments);
int vsprintf(char* __restrict to, const char* __restrict format, va_list arguments);
int vsnprintf(char* __restrict to, size_t size, const char* __restrict format, va_list arguments);

int putchar(int character);
int putc(int character, FILE* stream);
int fputc(int character, FILE* stream);
int puts(const char* text);
int fputs(const char* __restrict text, FILE* __restrict stream);
size_t fwrite(const void* __restrict data, size_t size, size_t count, FILE* __restrict stream);
/* NULL: all streams. */
int fflush(FILE* stream);

int getchar(void);
int getc(FILE* stream);
int fgetc(FILE* stream);
int ungetc(int character, FILE* stream);
char* fgets(char* __restrict to, int size, FILE* __restrict stream);
size_t fread(void* __restrict to, size_t size, size_t count, FILE* __restrict stream);
int feof(FILE* stream);
int ferror(FILE* stream);
void clearerr(FILE* stream);
#ifdef __cplusplus
}
#endif
#endif
