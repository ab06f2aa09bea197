// SPDX-License-Identifier: Apache-2.0 OR MIT
// The host's end of the template: starting it, having it fork, and ending it with all its workers.
#pragma once

#include "sandbox/process/descriptor.hpp"
#include "sandbox/process/protocol.hpp"

namespace pvm::engine::sandbox::process {

/// Which process this is; a forked child sees another value. Cheap.
u64 this_process();

/// What template or worker failed at while it set itself up, with the remedy if one is known.
Error set_up_error(Stage stage, int error);

/// Not thread-safe. Destruction ends the template and, as its namespace ends with it, every worker. In a forked child of the host,
/// destruction only closes the descriptors.
class TemplateProcess {
 public:
  static Result<TemplateProcess> start();
  TemplateProcess(TemplateProcess&&) = default;
  TemplateProcess& operator=(TemplateProcess&&) = delete;
  ~TemplateProcess();

  /// False in a forked child of the host: the template belongs to the process that made it.
  bool is_ours() const { return owner_ == this_process(); }
  /// A new worker's pidfd. The worker sets itself up and reports in its control page.
  Result<Descriptor> fork(const ForkRequest& request, const Descriptor& control, const Descriptor& guest, const Descriptor& module);

 private:
  TemplateProcess(Descriptor socket, Descriptor pidfd) : socket_(std::move(socket)), pidfd_(std::move(pidfd)) {}
  /// The template's answer, and the descriptor that came with it.
  Result<Descriptor> receive(u64 id);

  Descriptor socket_;
  Descriptor pidfd_;
  u64 owner_ = this_process();
  u64 last_id_ = 0;
};

}  // namespace pvm::engine::sandbox::process
