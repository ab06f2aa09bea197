// SPDX-License-Identifier: Apache-2.0 OR MIT
// Between text and programs. The syntax is described in docs/assembly.md.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pvm/ref/program.hpp"

namespace pvm::assembly {

using Bytes = std::vector<ref::u8>;

/// Why a text is refused. Lines and columns (bytes) count from 1.
struct AsmError {
  ref::u32 line = 0;
  ref::u32 column = 0;
  std::string message;  ///< One sentence without a full stop; where there is a remedy, it follows a semicolon.
};

/// What holds where the text says nothing.
struct AsmOptions {
  ref::Semantics semantics = ref::Semantics::rv64_1;
  /// Absent: polkavm, or raw for graypaper-0.7.2.
  std::optional<ref::Container> container = {};
  std::size_t max_errors = 20;
};

/// A program made from text. Nothing says that it would be accepted: the text may ask for any bytes.
struct Assembled {
  Bytes blob;
  ref::Semantics semantics = ref::Semantics::rv64_1;
  ref::Container container = ref::Container::polkavm;
};

/// Makes a program from text, or says what is wrong with it: the first errors in the order of lines, at least one and at most max_errors.
std::variant<Assembled, std::vector<AsmError>> assemble(std::string_view text, const AsmOptions& options = {});

/// Further lines that a disassembly shows, as comments in the canonical form.
struct Annotations {
  /// Lines in front of the instruction at a code offset: the source it comes from, for example. May be empty.
  std::function<std::vector<std::string>(ref::u32 pc)> before = {};
  /// Lines behind it: native code, for example. May be empty.
  std::function<std::vector<std::string>(ref::u32 pc)> after = {};
};

/// What a disassembly looks like.
struct DisasmOptions {
  enum class Format : ref::u8 {
    canonical,  ///< Assembles to the same bytes again.
    listing,    ///< As the ecosystem's tool prints: for comparing, and lossy.
  };
  Format format = Format::canonical;
  bool show_raw_bytes = false;
  bool show_gas = false;  ///< What each block costs; there are no such costs under instruction-1.
  Annotations annotations = {};
};

/// The version that the version byte of a polkavm container stands for, or nullopt: it is none.
std::optional<ref::Semantics> version_of_blob(std::span<const ref::u8> blob);

/// Loads a program for being looked at: `config` as given, but without limits of memory that only concern running it.
std::variant<ref::Program, ref::Rejection> load_to_inspect(std::span<const ref::u8> blob, const ref::Config& config);

/// Prints a program as text, or says why it is none. `config` gives version and container (and, for gas, the model): see version_of_blob().
/// In the canonical form assemble(disassemble(blob)) gives the blob again, whatever it is.
std::variant<std::string, ref::Rejection> disassemble(std::span<const ref::u8> blob, const ref::Config& config,
                                                      const DisasmOptions& options = {});

}  // namespace pvm::assembly
