// SPDX-License-Identifier: Apache-2.0 OR MIT
// A host for the library: what it wrote, what it can read, how it ended.
#pragma once

#include <array>
#include <cstddef>
#include <string>

/// What the library has done with its host, and how the host behaves. One for all tests, renewed by `reset`.
struct Host {
  std::array<std::string, 3> written;  ///< by descriptor
  size_t writes = 0;                   ///< calls of pvm_write
  std::string input;                   ///< what can be read yet
  size_t most = ~size_t{0};            ///< bytes that one call takes or gives at most
  bool fails = false;                  ///< every call gives -1
  size_t heap_left = ~size_t{0};       ///< bytes that the heap may grow yet
};

extern Host host;

/// Thrown by the functions that don't return.
struct Exited {
  int code;
};
struct Trapped {};

/// A new host, and streams as at the start.
void reset_host();
