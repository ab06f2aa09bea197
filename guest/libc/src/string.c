// SPDX-License-Identifier: Apache-2.0 OR MIT
// Strings that end with a NUL.
#include <string.h>

#include <stdlib.h>

size_t strlen(const char* text) {
  const char* end = text;
  while (*end != 0) ++end;
  return (size_t)(end - text);
}

size_t strnlen(const char* text, size_t limit) {
  size_t length = 0;
  while (length < limit && text[length] != 0) ++length;
  return length;
}

int strcmp(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char* a, const char* b, size_t limit) {
  for (; limit > 0; --limit, ++a, ++b) {
    if (*a != *b || *a == 0) return (unsigned char)*a - (unsigned char)*b;
  }
  return 0;
}

char* strcpy(char* restrict to, const char* restrict from) {
  memcpy(to, from, strlen(from) + 1);
  return to;
}

char* strncpy(char* restrict to, const char* restrict from, size_t size) {
  const size_t length = strnlen(from, size);
  memcpy(to, from, length);
  memset(to + length, 0, size - length);
  return to;
}

char* stpcpy(char* restrict to, const char* restrict from) {
  const size_t length = strlen(from);
  memcpy(to, from, length + 1);
  return to + length;
}

char* strcat(char* restrict to, const char* restrict from) {
  strcpy(to + strlen(to), from);
  return to;
}

char* strncat(char* restrict to, const char* restrict from, size_t limit) {
  const size_t length = strnlen(from, limit);
  char* end = to + strlen(to);
  memcpy(end, from, length);
  end[length] = 0;
  return to;
}

char* strchr(const char* text, int character) {
  for (;; ++text) {
    if (*text == (char)character) return (char*)text;
    if (*text == 0) return NULL;
  }
}

char* strrchr(const char* text, int character) {
  const char* found = NULL;
  for (;; ++text) {
    if (*text == (char)character) found = text;
    if (*text == 0) return (char*)found;
  }
}

char* strstr(const char* text, const char* part) {
  const size_t length = strlen(part);
  for (; (text = length == 0 ? text : strchr(text, *part)) != NULL; ++text) {
    if (strncmp(text, part, length) == 0) return (char*)text;
  }
  return NULL;
}

size_t strspn(const char* text, const char* accepted) {
  size_t length = 0;
  while (text[length] != 0 && strchr(accepted, text[length]) != NULL) ++length;
  return length;
}

size_t strcspn(const char* text, const char* refused) {
  size_t length = 0;
  while (text[length] != 0 && strchr(refused, text[length]) == NULL) ++length;
  return length;
}

char* strpbrk(const char* text, const char* wanted) {
  text += strcspn(text, wanted);
  return *text != 0 ? (char*)text : NULL;
}

char* strtok_r(char* restrict text, const char* restrict separators, char** restrict rest) {
  char* start = text != NULL ? text : *rest;
  start += strspn(start, separators);
  char* end = start + strcspn(start, separators);
  *rest = *end != 0 ? end + 1 : end;
  *end = 0;
  return end == start ? NULL : start;
}

char* strtok(char* restrict text, const char* restrict separators) {
  static char* rest;
  return strtok_r(text, separators, &rest);
}

char* strdup(const char* text) {
  const size_t size = strlen(text) + 1;
  char* copy = malloc(size);
  return copy == NULL ? NULL : memcpy(copy, text, size);
}

char* strndup(const char* text, size_t limit) {
  const size_t length = strnlen(text, limit);
  char* copy = malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}
