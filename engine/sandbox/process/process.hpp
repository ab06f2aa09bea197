// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native code in worker processes that can reach nothing but their own guest.
#pragma once

#include <memory>
#include <span>

#include "jit/native_code.hpp"
#include "native/space.hpp"

namespace pvm::engine::sandbox {

struct WorkerPoolConfig {
  u32 idle_workers = 2;  ///< Kept for reuse, for each module; those beyond are ended.
  bool reuse = true;     ///< false: a worker serves one instance and ends.
};

/// Has a template process fork workers, keeps idle ones, and clears them between uses. A worker never serves two modules. One per
/// engine; thread-safe.
class WorkerPool;
/// Sets up the template process, and tries it with a worker. isolation_unavailable: the text names what is missing and the remedy.
/// What a host should know: the pool makes no threads and no signal handlers, and its processes raise no SIGCHLD; the calling thread's
/// signals are blocked for the moment of the launch. Workers may use the processors that this thread may use. After fork() the child can't
/// use pool or spaces, and does no harm by destroying them. When the host ends, however it ends, so do template and workers.
Result<std::shared_ptr<WorkerPool>> make_worker_pool(const WorkerPoolConfig& config);

/// A module's code, native jump table and read-only data in a sealed memfd: not writable by anyone any more. Shared by its instances.
class SealedCode;
/// read_only_data: what a worker maps at 0x10000, readable; empty for programs in paged memory.
Result<std::shared_ptr<const SealedCode>> seal_code(const jit::NativeCode& code, std::span<const u8> read_only_data);
Result<std::unique_ptr<native::Space>> make_process_space(const std::shared_ptr<WorkerPool>& pool, std::shared_ptr<const SealedCode> code);

}  // namespace pvm::engine::sandbox
