// SPDX-License-Identifier: Apache-2.0 OR MIT
// Builds test programs, and finds out which isolation levels there are.
#include "programs.hpp"

#include <array>
#include <optional>
#include <stdexcept>

#include "pvm/builder/assemble.hpp"

namespace pvm::test {

std::vector<u8> build(const Source& source) {
  const auto version = static_cast<ref::Semantics>(source.semantics);
  std::string text(source.text);
  // The jump table tells where labels are.
  for (const std::string& name : source.exports) text += "\n.table " + name;
  auto built = builder::assemble(version, text);
  if (const auto* error = std::get_if<std::string>(&built)) throw std::runtime_error(*error);
  builder::ProgramParts parts{.blob = std::get<builder::CodeBlob>(std::move(built)),
                              .ro_size = static_cast<u32>(source.ro_data.size()),
                              .rw_size = static_cast<u32>(source.rw_data.size()),
                              .stack_size = source.stack_size,
                              .ro_data = source.ro_data,
                              .rw_data = source.rw_data,
                              .imports = source.imports,
                              .exports = {}};
  const std::size_t first = parts.blob.jump_table.size() - source.exports.size();
  for (std::size_t index = 0; index < source.exports.size(); ++index) {
    parts.exports.push_back({static_cast<u32>(parts.blob.jump_table[first + index]), source.exports[index]});
  }
  return builder::polkavm_container(builder::polkavm_parts(version, parts));
}

const Engine* engine_of(Isolation isolation) {
  static std::array<std::optional<Engine>, 3> engines = [] {
    std::array<std::optional<Engine>, 3> made;
    for (const Isolation level : {Isolation::process, Isolation::in_process, Isolation::interpreter}) {
      auto engine = Engine::create({.isolation = level, .cached_modules = 4});
      if (engine) {
        made[static_cast<std::size_t>(level)] = *std::move(engine);
      } else if (engine.error().code != ErrorCode::isolation_unavailable) {
        throw std::runtime_error(engine.error().message);
      }
    }
    return made;
  }();
  const auto& engine = engines.at(static_cast<std::size_t>(isolation));
  return engine ? &*engine : nullptr;
}

std::vector<Isolation> levels() {
  std::vector<Isolation> all;
  for (const Isolation level : {Isolation::process, Isolation::in_process, Isolation::interpreter}) {
    if (engine_of(level) != nullptr) all.push_back(level);
  }
  return all;
}

Module OnEachLevel::compile(const Source& source, const ProgramConfig& config) {
  auto module = engine().compile(build(source), config);
  if (!module) throw std::runtime_error(module.error().message);
  return *std::move(module);
}

Instance OnEachLevel::start(const Source& source, const ProgramConfig& config) {
  auto instance = compile(source, config).instantiate();
  if (!instance) throw std::runtime_error(instance.error().message);
  return *std::move(instance);
}

}  // namespace pvm::test
