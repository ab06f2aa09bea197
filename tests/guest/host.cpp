// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "host.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "library.hpp"

Host host;

void reset_host() {
  host.fails = false;
  guest_fflush(nullptr);
  char rest[16];
  host.input.clear();
  while (guest_fread(rest, 1, sizeof rest, guest_stdin) > 0) continue;
  for (pvm_file* stream : {guest_stdin, guest_stdout, guest_stderr}) guest_clearerr(stream);
  host = Host{};
}

extern "C" {
intptr_t guest_pvm_write(uint32_t descriptor, const void* data, size_t size);
intptr_t guest_pvm_read(uint32_t descriptor, void* data, size_t size);
[[noreturn]] void guest_pvm_exit(int32_t code);
[[noreturn]] void guest_pvm_trap();
void* guest_pvm_libc_more_heap(size_t size);

intptr_t guest_pvm_write(uint32_t descriptor, const void* data, size_t size) {
  if (host.fails || (descriptor != 1 && descriptor != 2)) return -1;
  const size_t taken = std::min(size, host.most);
  host.written[descriptor].append(static_cast<const char*>(data), taken);
  ++host.writes;
  return static_cast<intptr_t>(taken);
}

intptr_t guest_pvm_read(uint32_t descriptor, void* data, size_t size) {
  if (host.fails || descriptor != 0) return -1;
  const size_t taken = std::min({size, host.most, host.input.size()});
  std::copy_n(host.input.data(), taken, static_cast<char*>(data));
  host.input.erase(0, taken);
  return static_cast<intptr_t>(taken);
}

void guest_pvm_exit(int32_t code) {
  throw Exited{code};
}

void guest_pvm_trap() {
  throw Trapped{};
}

void* guest_pvm_libc_more_heap(size_t size) {
  struct alignas(16) Unit {
    char bytes[16];
  };
  static std::vector<std::unique_ptr<Unit[]>> heap;
  if (size > host.heap_left) return nullptr;
  host.heap_left -= size;
  heap.push_back(std::make_unique<Unit[]>(size / sizeof(Unit)));
  return heap.back().get();
}
}
