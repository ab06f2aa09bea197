// SPDX-License-Identifier: Apache-2.0 OR MIT
// Linked lists: 4096 nodes in random order of memory are followed, reversed, sorted by merging, and followed again, n times.
#include "../bench.h"

enum { node_count = 1 << 12 };

typedef struct Node {
  struct Node* next;
  uint32_t key;
  uint32_t payload;
} Node;

static Node nodes[node_count];

// Links the nodes in random order, with random keys.
static Node* make_list(uint64_t* random) {
  static uint32_t order[node_count];
  for (uint32_t i = 0; i < node_count; ++i) order[i] = i;
  for (uint32_t i = node_count - 1; i > 0; --i) {
    const uint32_t j = random_next(random) % (i + 1), t = order[i];
    order[i] = order[j];
    order[j] = t;
  }
  Node* first = 0;
  for (uint32_t i = 0; i < node_count; ++i) {
    Node* node = &nodes[order[i]];
    *node = (Node){first, random_next(random), i};
    first = node;
  }
  return first;
}

static uint64_t followed(const Node* node, uint64_t checksum) {
  for (; node; node = node->next) checksum = checksum * 31 + (node->key ^ node->payload);
  return checksum;
}

static Node* reversed(Node* node) {
  Node* result = 0;
  while (node) {
    Node* next = node->next;
    node->next = result;
    result = node;
    node = next;
  }
  return result;
}

static Node* merged(Node* a, Node* b) {
  Node* first = 0;
  Node** end = &first;
  while (a && b) {
    Node** smaller = b->key < a->key ? &b : &a;
    *end = *smaller;
    end = &(*smaller)->next;
    *smaller = *end;
  }
  *end = a ? a : b;
  return first;
}

// Merges like a binary counter: parts[i] is empty or a sorted list of 2^i nodes.
static Node* sorted(Node* node) {
  Node* parts[20] = {0};
  while (node) {
    Node* part = node;
    node = node->next;
    part->next = 0;
    int i = 0;
    for (; parts[i]; ++i) {
      part = merged(parts[i], part);
      parts[i] = 0;
    }
    parts[i] = part;
  }
  Node* result = 0;
  for (int i = 0; i < 20; ++i) result = merged(parts[i], result);
  return result;
}

BENCH(n) {
  uint64_t random = 1, checksum = 0;
  for (uint32_t round = 0; round < n; ++round) {
    Node* list = make_list(&random);
    for (int turn = 0; turn < 8; ++turn) checksum = followed(list, checksum);
    list = reversed(list);
    checksum = followed(list, checksum);
    list = sorted(list);
    checksum = followed(list, checksum);
    for (const Node* node = list; node->next; node = node->next) {
      if (node->key > node->next->key) return 0;
    }
  }
  return checksum;
}
