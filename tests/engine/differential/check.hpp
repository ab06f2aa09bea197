// SPDX-License-Identifier: Apache-2.0 OR MIT
// The property: whatever program and host, each back end does what the reference interpreter does.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host.hpp"
#include "lockstep.hpp"
#include "recipe.hpp"

namespace pvm::differential {

/// Loads the program everywhere, and runs a guest for each plan. The first difference, or nullopt.
std::optional<Difference> check(const Setup& setup, const Built& built, const std::vector<Plan>& plans,
                                const std::vector<NamedBackend>& backends, Tally& tally);

/// Writes the difference as a vector file into `directory`, with what the reference expects; the text tells where, or why not.
std::string save(const Difference& difference, const std::filesystem::path& directory, const std::string& name);

}  // namespace pvm::differential
