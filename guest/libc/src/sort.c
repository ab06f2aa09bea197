// SPDX-License-Identifier: Apache-2.0 OR MIT
// Sorting and searching. Heap sort: in place, without recursion, and no input makes it slow.
#include <stdlib.h>
#include <string.h>

typedef int Compare(const void*, const void*);

static void exchange(char* a, char* b, size_t size) {
  for (; size >= sizeof(size_t); size -= sizeof(size_t), a += sizeof(size_t), b += sizeof(size_t)) {
    size_t left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    memcpy(a, &right, sizeof right);
    memcpy(b, &left, sizeof left);
  }
  for (; size > 0; --size, ++a, ++b) {
    const char left = *a;
    *a = *b;
    *b = left;
  }
}

// The item at `root` goes down until no child is larger.
static void sink(char* items, size_t root, size_t count, size_t size, Compare* compare) {
  for (size_t child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && compare(items + child * size, items + (child + 1) * size) < 0) ++child;
    if (compare(items + root * size, items + child * size) >= 0) return;
    exchange(items + root * size, items + child * size, size);
  }
}

void qsort(void* items, size_t count, size_t size, Compare* compare) {
  for (size_t root = count / 2; root-- > 0;) sink(items, root, count, size, compare);
  for (size_t last = count; last-- > 1;) {
    exchange(items, (char*)items + last * size, size);
    sink(items, 0, last, size, compare);
  }
}

void* bsearch(const void* key, const void* items, size_t count, size_t size, Compare* compare) {
  const char* first = items;
  while (count > 0) {
    const char* middle = first + count / 2 * size;
    const int order = compare(key, middle);
    if (order == 0) return (void*)middle;
    if (order > 0) {
      first = middle + size;
      --count;
    }
    count /= 2;
  }
  return NULL;
}
