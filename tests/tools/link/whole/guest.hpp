// SPDX-License-Identifier: Apache-2.0 OR MIT
// Compiling, linking and running guests.
#pragma once

#include <functional>
#include <memory>

#include "pvm/ref/machine.hpp"
#include "toolchain.hpp"

namespace pvm::link::test {

/// How a guest is compiled.
struct Build {
  u32 bits = 64;
  std::vector<std::string> options;  ///< Of the compiler: "-O2", "-fPIE"...
  bool with_gcc = false;
};

/// Compiles guests/NAME to an object in `folder`; returns its path.
std::filesystem::path compile(const TemporaryFolder& folder, const std::string& name, const Build& build);

/// Links objects with a linker's command and options; returns the path of what comes out.
std::filesystem::path link_with(const TemporaryFolder& folder, const std::vector<std::string>& linker,
                                const std::vector<std::filesystem::path>& objects, u32 bits);

/// Links files into a blob; throws std::runtime_error with the error's line.
Bytes link_files(const std::vector<std::filesystem::path>& files, const LinkOptions& options = {});
Bytes link_bytes(const std::vector<Bytes>& objects, const LinkOptions& options = {});

/// A linked program on the reference interpreter.
class Guest {
 public:
  /// What the host does when the import of this name is called.
  using Host = std::function<void(const std::string& import, ref::Machine& machine)>;

  /// The version is that of the options, or by the blob's version byte.
  explicit Guest(const Bytes& blob, std::optional<ref::Semantics> semantics = {}, Host host = {});

  /// Calls an export with numbers in its argument registers; what it returns in a0. Throws std::runtime_error if it doesn't return.
  u64 call(const std::string& name, const std::vector<u64>& arguments = {});
  /// An export (u32, u64) -> u64, in as many registers as that takes.
  u64 test(const std::string& name, u32 what, u64 x);
  /// How a call that doesn't return ends.
  ref::Exit call_to_exit(const std::string& name, const std::vector<u64>& arguments = {});

  const ref::Program& program() const { return *program_; }
  ref::Machine& machine() { return *machine_; }
  bool is_32() const { return program_->config.semantics == ref::Semantics::rv32_1; }

 private:
  std::unique_ptr<ref::Program> program_;
  std::unique_ptr<ref::Machine> machine_;
  Host host_;
};

}  // namespace pvm::link::test
