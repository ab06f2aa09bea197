// SPDX-License-Identifier: Apache-2.0 OR MIT
// Saved guest memory: a sealed copy of the pages that hold data, shared by all that keep it.
#pragma once

#include <memory>

#include "machine/executor.hpp"
#include "sandbox/process/access_map.hpp"
#include "sandbox/process/descriptor.hpp"

namespace pvm::engine::sandbox::process {

/// Costs a copy of each page that holds data. Workers hold no descriptors and map nothing later, so that pages can't be shared with them.
Result<std::shared_ptr<const SavedMemory>> save_memory(const Descriptor& guest, const AccessMap& rights);
/// Into empty memory without rights.
Result<void> restore_memory(const SavedMemory& saved, const Descriptor& guest, WorkerRights& rights);

}  // namespace pvm::engine::sandbox::process
