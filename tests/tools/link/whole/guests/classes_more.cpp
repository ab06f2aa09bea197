// SPDX-License-Identifier: Apache-2.0 OR MIT
#define NO_LIBRARY
#include "classes.hpp"

namespace {

struct Line : Shape {
  u64 area() const override { return twice(length_); }
  u64 length_ = twice(shared_counter) + 6;
};

Line line;

}  // namespace

const Shape& other_shape() {
  return line;
}

u64 other_counted() {
  return counted() * 1000;
}
