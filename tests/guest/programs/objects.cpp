// SPDX-License-Identifier: Apache-2.0 OR MIT
// C++: constructors before main in order, destructors after it in reverse, new and delete, virtual functions.
#include <new>

#include <stdio.h>
#include <stdlib.h>

namespace {

class Noisy {
 public:
  explicit Noisy(const char* name) : name_(name) { printf("made %s\n", name_); }
  Noisy(const Noisy&) = delete;
  Noisy& operator=(const Noisy&) = delete;
  ~Noisy() { printf("destroyed %s\n", name_); }

 private:
  const char* name_;
};

Noisy first("first");
Noisy second("second");

struct Shape {
  virtual ~Shape() = default;
  virtual int area() const = 0;
};
struct Square : Shape {
  explicit Square(int side) : side(side) {}
  int area() const override { return side * side; }
  int side;
};
struct Rectangle : Square {
  Rectangle(int side, int height) : Square(side), height(height) {}
  int area() const override { return side * height; }
  int height;
};

int areas(Shape** shapes, int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) sum += shapes[i]->area();
  return sum;
}

int numbers_asked() {
  static int count = 40;
  return ++count;
}

template <class T>
T largest(T a, T b) {
  return a < b ? b : a;
}

}  // namespace

int main(int argc, char**) {
  Shape* shapes[] = {new Square(3), new Rectangle(2, 5), new Square(argc)};
  printf("areas %d\n", areas(shapes, 3));
  for (Shape* shape : shapes) delete shape;
  int* items = new int[100]();
  printf("items %d, largest %d\n", items[99], largest(3, 4));
  delete[] items;
  alignas(Noisy) char place[sizeof(Noisy)];
  (new (place) Noisy("placed"))->~Noisy();
  numbers_asked();
  const auto twice = [](int value) { return 2 * value; };
  printf("asked %d\n", twice(numbers_asked()));
  return 5;
}
