// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once
#include "records.h"

struct Shape {
  virtual u64 area() const { return 0; }
  virtual u64 edges() const { return 4; }
};

template <typename T>
__attribute__((noinline)) T twice(T value) {
  return value + value;
}

inline u64 shared_counter = 100;

/// One of these in the program, whichever object it comes from.
__attribute__((noinline)) inline u64 counted() {
  return ++shared_counter;
}

const Shape& other_shape();
u64 other_counted();
