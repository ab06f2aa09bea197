// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "emit/imports.hpp"

#include <algorithm>
#include <map>

namespace pvm::link {
namespace {

constexpr u32 max_imports = 1024;  // [blob.imports]

std::vector<bool> called(const Program& program) {
  std::vector<bool> calls(program.imports.size());
  for (const BlockId id : program.layout) {
    for (const Instruction& instruction : program.block(id).body) {
      if (instruction.op == Op::host_call) calls[index_of(instruction.import)] = true;
    }
  }
  return calls;
}

LinkError too_many() {
  return {.message = "more than " + std::to_string(max_imports) + " imports, or an index beyond", .remedy = "import fewer functions"};
}

Outcome<ImportNumbers> by_index(const Program& program) {
  ImportNumbers numbers;
  numbers.number.resize(program.imports.size());
  std::map<u32, const Import*> taken;
  for (std::size_t place = 0; place < program.imports.size(); ++place) {
    const Import& import = program.imports[place];
    const auto [other, is_new] = taken.emplace(*import.index, &import);
    if (!is_new && *other->second != import) {
      return LinkError{.symbol = import.symbol,
                       .message = "has the index " + std::to_string(*import.index) + " of the import '" + other->second->symbol + "'",
                       .remedy = "give each import an index of its own"};
    }
    if (*import.index >= max_imports) return too_many();
    numbers.number[place] = *import.index;
    if (numbers.symbols.size() <= *import.index) numbers.symbols.resize(*import.index + 1);
    numbers.symbols[*import.index] = import.symbol;
  }
  return numbers;
}

Outcome<ImportNumbers> by_symbol(const Program& program, const std::vector<bool>& used) {
  ImportNumbers numbers;
  numbers.number.resize(program.imports.size());
  std::map<std::string, std::vector<std::size_t>> sorted;
  for (std::size_t place = 0; place < program.imports.size(); ++place) {
    if (used[place]) sorted[program.imports[place].symbol].push_back(place);
  }
  if (sorted.size() > max_imports) return too_many();
  for (const auto& [symbol, places] : sorted) {
    for (const std::size_t place : places) {
      if (program.imports[place] != program.imports[places.front()]) {
        return LinkError{.symbol = symbol, .message = "is imported with two prototypes", .remedy = "declare it alike everywhere"};
      }
      numbers.number[place] = static_cast<u32>(numbers.symbols.size());
    }
    numbers.symbols.push_back(symbol);
  }
  return numbers;
}

}  // namespace

Outcome<ImportNumbers> number_imports(const Program& program) {
  const auto indexed = [](const Import& import) { return import.index.has_value(); };
  if (std::none_of(program.imports.begin(), program.imports.end(), indexed)) return by_symbol(program, called(program));
  const auto without = std::find_if_not(program.imports.begin(), program.imports.end(), indexed);
  if (without == program.imports.end()) return by_index(program);
  return LinkError{.symbol = without->symbol,
                   .message = "is imported without an index, but others have one",
                   .remedy = "give an index to all imports or to none"};
}

}  // namespace pvm::link
