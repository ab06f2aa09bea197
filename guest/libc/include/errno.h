/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef PVM_LIBC_ERRNO_H
#define PVM_LIBC_ERRNO_H
#ifdef __cplusplus
extern "C" {
#endif
extern int errno;
#ifdef __cplusplus
}
#endif
#define ENOMEM 12
#define EINVAL 22
#define EDOM 33
#define ERANGE 34
#define EOVERFLOW 75
#endif
