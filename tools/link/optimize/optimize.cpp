// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "link.hpp"
#include "passes.hpp"

namespace pvm::link {
namespace {

// What one pass lays open another uses; after a few rounds little is left.
constexpr int most_rounds = 4;

bool improve(Program& program, const OptimizeOptions& options) {
  bool changed = false;
  if (options.jump_threading) changed |= thread_jumps(program);
  if (options.constants) changed |= forward_memory(program);
  if (options.constants) changed |= propagate_constants(program);
  if (options.constants) changed |= fold_offsets(program);
  if (options.constants) changed |= narrow_results(program);
  if (options.dead_code) changed |= remove_dead_code(program);
  if (options.reachability) changed |= drop_unreachable(program);
  return changed;
}

}  // namespace

void optimize(Program& program, const OptimizeOptions& options) {
  if (options.reachability) drop_unreachable(program);
  for (int round = 0; round < most_rounds; ++round) {
    if (!improve(program, options)) break;
  }
  if (options.constants && reduce_strength(program) && options.dead_code) remove_dead_code(program);
  if (options.merge_identical_code && merge_identical_code(program) && options.jump_threading) thread_jumps(program);
  if (options.reachability) drop_unreachable(program);
  if (options.share_constants) share_constants(program);
  if (options.reorder) reorder_blocks(program);
}

}  // namespace pvm::link
