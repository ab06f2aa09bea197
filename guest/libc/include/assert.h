/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* No include guard: assert follows NDEBUG as it is at each inclusion. */
#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : pvm_libc_assert_failed(#condition, __FILE__, __LINE__, __func__))
#endif
#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((noreturn)) void
    pvm_libc_assert_failed(const char* condition, const char* file, int line, const char* function);
