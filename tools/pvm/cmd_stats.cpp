// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm stats: counts instructions, block sizes, gas and immediates.
#include "cmd_stats.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <nlohmann/json.hpp>

#include "exit_code.hpp"
#include "format.hpp"
#include "program_options.hpp"
#include "program_stats.hpp"

namespace pvm::command {
namespace {

using ref::u64;
using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> blobs;
  ProgramOptions program;
  bool json = false;
};

constexpr unsigned bar_width = 40;

// --- for people ---

std::string row(const Palette& palette, const std::string& label, u64 count, u64 largest, u64 total) {
  return "  " + padded(label, 36) + padded_left(std::to_string(count), 9) + padded_left(percent(count, total), 9) + "  " +
         palette.cyan(bar(count, largest, bar_width)) + "\n";
}

std::string opcodes_text(const ProgramStats& stats, const Palette& palette) {
  std::vector<std::pair<std::string_view, u64>> rows(stats.opcodes.begin(), stats.opcodes.end());
  std::ranges::stable_sort(rows, std::greater(), &std::pair<std::string_view, u64>::second);
  std::string text = "\n" + palette.bold("Instructions") + "\n";
  for (const auto& [name, count] : rows) text += row(palette, std::string(name), count, rows.front().second, stats.instructions());
  return text;
}

/// Values in classes that double: 1, 2, 3 to 4, 5 to 8, ...
Histogram in_classes(const Histogram& histogram) {
  Histogram classes;
  for (const auto& [value, count] : histogram) classes[std::bit_ceil(value)] += count;
  return classes;
}

std::string class_label(u64 last) {
  return last <= 2 ? std::to_string(last) : std::to_string(last / 2 + 1) + " to " + std::to_string(last);
}

std::string distribution_text(const char* title, const Histogram& histogram, bool by_classes, const Palette& palette) {
  std::string text = "\n" + palette.bold(title);
  const u64 total = count_of(histogram);
  if (total == 0) return text + "\n  none\n";
  char mean[64];
  static_cast<void>(std::snprintf(mean, sizeof mean, "%.2f", static_cast<double>(sum_of(histogram)) / static_cast<double>(total)));
  text += "  mean " + std::string(mean) + ", median " + std::to_string(quantile_of(histogram, 0.5)) + ", 90 % at most " +
          std::to_string(quantile_of(histogram, 0.9)) + ", largest " + std::to_string(histogram.rbegin()->first) + "\n";
  const Histogram rows = by_classes ? in_classes(histogram) : histogram;
  const u64 largest = std::ranges::max_element(rows, {}, &Histogram::value_type::second)->second;
  for (const auto& [value, count] : rows)
    text += row(palette, by_classes ? class_label(value) : std::to_string(value), count, largest, total);
  return text;
}

std::string to_text(const ProgramStats& stats, const Palette& palette) {
  std::string text = counted(stats.programs, "program") + ": " + counted(stats.code_bytes, "byte") + " of code, " +
                     counted(stats.instructions(), "instruction") + ", " + counted(stats.blocks(), "block") + "\n";
  text += opcodes_text(stats, palette);
  text += distribution_text("Bytes of an instruction", stats.instruction_bytes, false, palette);
  text += distribution_text("Bytes of an immediate or offset", stats.immediate_bytes, false, palette);
  text += distribution_text("Instructions of a block", stats.block_instructions, true, palette);
  text += distribution_text("Gas of a block, flat-1", stats.flat_gas, true, palette);
  text += distribution_text("Gas of a block, pipeline-1", stats.pipeline_gas, true, palette);
  return text;
}

// --- for machines ---

/// [[value, count], ...]
Json to_json(const Histogram& histogram) {
  Json json = Json::array();
  for (const auto& [value, count] : histogram) json.push_back({value, count});
  return json;
}

Json to_json(const ProgramStats& stats) {
  Json json;
  json["programs"] = stats.programs;
  json["code_bytes"] = stats.code_bytes;
  json["instructions"] = stats.instructions();
  json["blocks"] = stats.blocks();
  json["opcodes"] = Json::object();
  for (const auto& [name, count] : stats.opcodes) json["opcodes"][std::string(name)] = count;
  json["instruction_bytes"] = to_json(stats.instruction_bytes);
  json["immediate_bytes"] = to_json(stats.immediate_bytes);
  json["block_instructions"] = to_json(stats.block_instructions);
  json["block_gas"] = {{"flat-1", to_json(stats.flat_gas)}, {"pipeline-1", to_json(stats.pipeline_gas)}};
  return json;
}

int stats(const Options& options) {
  ProgramStats total;
  for (const std::string& blob : options.blobs) {
    ProgramOptions one = options.program;
    one.blob = blob;
    const auto file = read_program(one);
    if (const auto* problem = std::get_if<Problem>(&file)) return complain(*problem);
    const auto program = load_program(std::get<ProgramFile>(file));
    if (const auto* problem = std::get_if<Problem>(&program)) return complain(*problem);
    total.add(stats_of(std::get<ref::Program>(program)));
  }
  return print(options.json ? to_json(total).dump(2) + "\n" : to_text(total, Palette::of_output()));
}

constexpr const char* footer =
    "Several programs are counted together. Distributions in JSON are arrays of [value, count].\n"
    "\n"
    "Examples:\n"
    "  pvm stats hello.pvm\n"
    "  pvm stats guests/*.pvm --memory-cost 3\n"
    "  pvm stats hello.pvm --json | jq .opcodes\n";

}  // namespace

void add_stats_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("stats", "Count instructions, block sizes, gas and immediates");
  const auto options = std::make_shared<Options>();
  command->add_option("blobs", options->blobs, "The programs; - is standard input")->required()->type_name("BLOB...");
  add_version_options(*command, options->program);
  command->add_flag("--json", options->json, "As JSON");
  command->footer(footer);
  command->callback([options, &exit_code] { exit_code = stats(*options); });
}

}  // namespace pvm::command
