// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program and some guests of it: made in one go, made smaller piece by piece.
#pragma once

#include "host.hpp"
#include "recipe.hpp"

namespace pvm::differential {

struct Experiment {
  Recipe recipe;
  std::vector<Plan> plans;
};
std::ostream& operator<<(std::ostream& out, const Experiment& experiment);

Experiment make_experiment(Choices& choices, u32 max_lines);
/// Experiments a step simpler than this one, the boldest steps first.
std::vector<Experiment> simpler(const Experiment& experiment);

}  // namespace pvm::differential
