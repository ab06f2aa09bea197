// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests' faults are signals that the engine handles: AddressSanitizer must leave them to it. What isn't a guest's still ends the process.

// The sanitizer prescribes the name.
extern "C" const char* __asan_default_options();   // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __asan_default_options() {  // NOLINT(bugprone-reserved-identifier,readability-identifier-naming)
  return "allow_user_segv_handler=1:handle_segv=1:handle_sigbus=1:handle_sigill=1:handle_sigfpe=1:handle_sigtrap=1";
}
