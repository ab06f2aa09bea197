/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Strings and memory, as in C11 and POSIX. */
#ifndef PVM_LIBC_STRING_H
#define PVM_LIBC_STRING_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
void* memcpy(void* __restrict to, const void* __restrict from, size_t size);
void* memmove(void* to, const void* from, size_t size);
void* memset(void* to, int value, size_t size);
int memcmp(const void* a, const void* b, size_t size);
int bcmp(const void* a, const void* b, size_t size);
void* memchr(const void* in, int value, size_t size);
void* memrchr(const void* in, int value, size_t size);
size_t strlen(const char* text);
size_t strnlen(const char* text, size_t limit);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t limit);
char* strcpy(char* __restrict to, const char* __restrict from);
char* strncpy(char* __restrict to, const char* __restrict from, size_t size);
char* stpcpy(char* __restrict to, const char* __restrict from);
char* strcat(char* __restrict to, const char* __restrict from);
char* strncat(char* __restrict to, const char* __restrict from, size_t limit);
char* strchr(const char* text, int character);
char* strrchr(const char* text, int character);
char* strstr(const char* text, const char* part);
size_t strspn(const char* text, const char* accepted);
size_t strcspn(const char* text, const char* refused);
char* strpbrk(const char* text, const char* wanted);
char* strtok_r(char* __restrict text, const char* __restrict separators, char** __restrict rest);
char* strtok(char* __restrict text, const char* __restrict separators);
char* strdup(const char* text);
char* strndup(const char* text, size_t limit);
#ifdef __cplusplus
}
#endif
#endif
