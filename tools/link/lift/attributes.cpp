// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "lift/attributes.hpp"

#include <elf.h>

#include <algorithm>
#include <optional>

namespace pvm::link::lifting {
namespace {

constexpr u32 section_type_attributes = 0x70000003;
/// Extensions whose instructions are understood, or that are nothing but names for parts of them.
constexpr std::string_view known_extensions[] = {
    "i",     "e",     "m",      "a",   "c",        "zba",   "zbb", "zbs",      "zicond", "xtheadcondmov",
    "zmmul", "zaamo", "zalrsc", "zca", "zifencei", "zicsr", "b",   "xmipscmov"};

/// The string that follows tag 5 (Tag_RISCV_arch): "rv64e2p0_m2p0_c2p0". It is looked for by how it begins, as there is nothing like it.
std::optional<std::string_view> architecture_of(const elf::Object& object) {
  for (const elf::Section& section : object.sections) {
    if (section.type != section_type_attributes) continue;
    const std::string_view text(reinterpret_cast<const char*>(section.bytes.data()), section.bytes.size());
    const auto begin = text.find("\x05rv");
    const auto end = text.find('\0', begin == std::string_view::npos ? text.size() : begin);
    if (end != std::string_view::npos) return text.substr(begin + 1, end - begin - 1);
  }
  return std::nullopt;
}

/// "zbb1p0" without its version.
std::string_view without_version(std::string_view extension) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto length = extension.size();
  while (length > 0 && is_digit(extension[length - 1])) --length;
  if (length == extension.size() || length < 2 || extension[length - 1] != 'p' || !is_digit(extension[length - 2])) return extension;
  --length;
  while (length > 0 && is_digit(extension[length - 1])) --length;
  return extension.substr(0, length);
}

std::string foreign_extensions(std::string_view architecture) {
  std::string foreign;
  architecture.remove_prefix(std::min<std::size_t>(4, architecture.size()));  // rv32 or rv64
  while (!architecture.empty()) {
    const auto end = std::min(architecture.find('_'), architecture.size());
    const std::string_view name = without_version(architecture.substr(0, end));
    const bool is_known = std::find(std::begin(known_extensions), std::end(known_extensions), name) != std::end(known_extensions);
    if (!is_known && foreign.size() < 200) foreign += (foreign.empty() ? "" : ", ") + std::string(name);
    architecture.remove_prefix(std::min(end + 1, architecture.size()));
  }
  return foreign;
}

}  // namespace

std::vector<std::string> foreign_attributes(const elf::Object& object) {
  std::vector<std::string> lines;
  const std::string march = "compile with -march=rv" + std::to_string(object.bits) + "emac_zbb";
  if ((object.flags & EF_RISCV_RVE) == 0) {
    lines.push_back(object.path + ": compiled for 32 registers, of which 16 exist here; " + march);
  }
  if ((object.flags & EF_RISCV_FLOAT_ABI) != 0) {
    lines.push_back(object.path +
                    ": compiled for a floating-point calling convention; compile with -mabi=" + (object.bits == 32 ? "ilp32e" : "lp64e"));
  }
  if ((object.flags & EF_RISCV_TSO) != 0) lines.push_back(object.path + ": asks for total store ordering, which has no meaning here");
  const auto architecture = architecture_of(object);
  const std::string foreign = architecture ? foreign_extensions(*architecture) : "";
  if (!foreign.empty()) lines.push_back(object.path + ": compiled for extensions that do not exist here: " + foreign + "; " + march);
  return lines;
}

}  // namespace pvm::link::lifting
