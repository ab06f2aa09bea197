// SPDX-License-Identifier: Apache-2.0 OR MIT
// Memory by sizes: each block belongs to a class of sizes, four for each power of two, and goes back to the list of its class. Both
// directions take constant time; a block is at most a quarter larger than wanted, plus 16 bytes. Blocks are neither split nor joined.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"

typedef union Header Header;
union Header {
  struct {
    size_t class_index;
    Header* next;
  } free;
  char size_of_header[16];
};

enum { classes = 4 * 8 * sizeof(size_t), least = 16 };
static Header* free_blocks[classes];

// Of a block with its header. Class 4k + q: (4 + q) * 4 * 2^k bytes.
static size_t class_size(size_t class_index) {
  return (4 + class_index % 4) << (class_index / 4 + 2);
}

static size_t class_of(size_t size) {
  if (size <= least) return 0;
  const size_t exponent = 8 * sizeof(size_t) - 1 - (size_t)__builtin_clzl(size - 1);
  return (exponent - 4) * 4 + (((size - 1) >> (exponent - 2)) & 3) + 1;
}

void* malloc(size_t size) {
  if (size > SIZE_MAX / 4) return NULL;
  size_t class_index = class_of(size + sizeof(Header));
  // Classes below 64 bytes are no multiples of 16: round up to the next one that is.
  while (class_size(class_index) % sizeof(Header) != 0) ++class_index;
  Header* block = free_blocks[class_index];
  if (block != NULL) {
    free_blocks[class_index] = block->free.next;
  } else {
    block = pvm_libc_more_heap(class_size(class_index));
    if (block == NULL) return NULL;
    block->free.class_index = class_index;
  }
  return block + 1;
}

void free(void* block) {
  if (block == NULL) return;
  Header* header = (Header*)block - 1;
  header->free.next = free_blocks[header->free.class_index];
  free_blocks[header->free.class_index] = header;
}

void* calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
  void* block = malloc(bytes);
  return block == NULL ? NULL : memset(block, 0, bytes);
}

void* realloc(void* block, size_t size) {
  if (block == NULL) return malloc(size);
  const size_t room = class_size(((Header*)block - 1)->free.class_index) - sizeof(Header);
  if (size <= room) return block;
  void* larger = malloc(size);
  if (larger == NULL) return NULL;
  memcpy(larger, block, room);
  free(block);
  return larger;
}
