// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the loaders. Input: version, container, flags; then the container's bytes.
#include "exercise.hpp"

using namespace pvm;
using fuzz::Input;

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  Input input(data, size);
  ref::Config config;
  config.semantics = static_cast<ref::Semantics>(input.below(5));
  config.container = static_cast<ref::Container>(input.below(3));
  const ref::u8 flags = input.byte();
  config.strict = (flags & 1) != 0;
  config.dynamic_paging = (flags & 2) != 0;
  if ((flags & 4) != 0) config.page_size = 65536;
  if ((flags & 8) != 0) config.aux_size = 5000;
  if ((flags & 16) != 0) config.gas_model = ref::GasModel::pipeline_1;
  if (config.container == ref::Container::standard) config.arguments = {1, 2, 3};
  const auto loaded = ref::load(input.rest(), config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&loaded)) {
    if (phase_of(rejection->reason) == ref::Phase::decode && rejection->offset > input.rest().size()) fuzz::fail("rejected beyond the end");
    return 0;
  }
  const auto& program = std::get<ref::Program>(loaded);
  if (program.bitmask.size() != (program.code.size() + 7) / 8) fuzz::fail("bitmask of another length than the code");
  ref::Machine machine(program);
  machine.set_gas(300);
  machine.set_pc(program.exports.empty() ? 0 : program.exports.front().code_offset);
  fuzz::exercise(program, machine, 600);
  return 0;
}
