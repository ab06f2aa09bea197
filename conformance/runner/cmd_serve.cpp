// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform serve: the reference interpreter as a target for other people's harnesses.
#include <iostream>
#include <nlohmann/json.hpp>

#include "blank_line.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::runner {
namespace {

int serve_native() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto reply = conformance::answer(line);
    if (!reply) break;
    std::cout << *reply << '\n' << std::flush;
    if (!std::cout) break;  // nobody listens any more
  }
  return exit_passed;
}

int serve_blank_line(ref::Semantics semantics) {
  std::string text;
  std::string line;
  int code = exit_passed;
  const auto reply = [&] {
    const auto result = answer_blank_line(text, semantics);
    text.clear();
    if (const auto* error = std::get_if<conformance::ParseError>(&result)) {
      code = complain(*error);
      std::cout << "{}\n\n" << std::flush;
    } else {
      std::cout << std::get<std::string>(result) << "\n" << std::flush;
    }
  };
  while (std::cout && std::getline(std::cin, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) {
      text += line + "\n";
    } else if (!text.empty()) {
      reply();
    }
  }
  if (!text.empty()) reply();
  return code;
}

}  // namespace

int serve_command(const ServeOptions& options) {
  std::ios::sync_with_stdio(false);
  if (options.protocol == "native") return serve_native();
  const auto semantics = ref::semantics_named(options.semantics.empty() ? "graypaper-0.7.2" : options.semantics);
  if (!semantics) return complain("--semantics: unknown semantics version '" + options.semantics + "'");
  return serve_blank_line(*semantics);
}

}  // namespace pvm::runner
