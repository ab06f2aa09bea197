// SPDX-License-Identifier: Apache-2.0 OR MIT
// The engine's answers about a program held against those of the reference interpreter.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "program/program.hpp"
#include "pvm/ref/program.hpp"
#include "runner/engine_config.hpp"

namespace pvm::testing {

using runner::engine_config;

/// Loads with both; nullopt where they agree on reason and offset, or on everything that the program holds.
std::optional<std::string> load_difference(std::span<const u8> bytes, const ref::Config& config);

/// Asks both about every position of the code and some beyond it: instructions, predecessors, blocks, targets, branches.
std::optional<std::string> code_difference(const ref::Program& expected, const engine::Program& actual);

/// The cost of each block that starts at a position where one may, at most `limit` of them.
std::optional<std::string> cost_difference(const ref::Program& expected, const engine::Program& actual, u32 limit);

}  // namespace pvm::testing
