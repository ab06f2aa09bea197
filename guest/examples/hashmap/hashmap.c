// SPDX-License-Identifier: Apache-2.0 OR MIT
// A hash map from 64-bit keys to 32-bit values, open addressing with linear probing and deletion by shifting back: n operations, of which
// half are searches, a third insertions, the rest deletions.
#include "../bench.h"

enum { capacity = 1 << 16, key_count = 1 << 15 };

typedef struct {
  uint64_t key;  // 0: the slot is free.
  uint32_t value;
} Slot;

static Slot slots[capacity];
static uint32_t used;

static uint32_t home(uint64_t key) {
  return (uint32_t)(key * 0x9e3779b97f4a7c15U >> 48) % capacity;
}

// The slot of the key, or the free one where it would go.
static Slot* find(uint64_t key) {
  uint32_t place = home(key);
  while (slots[place].key != 0 && slots[place].key != key) place = (place + 1) % capacity;
  return &slots[place];
}

static void insert(uint64_t key, uint32_t value) {
  Slot* slot = find(key);
  if (slot->key == 0) ++used;
  slot->key = key;
  slot->value = value;
}

static bool erase(uint64_t key) {
  Slot* slot = find(key);
  if (slot->key == 0) return false;
  uint32_t hole = (uint32_t)(slot - slots);
  // Later entries of the run move back unless that would take them before their home.
  for (uint32_t next = (hole + 1) % capacity; slots[next].key != 0; next = (next + 1) % capacity) {
    const uint32_t wanted = home(slots[next].key);
    if ((next - wanted) % capacity < (next - hole) % capacity) continue;
    slots[hole] = slots[next];
    hole = next;
  }
  slots[hole].key = 0;
  --used;
  return true;
}

BENCH(n) {
  memset(slots, 0, sizeof slots);
  used = 0;
  uint64_t random = 1, checksum = 0;
  for (uint32_t i = 0; i < n; ++i) {
    const uint32_t choice = random_next(&random) >> 16;
    const uint64_t key = ((uint64_t)(random_next(&random) % key_count) + 1) * 0x100000001b3U;
    if (choice % 6 < 3) {
      const Slot* slot = find(key);
      if (slot->key != 0) checksum += slot->value;
    } else if (choice % 6 < 5) {
      insert(key, i);
    } else {
      checksum += erase(key);
    }
  }
  return checksum << 16 ^ used;
}
