// SPDX-License-Identifier: Apache-2.0 OR MIT
// Calls of the host, and back.
#include "records.h"

u32 host_add(u32 a, u32 b);
word host_length(const char* text);
void host_note(const void* bytes, word size);
u64 host_next(void);
#ifdef __riscv
IMPORT(host_add, 2, 1)
IMPORT(host_length, 1, 1)
IMPORT(host_note, 2, 0)
#if __riscv_xlen == 64
IMPORT(host_next, 0, 1)
#else
IMPORT(host_next, 0, 2)
#endif
IMPORT(host_unused, 0, 0)
#endif

static u32 twice_added(u32 x) {
  return host_add(host_add(x, 1), host_add(2, x));
}

u64 host(u32 what, u64 x) {
  switch (what) {
    case 0: return twice_added((u32)x);
    case 1: return host_length("twelve chars") * 100 + host_length("");
    case 2: {
      u8 bytes[300];
      for (u32 at = 0; at < sizeof bytes; ++at) bytes[at] = (u8)(x + at);
      host_note(bytes, sizeof bytes);
      return bytes[7];
    }
    default: return host_next() - host_next() * 3;
  }
}
EXPORT_TEST(host)
