// SPDX-License-Identifier: Apache-2.0 OR MIT
// The guest's C library as this machine's tests see it: every function with a prefix.
#pragma once

#include <cstdarg>
#include <cstddef>
#include <cstdint>

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;

extern "C" {
struct pvm_file;
using Compare = int(const void*, const void*);

extern pvm_file* const guest_stdin;
extern pvm_file* const guest_stdout;
extern pvm_file* const guest_stderr;
extern int guest_errno;

int guest_printf(const char* format, ...);
int guest_fprintf(pvm_file* stream, const char* format, ...);
int guest_snprintf(char* to, size_t size, const char* format, ...);
int guest_sprintf(char* to, const char* format, ...);
int guest_puts(const char* text);
int guest_fputs(const char* text, pvm_file* stream);
int guest_putchar(int character);
int guest_fputc(int character, pvm_file* stream);
size_t guest_fwrite(const void* data, size_t size, size_t count, pvm_file* stream);
int guest_fflush(pvm_file* stream);
int guest_getchar();
int guest_ungetc(int character, pvm_file* stream);
char* guest_fgets(char* to, int size, pvm_file* stream);
size_t guest_fread(void* to, size_t size, size_t count, pvm_file* stream);
int guest_feof(pvm_file* stream);
int guest_ferror(pvm_file* stream);
void guest_clearerr(pvm_file* stream);

void* guest_malloc(size_t size);
void* guest_calloc(size_t count, size_t size);
void* guest_realloc(void* block, size_t size);
void guest_free(void* block);
[[noreturn]] void guest_exit(int code);
[[noreturn]] void guest_abort();
int guest_atexit(void (*function)());
[[noreturn]] void guest_pvm_libc_assert_failed(const char* condition, const char* file, int line, const char* function);

long guest_strtol(const char* text, char** end, int base);
unsigned long guest_strtoul(const char* text, char** end, int base);
long long guest_strtoll(const char* text, char** end, int base);
unsigned long long guest_strtoull(const char* text, char** end, int base);
int guest_atoi(const char* text);
int guest_abs(int value);
long guest_labs(long value);
void guest_qsort(void* items, size_t count, size_t size, Compare* compare);
void* guest_bsearch(const void* key, const void* items, size_t count, size_t size, Compare* compare);

void* guest_memcpy(void* to, const void* from, size_t size);
void* guest_memmove(void* to, const void* from, size_t size);
void* guest_memset(void* to, int value, size_t size);
int guest_memcmp(const void* a, const void* b, size_t size);
void* guest_memchr(const void* in, int value, size_t size);
void* guest_memrchr(const void* in, int value, size_t size);
size_t guest_strlen(const char* text);
size_t guest_strnlen(const char* text, size_t limit);
int guest_strcmp(const char* a, const char* b);
int guest_strncmp(const char* a, const char* b, size_t limit);
char* guest_strcpy(char* to, const char* from);
char* guest_stpcpy(char* to, const char* from);
char* guest_strncpy(char* to, const char* from, size_t size);
char* guest_strcat(char* to, const char* from);
char* guest_strncat(char* to, const char* from, size_t limit);
char* guest_strchr(const char* text, int character);
char* guest_strrchr(const char* text, int character);
char* guest_strstr(const char* text, const char* part);
size_t guest_strspn(const char* text, const char* accepted);
size_t guest_strcspn(const char* text, const char* refused);
char* guest_strpbrk(const char* text, const char* wanted);
char* guest_strtok_r(char* text, const char* separators, char** rest);
char* guest_strdup(const char* text);
char* guest_strndup(const char* text, size_t limit);

int guest_isalnum(int character);
int guest_isalpha(int character);
int guest_isblank(int character);
int guest_iscntrl(int character);
int guest_isdigit(int character);
int guest_isgraph(int character);
int guest_islower(int character);
int guest_isprint(int character);
int guest_ispunct(int character);
int guest_isspace(int character);
int guest_isupper(int character);
int guest_isxdigit(int character);
int guest_tolower(int character);
int guest_toupper(int character);

Wide guest_udivti3(Wide a, Wide b) __asm__("guest___udivti3");
Wide guest_umodti3(Wide a, Wide b) __asm__("guest___umodti3");
Wide guest_udivmodti4(Wide a, Wide b, Wide* remainder) __asm__("guest___udivmodti4");
SignedWide guest_divti3(SignedWide a, SignedWide b) __asm__("guest___divti3");
SignedWide guest_modti3(SignedWide a, SignedWide b) __asm__("guest___modti3");
Wide guest_multi3(Wide a, Wide b) __asm__("guest___multi3");
SignedWide guest_muloti4(SignedWide a, SignedWide b, int* overflow) __asm__("guest___muloti4");
Wide guest_ashlti3(Wide value, int count) __asm__("guest___ashlti3");
Wide guest_lshrti3(Wide value, int count) __asm__("guest___lshrti3");
SignedWide guest_ashrti3(SignedWide value, int count) __asm__("guest___ashrti3");
int guest_popcountsi2(uint32_t value) __asm__("guest___popcountsi2");
int guest_popcountdi2(uint64_t value) __asm__("guest___popcountdi2");
}
