// SPDX-License-Identifier: Apache-2.0 OR MIT
// Native code in this process, for modules that the host trusts: faults are signals, memory is a window of 4 GiB with a guard.
#pragma once

#include <memory>
#include <span>

#include "jit/native_code.hpp"
#include "native/space.hpp"

namespace pvm::engine::sandbox {

/// A module's code, mapped readable and executable, never writable again; with its jump table. Shared by its instances.
class LoadedCode;
Result<std::shared_ptr<const LoadedCode>> load_in_process(const jit::NativeCode& code);
Result<std::unique_ptr<native::Space>> make_in_process_space(std::shared_ptr<const LoadedCode> code);

}  // namespace pvm::engine::sandbox
