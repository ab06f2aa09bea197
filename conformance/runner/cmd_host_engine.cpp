// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform host-engine (hidden): speaks target protocol 1 for the engine, in a process that may crash with it.
#include <iostream>

#include "commands.hpp"
#include "engine_session.hpp"
#include "engine_target.hpp"
#include "exit_code.hpp"
#include "pvm/conformance/protocol.hpp"

namespace pvm::runner {
namespace {

conformance::Hello engine_hello(const std::string& level) {
  conformance::Hello hello;
  hello.name = "pvm-engine:" + level;
  hello.version = std::string(version());
  for (const ref::Semantics semantics : ref::all_semantics) hello.semantics.emplace_back(ref::name_of(semantics));
  hello.features = conformance::known_features();
  return hello;
}

/// The reply to a request; nullopt: the end.
struct Answerer {
  const Engine& engine;
  const HostEngineOptions& options;

  std::optional<std::string> operator()(const conformance::HelloRequest& request) const {
    if (request.protocol != conformance::protocol_version)
      return conformance::error_reply(std::nullopt, "this target speaks protocol 1 only");
    return conformance::hello_reply(engine_hello(options.level));
  }
  std::optional<std::string> operator()(const conformance::RunRequest& request) const {
    return conformance::run_reply(request.seq, run_on_engine(engine, request.job, std::chrono::milliseconds(options.run_ms)));
  }
  std::optional<std::string> operator()(const conformance::TraceRequest& request) const {
    return conformance::error_reply(request.seq, "the engine gives no traces");
  }
  std::optional<std::string> operator()(const conformance::ByeRequest&) const { return std::nullopt; }
};

std::optional<std::string> answer(const Answerer& answerer, const std::string& line) {
  const auto request = conformance::parse_request(line);
  if (const auto* error = std::get_if<conformance::ParseError>(&request))
    return conformance::error_reply(std::nullopt, conformance::to_text(*error));
  return std::visit(answerer, std::get<conformance::Request>(request));
}

}  // namespace

int host_engine_command(const HostEngineOptions& options) {
  const auto isolation = engine_level(options.level);
  if (!isolation) return complain("'" + options.level + "' is no back end of the engine");
  EngineConfig config;
  config.isolation = *isolation;
  const auto engine = Engine::create(config);
  if (!engine) {
    complain("engine:" + options.level + " is not available on this machine: " + engine.error().message);
    return exit_no_target;
  }
  // A weaker level must not pass for this one.
  if (engine->isolation() != *isolation) {
    complain("engine:" + options.level + " was given " + std::string(name_of(engine->isolation())) + " instead");
    return exit_no_target;
  }
  std::ios::sync_with_stdio(false);
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto reply = answer({*engine, options}, line);
    if (!reply) break;
    std::cout << *reply << '\n' << std::flush;
    if (!std::cout) break;  // nobody listens any more
  }
  return exit_passed;
}

}  // namespace pvm::runner
