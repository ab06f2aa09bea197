// SPDX-License-Identifier: Apache-2.0 OR MIT
// Sorts n pseudo-random numbers (up to 2^20) by quicksort with the median of three, and short parts by insertion.
#include "../bench.h"

enum { most = 1 << 20, short_part = 12 };

static uint32_t numbers[most];

static void swap(uint32_t* a, uint32_t* b) {
  const uint32_t t = *a;
  *a = *b;
  *b = t;
}

static void insertion_sort(uint32_t* first, uint32_t* last) {
  for (uint32_t* i = first + 1; i <= last; ++i) {
    const uint32_t value = *i;
    uint32_t* hole = i;
    for (; hole > first && hole[-1] > value; --hole) hole[0] = hole[-1];
    *hole = value;
  }
}

// Sorts from first to last, both included. The shorter part is sorted by a call, the longer in this loop.
static void quicksort(uint32_t* first, uint32_t* last) {
  while (last - first >= short_part) {
    uint32_t* middle = first + (last - first) / 2;
    if (*middle < *first) swap(middle, first);
    if (*last < *first) swap(last, first);
    if (*last < *middle) swap(last, middle);
    const uint32_t pivot = *middle;
    uint32_t *low = first, *high = last;
    do {
      while (*low < pivot) ++low;
      while (pivot < *high) --high;
      if (low <= high) swap(low++, high--);
    } while (low <= high);
    if (high - first < last - low) {
      quicksort(first, high);
      first = low;
    } else {
      quicksort(low, last);
      last = high;
    }
  }
  insertion_sort(first, last);
}

BENCH(n) {
  if (n > most) n = most;
  if (n == 0) return 0;
  uint64_t random = 1, checksum = 0;
  for (uint32_t i = 0; i < n; ++i) numbers[i] = random_next(&random);
  quicksort(numbers, numbers + n - 1);
  for (uint32_t i = 0; i < n; ++i) {
    if (i > 0 && numbers[i - 1] > numbers[i]) return 0;
    checksum += (uint64_t)numbers[i] * (i + 1);
  }
  return checksum;
}
