// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "toolchain.hpp"

#include <stdlib.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pvm::link::test {
namespace {

std::string found(const char* path, const char* package) {
  const std::string text = path;
  if (text.empty() || text.ends_with("-NOTFOUND")) {
    throw std::runtime_error(std::string("a compiler that the tests need was not there when they were configured; install ") + package);
  }
  return text;
}

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string pointer(u32 bits) {
  return bits == 64 ? ".quad" : ".word";
}

/// A metadata record with the label .Lrecord_`name`.
std::string metadata(const std::string& name, u32 inputs, u32 outputs, u32 bits) {
  return ".pushsection .polkavm_metadata,\"Ra\",@note\n.Lrecord_" + name + ": .byte 1\n.4byte 0, " + std::to_string(name.size()) + "\n" +
         pointer(bits) + " .Lname_" + name + "\n.byte " + std::to_string(inputs) + ", " + std::to_string(outputs) +
         "\n.popsection\n.pushsection .rodata.names,\"a\",@progbits\n.Lname_" + name + ": .ascii \"" + name + "\"\n.popsection\n";
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pvm-link-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void run(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) line += quoted(word) + " ";
  std::FILE* const pipe = popen((line + "2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("can't run " + line);
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), count);
  if (pclose(pipe) != 0) throw std::runtime_error("failed: " + line + "\n" + output);
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string clang() {
  return found(TEST_CLANG, "clang-19");
}
std::string clangxx() {
  return found(TEST_CLANGXX, "clang-19");
}
std::string lld() {
  return found(TEST_LLD, "lld-19");
}
std::string gcc() {
  return found(TEST_GCC, "gcc-riscv64-unknown-elf");
}
std::string gnu_ld() {
  return found(TEST_GNU_LD, "binutils-riscv64-unknown-elf");
}

std::string helpers_32() {
  return found(TEST_HELPERS_32, "gcc-riscv64-unknown-elf");
}

std::vector<std::string> clang_target(u32 bits) {
  if (bits == 64) return {"--target=riscv64-unknown-elf", "-march=rv64emac_zbb", "-mabi=lp64e", "-ffreestanding", "-nostdlib"};
  return {"--target=riscv32-unknown-elf", "-march=rv32emac_zbb", "-mabi=ilp32e", "-ffreestanding", "-nostdlib"};
}

std::vector<std::string> gcc_target(u32 bits) {
  // GCC 12 knows RV32E alone; its RV64I code keeps within RVE's registers where -ffixed tells it so.
  if (bits == 32) return {"-march=rv32emac_zbb", "-mabi=ilp32e", "-ffreestanding", "-nostdlib"};
  std::vector<std::string> options = {"-march=rv64imac_zbb", "-mabi=lp64", "-mcmodel=medany", "-ffreestanding", "-nostdlib"};
  for (const char* reg : {"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"}) {
    options.push_back(std::string("-ffixed-") + reg);
  }
  return options;
}

Bytes assemble(const std::string& text, u32 bits, const std::vector<std::string>& options) {
  const TemporaryFolder folder;
  std::ofstream(folder.path("a.s")) << text;
  std::vector<std::string> command = {clang()};
  for (const auto& list : {clang_target(bits), options}) command.insert(command.end(), list.begin(), list.end());
  for (const char* word : {"-Wno-unused-command-line-argument", "-c", "-o"}) command.emplace_back(word);
  command.push_back(folder.path("a.o"));
  command.push_back(folder.path("a.s"));
  run(command);
  return read_file(folder.path("a.o"));
}

std::string export_of(const std::string& name, u32 bits) {
  return metadata(name, 2, 1, bits) + ".pushsection .polkavm_exports,\"Ra\",@note\n.byte 1\n" + pointer(bits) + " .Lrecord_" + name + "\n" +
         pointer(bits) + " " + name + "\n.popsection\n";
}

std::string import_of(const std::string& name, u32 inputs, u32 outputs, u32 bits) {
  return metadata(name, inputs, outputs, bits) + ".pushsection .text." + name + ",\"ax\",@progbits\n.globl " + name + "\n" + name +
         ":\n.word 0x0b\n" + pointer(bits) + " .Lrecord_" + name + "\nret\n.popsection\n";
}

Outcome<Program> lift_objects(const std::vector<Bytes>& objects, const LinkOptions& options) {
  std::vector<Input> inputs;
  for (std::size_t index = 0; index < objects.size(); ++index) {
    inputs.push_back({std::string(1, static_cast<char>('a' + index)) + ".o", objects[index]});
  }
  return lift(inputs, options);
}

}  // namespace pvm::link::test
