// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "link.hpp"

namespace pvm::link {

DebugSections debug_sections(std::span<const Input>, const Program&, const Image&) {
  return {};
}

}  // namespace pvm::link
