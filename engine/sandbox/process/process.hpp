// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native code in worker processes that can reach nothing but their own guest.
#pragma once

#include <memory>
#include <optional>

#include "jit/native_code.hpp"
#include "native/space.hpp"

namespace pvm::engine::sandbox {

struct WorkerPoolConfig {
  u32 idle_workers = 2;  ///< Kept for reuse; those beyond are ended.
};

/// Starts workers, keeps idle ones, and clears them between uses. One per engine; thread-safe.
class WorkerPool;
/// Sets up the template process from which workers are forked. isolation_unavailable: the text names what is missing and the remedy.
Result<std::shared_ptr<WorkerPool>> make_worker_pool(const WorkerPoolConfig& config);

/// A module's code and native jump table in a sealed memfd: not writable by anyone any more. Shared by its instances.
class SealedCode;
Result<std::shared_ptr<const SealedCode>> seal_code(const jit::NativeCode& code);
Result<std::unique_ptr<native::Space>> make_process_space(const std::shared_ptr<WorkerPool>& pool, std::shared_ptr<const SealedCode> code);

}  // namespace pvm::engine::sandbox
