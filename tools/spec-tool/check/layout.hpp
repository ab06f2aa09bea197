// SPDX-License-Identifier: Apache-2.0 OR MIT
// The program around the instruction under test, and what happens at each of its positions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../isa.hpp"
#include "encode.hpp"

namespace pvm::spec {

/// Where a static jump is to go.
enum class Target { start, behind, landing, inside, behind_call, end, beyond, negative, invalid_opcode, behind_invalid };
inline constexpr Target all_targets[] = {Target::start, Target::behind, Target::landing,  Target::inside,         Target::behind_call,
                                         Target::end,   Target::beyond, Target::negative, Target::invalid_opcode, Target::behind_invalid};

/// How the run goes on at a position: a host call with that number there, or a trap.
struct Arrival {
  bool is_host_call = false;
  std::uint32_t position = 0;
  std::uint64_t number = 0;
};

/// The code
///      0: ecalli 5; trap                      the start, always a valid target
///      3: the instruction under test
///    end: nothing (`alone`), or
///      F: ecalli 7; trap                      behind the instruction
///    F+3: ecalli 9; trap                      the landing, a valid target behind a terminator
///    F+6: byte ff; trap                       an invalid opcode behind a terminator; left out in jam-1, which refuses it
class Layout {
 public:
  static constexpr std::uint32_t pc = 3;

  Layout(const Bytes& instruction, bool ends_block, bool alone, bool with_invalid_opcode);

  const Bytes& code() const { return code_; }
  Bytes bitmask() const;
  std::uint32_t size() const { return static_cast<std::uint32_t>(code_.size()); }
  std::uint32_t next() const { return next_; }
  bool alone() const { return next_ == size(); }

  /// Position of a target; nullopt: this layout has none of that kind.
  std::optional<std::uint32_t> position_of(Target target) const;
  /// [target.valid] for this code. The instruction under test counts as a valid opcode.
  bool is_valid_target(std::uint64_t position, bool graypaper) const;
  /// Number of instructions of the block that starts at a valid target or at the instruction under test, its closing terminator or
  /// (implicit) invalid instruction included. [block.extent]
  std::int64_t block_length(std::uint32_t position) const;
  /// What executing from `position` on leads to. Not for the instruction under test itself.
  Arrival arrive(std::uint32_t position) const;

 private:
  enum class Mark { none, plain, terminator, invalid };
  void append(const Bytes& bytes, Mark mark);

  Bytes code_;
  std::vector<Mark> marks_;
  std::uint32_t next_ = 0;
};

/// Container `raw`, which the PolkaVM versions and the Gray Paper share for sizes as small as these. [raw.layout]
Bytes raw_container(const Layout& layout, const std::vector<std::uint64_t>& jump_table, unsigned entry_size);

/// Container `polkavm` with the sections memory config, ro data, rw data and code. [blob.sections]
struct MappedSizes {
  std::uint32_t ro_size = 0, rw_size = 0, stack_size = 0;
  Bytes ro_data, rw_data;
};
Bytes polkavm_container(const Layout& layout, int version_byte, const MappedSizes& sizes);

/// Container `standard` without read-only data or arguments. [standard.layout]
Bytes standard_container(const Layout& layout, const Bytes& rw_data, std::uint32_t heap_pages, std::uint32_t stack_size);

}  // namespace pvm::spec
