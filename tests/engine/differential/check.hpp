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

/// What has been compared so far.
struct Tally {
  u64 programs = 0;
  u64 rejected = 0;
  u64 guests = 0;
  u64 exits[6] = {};  ///< By ref::Status.
};

/// Loads the program everywhere, and runs a guest for each plan. The first difference, or nullopt.
std::optional<Difference> check(const Setup& setup, const Built& built, const std::vector<Plan>& plans,
                                const std::vector<NamedBackend>& backends, Tally& tally);

/// The back ends called "interpreter", "in_process", "process"; those that this machine lacks are an error's text.
std::variant<std::vector<NamedBackend>, std::string> open_backends(const std::vector<std::string>& names);

/// Writes the difference as a vector file into `directory`, with what the reference expects; the text tells where, or why not.
std::string save(const Difference& difference, const std::filesystem::path& directory, const std::string& name);

}  // namespace pvm::differential
