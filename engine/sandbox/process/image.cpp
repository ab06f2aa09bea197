// SPDX-License-Identifier: Apache-2.0 OR MIT
// The worker program, embedded; the build gives its path.
#include "sandbox/process/image.hpp"

asm(".pushsection .rodata\n"
    ".hidden pvm_worker_image_begin\n.globl pvm_worker_image_begin\n"
    ".hidden pvm_worker_image_end\n.globl pvm_worker_image_end\n"
    "pvm_worker_image_begin: .incbin \"" PVM_WORKER_IMAGE
    "\"\n"
    "pvm_worker_image_end: .byte 0\n"
    ".popsection\n");

extern "C" __attribute__((visibility("hidden"))) const unsigned char pvm_worker_image_begin[], pvm_worker_image_end[];

namespace pvm::engine::sandbox::process {

std::span<const u8> worker_image() {
  return {pvm_worker_image_begin, pvm_worker_image_end};
}

}  // namespace pvm::engine::sandbox::process
