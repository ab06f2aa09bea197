// SPDX-License-Identifier: Apache-2.0 OR MIT
// The whole suite as text: every file with its bytes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pvm/conformance/manifest.hpp"

namespace pvm::gen {

/// What the generator makes of all groups.
struct Suite {
  std::map<std::string, std::string> files;  ///< By path below the conformance directory, the manifest included.
  conformance::Manifest manifest;
  std::vector<std::string> errors;  ///< Cases that can't be made, or where ref disagrees with what is known. Empty: all is well.
};

/// Makes every vector file and the manifest. `previous`: the manifest so far, for what only it knows (versions, withdrawn cases).
Suite make_suite(const conformance::Manifest& previous);

}  // namespace pvm::gen
