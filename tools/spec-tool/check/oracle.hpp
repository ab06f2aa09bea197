// SPDX-License-Identifier: Apache-2.0 OR MIT
// What the document says a run of one instruction leads to.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "guest_memory.hpp"
#include "layout.hpp"

namespace pvm::spec {

using Registers = std::array<std::uint64_t, 13>;

/// The instruction under test, in one version.
struct Subject {
  const InstructionEntry& entry;
  const Formula& formula;
  const Version& version;

  bool graypaper() const { return !version.is_polkavm(); }
  bool has(const std::string& letter) const { return field_of(letter) != nullptr; }
  /// Field of an operand letter, or nullptr.
  const std::string* field_of(const std::string& letter) const;
};

/// One program around the subject.
struct Scene {
  Layout layout;
  Fields fields;
  std::vector<std::uint64_t> jump_table;
  unsigned entry_size = 0;
};

enum class Meter { none, sync, async };

/// The counter at the start of the run, and what it is for. The gas models are flat-1 and instruction-1. The block of the subject can
/// always be paid, and the one to which it goes unless the subject is memset.
struct Gas {
  Meter meter = Meter::sync;
  std::int64_t amount = 1'000'000'000;
};

/// The exit and the state at it.
struct Prediction {
  std::string status;  ///< "trap", "halt", "host_call", "page_fault" or "out_of_gas".
  std::optional<std::uint32_t> pc, next_pc;
  std::uint64_t host_call = 0;
  std::uint32_t fault_address = 0;
  bool write_protected = false;
  Registers registers{};
  std::int64_t gas = 0;
};

/// Register number that a field name stands for. "reg1" .. "reg3".
unsigned register_number(const Fields& fields, const std::string& field);

/// Evaluates the subject's formula and follows the run to its exit, as the chapters on decoding, memory and execution say. `memory` is
/// changed as the guest changes it.
std::variant<Prediction, EvaluationError> predict(const Subject& subject, const Scene& scene, const Registers& registers, const Gas& gas,
                                                  GuestMemory& memory);

}  // namespace pvm::spec
