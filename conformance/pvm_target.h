/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* C interface of a VM under test that is a shared library: target protocol 1, one function call per line. */
#ifndef PVM_TARGET_H
#define PVM_TARGET_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of this interface. */
#define PVM_TARGET_ABI_VERSION 1u

/* What the library offers. All strings are UTF-8; requests and replies are those of target protocol 1, without the line feed. */
struct pvm_target {     /* NOLINT(readability-identifier-naming): a C name */
  uint32_t abi_version; /* PVM_TARGET_ABI_VERSION */
  uint32_t size;        /* sizeof(struct pvm_target); a later version may append members */

  /* A new context, or NULL if there is none to be had. Calls with different contexts may come from different threads at the same time;
   * calls with the same one never do. */
  void* (*open)(void); /* NOLINT(modernize-redundant-void-arg): C needs it */

  /* Answers one request line: 0 and a reply in *reply and *reply_len, which stays valid until `release`. Anything but 0 is an error of
   * the target, which costs the case at hand. The reply may hold no line feed. */
  int (*answer)(void* context, const char* request, size_t request_len, char** reply, size_t* reply_len);

  /* Gives a reply back. */
  void (*release)(void* context, char* reply);

  /* Ends a context. */
  void (*close)(void* context);
};

/* The one symbol that a library exports. NULL if it doesn't know this version of the interface. The result is never freed. */
const struct pvm_target* pvm_target_get(uint32_t abi_version);

#ifdef __cplusplus
}
#endif

#endif
