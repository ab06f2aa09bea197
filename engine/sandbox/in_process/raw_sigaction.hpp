// SPDX-License-Identifier: Apache-2.0 OR MIT
// sigaction without a sanitizer in between.
#pragma once

#include <csignal>

namespace pvm::engine::sandbox {

/// ThreadSanitizer holds asynchronous signals back until the thread calls into its runtime, which a guest never does. Where it is there,
/// this is the system call itself; otherwise sigaction. Returns whether it worked.
bool raw_sigaction(int signal, const struct sigaction& action);

}  // namespace pvm::engine::sandbox
