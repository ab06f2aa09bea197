// SPDX-License-Identifier: Apache-2.0 OR MIT
// What C++ adds: constructors before main, virtual functions, inline functions that every object has, references to members.
#include "classes.hpp"

namespace {

struct Square final : Shape {
  explicit Square(u64 side) : side_(side) {}
  u64 area() const override { return side_ * side_; }
  u64 side_;
};

struct Strip final : Shape {
  Strip(u64 width, u64 height) : width_(width), height_(height) {}
  u64 area() const override { return width_ * height_ + twice(height_); }
  u64 edges() const override { return 2 * (width_ + height_); }
  u64 width_, height_;
};

/// What the constructors are given can't be known when compiling.
u64 volatile_number(u64 value) {
  volatile u64 copy = value;
  return copy;
}

Square first(volatile_number(3));
Strip second(volatile_number(4), volatile_number(5));
const u64 table[] = {volatile_number(7), volatile_number(8)};
const Shape* const shapes[] = {&first, &second};
u64 Strip::*const member = &Strip::height_;
u64 (Shape::*const method)() const = &Shape::edges;

}  // namespace

#ifdef __riscv
extern "C" {
extern void (*const __init_array_start[])();
extern void (*const __init_array_end[])();
void construct() {
  for (auto* each = __init_array_start; each != __init_array_end; ++each) (*each)();
}
}
#else
extern "C" void construct() {}
#endif
EXPORT(construct, 0, 0)

extern "C" u64 classes(u32 what, u64 x) {
  const Shape& shape = *shapes[x % 2];
  switch (what) {
    case 0: return shape.area() + x;
    case 1: return (shape.*method)() * x;
    case 2: return second.*member + table[x % 2] + counted();
    default: return twice(other_shape().area()) + other_counted() + x;
  }
}
EXPORT_TEST(classes)
