// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "guest.hpp"

#include <algorithm>
#include <stdexcept>

namespace pvm::link::test {
namespace {

constexpr u64 return_address = 0xffff0000, stack_top = 0xfffe0000;
constexpr u64 max_steps = 20'000'000;

}  // namespace

std::filesystem::path compile(const TemporaryFolder& folder, const std::string& name, const Build& build) {
  const std::filesystem::path object = folder.path(name + ".o");
  const bool is_cxx = name.ends_with(".cpp");
  std::vector<std::string> command = {build.with_gcc ? gcc() : is_cxx ? clangxx() : clang()};
  const auto target = build.with_gcc ? gcc_target(build.bits) : clang_target(build.bits);
  command.insert(command.end(), target.begin(), target.end());
  if (is_cxx) command.insert(command.end(), {"-std=c++17", "-fno-exceptions", "-fno-rtti"});
  command.insert(command.end(), {"-ffunction-sections", "-fdata-sections"});
  command.insert(command.end(), build.options.begin(), build.options.end());
  command.insert(command.end(), {"-c", std::string(TEST_GUESTS) + "/" + name, "-o", object});
  run(command);
  return object;
}

std::filesystem::path link_with(const TemporaryFolder& folder, const std::vector<std::string>& linker,
                                const std::vector<std::filesystem::path>& objects, u32 bits) {
  const std::filesystem::path output = folder.path("linked");
  std::vector<std::string> command = linker;
  command.insert(command.end(), {"-m", bits == 64 ? "elf64lriscv" : "elf32lriscv", "-e", "0"});
  for (const auto& object : objects) command.push_back(object);
  command.insert(command.end(), {"-o", output});
  run(command);
  return output;
}

Bytes link_bytes(const std::vector<Bytes>& objects, const LinkOptions& options) {
  std::vector<Input> inputs;
  for (const Bytes& bytes : objects) inputs.push_back({std::string(1, static_cast<char>('a' + inputs.size())) + ".o", bytes});
  auto result = link(inputs, options);
  if (const auto* error = std::get_if<LinkError>(&result)) throw std::runtime_error(to_text(*error));
  return std::move(std::get<Linked>(result).blob);
}

Bytes link_files(const std::vector<std::filesystem::path>& files, const LinkOptions& options) {
  std::vector<Bytes> objects;
  for (const auto& path : files) objects.push_back(read_file(path));
  return link_bytes(objects, options);
}

Guest::Guest(const Bytes& blob, std::optional<ref::Semantics> semantics, Host host) : host_(std::move(host)) {
  ref::Config config;
  config.metering = ref::Metering::none;
  config.strict = true;
  const bool is_32 = blob.size() > 4 && blob[4] == 1;
  config.semantics = semantics.value_or(is_32 ? ref::Semantics::rv32_1 : ref::Semantics::rv64_1);
  if (ref::is_graypaper(config.semantics)) config.container = ref::Container::standard;
  auto loaded = ref::load(blob, config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&loaded)) {
    throw std::runtime_error("the blob is refused: " + std::string(ref::name_of(rejection->reason)));
  }
  program_ = std::make_unique<ref::Program>(std::move(std::get<ref::Program>(loaded)));
  machine_ = std::make_unique<ref::Machine>(*program_);
}

ref::Exit Guest::call_to_exit(const std::string& name, const std::vector<u64>& arguments) {
  static constexpr std::array<u32, 9> argument_registers = {7, 8, 9, 10, 11, 12, 2, 3, 4};
  const auto& exports = program_->exports;
  const auto found = std::find_if(exports.begin(), exports.end(), [&](const ref::Export& entry) { return entry.symbol == name; });
  if (found == exports.end()) throw std::runtime_error("no export " + name);
  for (u32 number = 0; number < 13; ++number) machine_->set_reg(number, 0);
  machine_->set_reg(0, return_address);
  machine_->set_reg(1, stack_top);
  for (std::size_t index = 0; index < arguments.size(); ++index) machine_->set_reg(argument_registers[index], arguments[index]);
  machine_->set_pc(found->code_offset);
  for (;;) {
    const auto exit = machine_->run_at_most(max_steps);
    if (!exit) throw std::runtime_error(name + " does not come to an end");
    if (exit->status != ref::Status::host_call || !host_ || exit->host_call >= program_->imports.size()) return *exit;
    host_(program_->imports[exit->host_call].value_or("?"), *machine_);
  }
}

u64 Guest::call(const std::string& name, const std::vector<u64>& arguments) {
  const ref::Exit exit = call_to_exit(name, arguments);
  if (exit.status != ref::Status::halt) {
    throw std::runtime_error(name + " ends with " + std::string(ref::name_of(exit.status)) + " at " + std::to_string(exit.pc.value_or(0)));
  }
  return machine_->reg(7);
}

u64 Guest::test(const std::string& name, u32 what, u64 x) {
  if (!is_32()) return call(name, {what, x});
  const u64 low = call(name, {what, x & 0xffffffff, x >> 32});
  return (low & 0xffffffff) | machine_->reg(8) << 32;
}

}  // namespace pvm::link::test
