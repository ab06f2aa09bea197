// SPDX-License-Identifier: Apache-2.0 OR MIT
// Workers, idle and new. Each serves one module for its whole life.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "sandbox/process/process.hpp"
#include "sandbox/process/sealed_code.hpp"
#include "sandbox/process/template_process.hpp"
#include "sandbox/process/worker_process.hpp"

namespace pvm::engine::sandbox {

class WorkerPool : public std::enable_shared_from_this<WorkerPool> {
 public:
  WorkerPool(const WorkerPoolConfig& config, process::TemplateProcess&& made);

  /// A worker of this module that is ready, with empty memory and no rights.
  Result<std::unique_ptr<process::WorkerProcess>> take(const SealedCode& code);
  /// A worker that has always behaved and waits for an order; it is cleared and kept, or ended.
  void give_back(const SealedCode& code, std::unique_ptr<process::WorkerProcess> worker);
  /// The module is no more: its idle workers end.
  void forget(const SealedCode& code);

 private:
  using Idle = std::vector<std::unique_ptr<process::WorkerProcess>>;

  std::unique_ptr<process::WorkerProcess> take_idle(const SealedCode& code);
  Result<std::unique_ptr<process::WorkerProcess>> make(const SealedCode& code);
  Result<process::Descriptor> fork(const SealedCode& code, const process::Descriptor& control, const process::Descriptor& guest);

  WorkerPoolConfig config_;
  u32 spins_;  ///< How often host and workers look before they sleep.
  std::mutex template_mutex_;
  process::TemplateProcess template_;
  std::mutex mutex_;  ///< Guards idle_.
  std::map<const SealedCode*, Idle> idle_;
};

}  // namespace pvm::engine::sandbox
