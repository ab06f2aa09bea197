// SPDX-License-Identifier: Apache-2.0 OR MIT
// Fuzzes the linker. Input: instruction set, passes, flags; then an ELF file. It must say no, or make a program that loads.
#include "input.hpp"
#include "link.hpp"
#include "pvm/ref/program.hpp"

using namespace pvm;
using fuzz::Input;

namespace {

link::LinkOptions options_of(Input& input) {
  link::LinkOptions options;
  const ref::u32 version = input.below(6);
  if (version != 0) options.semantics = static_cast<ref::Semantics>(version - 1);
  const ref::u8 passes = input.byte();
  bool link::OptimizeOptions::*const all[] = {&link::OptimizeOptions::reachability,    &link::OptimizeOptions::jump_threading,
                                              &link::OptimizeOptions::constants,       &link::OptimizeOptions::dead_code,
                                              &link::OptimizeOptions::share_constants, &link::OptimizeOptions::merge_identical_code,
                                              &link::OptimizeOptions::reorder};
  for (ref::u32 index = 0; index < std::size(all); ++index) options.optimize.*all[index] = (passes >> index & 1) != 0;
  options.warn = [](const std::string& text) {
    if (text.empty()) fuzz::fail("an empty warning");
  };
  return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const ref::u8* data, std::size_t size) {  // NOLINT(readability-identifier-naming): libFuzzer's name
  Input input(data, size);
  link::LinkOptions options = options_of(input);
  const ref::u8 flags = input.byte();
  options.strip = (flags & 1) != 0;
  if ((flags & 2) != 0) options.dispatch_table = {"main"};
  std::vector<link::Input> inputs = {{"a.o", input.rest()}};
  if ((flags & 4) != 0) inputs.push_back({"b.o", input.rest()});

  const auto result = link::link(inputs, options);
  if (const auto* error = std::get_if<link::LinkError>(&result)) {
    if (error->message.empty() || to_text(*error).empty()) fuzz::fail("an error without words");
    return 0;
  }
  const link::Linked& linked = std::get<link::Linked>(result);
  ref::Config config;
  const bool is_standard = options.semantics && ref::is_graypaper(*options.semantics);
  config.container = is_standard ? ref::Container::standard : ref::Container::polkavm;
  // The objects decide the version where the options don't: it is that of the blob's version byte.
  if (options.semantics) config.semantics = *options.semantics;
  if (!options.semantics)
    config.semantics = linked.blob.size() > 4 && linked.blob[4] == 1 ? ref::Semantics::rv32_1 : ref::Semantics::rv64_1;
  if (std::holds_alternative<ref::Rejection>(ref::load(linked.blob, config))) fuzz::fail("a program that does not load");
  return 0;
}
