/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What a stream is. Its buffer holds output that is not written yet, or input that is not read yet. */
#ifndef PVM_LIBC_FILE_H
#define PVM_LIBC_FILE_H
#include <stdint.h>
#include <stdio.h>

struct pvm_file {
  uint32_t descriptor; /* 0: input. Others: output */
  unsigned char has_ended, has_failed;
  unsigned char is_direct; /* nothing stays in the buffer behind a call */
  size_t first, last;      /* what the buffer holds: [first, last) */
  unsigned char buffer[BUFSIZ];
};
#endif
