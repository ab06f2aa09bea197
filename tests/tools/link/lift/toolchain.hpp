// SPDX-License-Identifier: Apache-2.0 OR MIT
// Compilers and linkers for RISC-V, as the tests run them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "link.hpp"

namespace pvm::link::test {

/// A folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }

 private:
  std::filesystem::path folder_;
};

/// Runs a command line; throws std::runtime_error with its output if it fails. Tests let that through: it is their failure.
void run(const std::vector<std::string>& command);

using Bytes = std::vector<u8>;
Bytes read_file(const std::filesystem::path& path);

/// Which of the programs found when the tests were configured; each throws if there was none.
std::string clang();
std::string clangxx();
std::string lld();
std::string gcc();
std::string gnu_ld();

/// How guests are compiled unless a test says otherwise: RV32EMAC or RV64EMAC with Zbb.
std::vector<std::string> clang_target(u32 bits);
std::vector<std::string> gcc_target(u32 bits);

/// The archive of a compiler's helpers for RV32E.
std::string helpers_32();

/// Assembles text with clang; `bits`: 32 or 64.
Bytes assemble(const std::string& text, u32 bits = 64, const std::vector<std::string>& options = {});

/// Lines that export the function `name`, for assemble().
std::string export_of(const std::string& name, u32 bits = 64);

/// Lines that define the function `name`, which calls the host's function of the same name.
std::string import_of(const std::string& name, u32 inputs, u32 outputs, u32 bits = 64);

/// lift() of objects from memory: they are called a.o, b.o...
Outcome<Program> lift_objects(const std::vector<Bytes>& objects, const LinkOptions& options = {});

}  // namespace pvm::link::test
