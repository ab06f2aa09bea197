// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program and some guests of it: made in one go, made smaller piece by piece.
#include "experiment.hpp"

#include <ostream>

namespace pvm::differential {
namespace {

// Without parts of a list: first halves, then quarters, down to single elements.
template <typename T, typename Add>
void without_parts(const std::vector<T>& list, Add add) {
  for (std::size_t size = list.size(); size > 0; size /= 2) {
    for (std::size_t begin = 0; begin < list.size(); begin += size) {
      std::vector<T> rest(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(begin));
      if (begin + size < list.size()) rest.insert(rest.end(), list.begin() + static_cast<std::ptrdiff_t>(begin + size), list.end());
      add(std::move(rest));
    }
  }
}

template <typename T, typename Add>
void with_simpler_elements(const std::vector<T>& list, Add add) {
  for (std::size_t index = 0; index < list.size(); ++index) {
    for (const T& simple : simpler(list[index])) {
      std::vector<T> changed = list;
      changed[index] = simple;
      add(std::move(changed));
    }
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Experiment& experiment) {
  return out << experiment.recipe << ", " << experiment.plans.size() << " guests";
}

Experiment make_experiment(Choices& choices, u32 max_lines) {
  Experiment experiment;
  experiment.recipe = make_recipe(choices, max_lines);
  experiment.plans.resize(1 + choices.below(3));
  for (Plan& plan : experiment.plans) plan = make_plan(choices, experiment.recipe.setup);
  return experiment;
}

std::vector<Experiment> simpler(const Experiment& experiment) {
  std::vector<Experiment> all;
  const auto with = [&](auto change) {
    Experiment simple = experiment;
    change(simple);
    all.push_back(std::move(simple));
  };
  const Recipe& recipe = experiment.recipe;
  if (experiment.plans.size() > 1) {
    for (const Plan& plan : experiment.plans) with([&](Experiment& e) { e.plans = {plan}; });
  }
  if (!recipe.damage.empty()) with([](Experiment& e) { e.recipe.damage.clear(); });
  if (!recipe.functions.empty()) with([](Experiment& e) { e.recipe.functions.clear(); });
  without_parts(recipe.lines, [&](std::vector<Line> lines) { with([&](Experiment& e) { e.recipe.lines = std::move(lines); }); });
  for (std::size_t index = 0; index < recipe.functions.size(); ++index) {
    without_parts(recipe.functions[index],
                  [&](std::vector<Line> lines) { with([&](Experiment& e) { e.recipe.functions[index] = std::move(lines); }); });
  }
  without_parts(recipe.damage, [&](std::vector<Damage> damage) { with([&](Experiment& e) { e.recipe.damage = std::move(damage); }); });
  for (const Setup& setup : simpler(recipe.setup)) with([&](Experiment& e) { e.recipe.setup = setup; });
  with_simpler_elements(experiment.plans, [&](std::vector<Plan> plans) { with([&](Experiment& e) { e.plans = std::move(plans); }); });
  if (recipe.ending != 0) with([](Experiment& e) { e.recipe.ending = 0; });
  with_simpler_elements(recipe.lines, [&](std::vector<Line> lines) { with([&](Experiment& e) { e.recipe.lines = std::move(lines); }); });
  return all;
}

}  // namespace pvm::differential
