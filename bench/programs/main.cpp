// SPDX-License-Identifier: Apache-2.0 OR MIT
// bench-programs: one back end that is measured, driven by bench.py. A peer like any other: it talks the protocol of
// docs/benchmark-peers.md, one JSON object per line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "subject.hpp"

namespace {

using namespace pvm::bench;
using Json = nlohmann::json;

constexpr pvm::u32 times_most = 1000000;

Json failure(const std::string& text) {
  return {{"ok", false}, {"error", text}};
}

pvm::u32 times_of(const Json& request) {
  return std::clamp(request.value("times", pvm::u32{1}), pvm::u32{1}, times_most);
}

Json load(Subject& subject, const Json& request) {
  const auto outcome = subject.load(request.at("file").get<std::string>(), times_of(request));
  if (const auto* failed = std::get_if<Failure>(&outcome)) return failure(failed->text);
  const auto& loaded = std::get<Loaded>(outcome);
  Json reply = {{"ok", true}, {"ns", loaded.nanoseconds}};
  if (loaded.instructions != 0) reply["instructions"] = loaded.instructions;
  if (loaded.native_bytes != 0) reply["native_bytes"] = loaded.native_bytes;
  return reply;
}

Json run(Subject& subject, const Json& request) {
  const auto n = request.at("n").get<pvm::u32>();
  std::vector<pvm::u64> nanoseconds;
  std::optional<pvm::u64> result;
  for (pvm::u32 left = times_of(request); left > 0; --left) {
    const auto outcome = subject.call(n);
    if (const auto* failed = std::get_if<Failure>(&outcome)) return failure(failed->text);
    const Call call = std::get<Call>(outcome);
    if (result && *result != call.result) return failure("two calls gave different results");
    result = call.result;
    nanoseconds.push_back(call.nanoseconds);
  }
  char text[24];
  static_cast<void>(std::snprintf(text, sizeof text, "0x%016llx", static_cast<unsigned long long>(*result)));
  return {{"ok", true}, {"result", text}, {"ns", nanoseconds}};
}

Json answer(Subject& subject, const Json& request) {
  const auto what = request.at("do").get<std::string>();
  if (what == "load") return load(subject, request);
  if (what == "run") return run(subject, request);
  return failure("unknown request '" + what + "'");
}

// The JSON library reports what it can't read by exceptions.
Json answer_line(Subject& subject, const std::string& line) {
  try {
    return answer(subject, Json::parse(line));
  } catch (const Json::exception& error) {
    return failure(error.what());
  }
}

int serve(Subject& subject) {
  for (std::string line; std::getline(std::cin, line);) std::cout << answer_line(subject, line).dump() << std::endl;
  return 0;
}

int run_command(int argc, char** argv) {
  CLI::App app("Runs benchmark programs on one back end, as requests on standard input say (docs/benchmark-peers.md)");
  std::string back_end = "process";
  SubjectOptions options;
  const std::map<std::string, pvm::Metering> meterings = {
      {"none", pvm::Metering::none}, {"sync", pvm::Metering::sync}, {"async", pvm::Metering::async}};
  const std::map<std::string, pvm::GasModel> gas_models = {{"flat-1", pvm::GasModel::flat_1}, {"pipeline-1", pvm::GasModel::pipeline_1}};
  app.add_option("back-end", back_end, "process, in-process, interpreter, ref or native")->capture_default_str();
  app.add_option("--metering", options.metering, "none, sync or async")->transform(CLI::CheckedTransformer(meterings));
  app.add_option("--gas-model", options.gas_model, "flat-1 or pipeline-1")->transform(CLI::CheckedTransformer(gas_models));
  CLI11_PARSE(app, argc, argv);
  const auto subject = make_subject(back_end, options);
  if (const auto* failed = std::get_if<Failure>(&subject)) {
    std::cerr << "bench-programs: " << failed->text << '\n';
    return 2;
  }
  return serve(*std::get<std::unique_ptr<Subject>>(subject));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command(argc, argv);
  } catch (const std::exception& error) {
    static_cast<void>(std::fprintf(stderr, "bench-programs: %s\n", error.what()));
    return 2;
  }
}
