// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "lift/relocations.hpp"

#include <array>

#include "elf/elf.hpp"

namespace pvm::link::relocation {

std::string name_of(u32 type) {
  static constexpr std::array<const char*, 62> names = {"NONE",
                                                        "32",
                                                        "64",
                                                        "RELATIVE",
                                                        "COPY",
                                                        "JUMP_SLOT",
                                                        "TLS_DTPMOD32",
                                                        "TLS_DTPMOD64",
                                                        "TLS_DTPREL32",
                                                        "TLS_DTPREL64",
                                                        "TLS_TPREL32",
                                                        "TLS_TPREL64",
                                                        "TLSDESC",
                                                        "",
                                                        "",
                                                        "",
                                                        "BRANCH",
                                                        "JAL",
                                                        "CALL",
                                                        "CALL_PLT",
                                                        "GOT_HI20",
                                                        "TLS_GOT_HI20",
                                                        "TLS_GD_HI20",
                                                        "PCREL_HI20",
                                                        "PCREL_LO12_I",
                                                        "PCREL_LO12_S",
                                                        "HI20",
                                                        "LO12_I",
                                                        "LO12_S",
                                                        "TPREL_HI20",
                                                        "TPREL_LO12_I",
                                                        "TPREL_LO12_S",
                                                        "TPREL_ADD",
                                                        "ADD8",
                                                        "ADD16",
                                                        "ADD32",
                                                        "ADD64",
                                                        "SUB8",
                                                        "SUB16",
                                                        "SUB32",
                                                        "SUB64",
                                                        "GOT32_PCREL",
                                                        "",
                                                        "ALIGN",
                                                        "RVC_BRANCH",
                                                        "RVC_JUMP",
                                                        "RVC_LUI",
                                                        "GPREL_I",
                                                        "GPREL_S",
                                                        "TPREL_I",
                                                        "TPREL_S",
                                                        "RELAX",
                                                        "SUB6",
                                                        "SET6",
                                                        "SET8",
                                                        "SET16",
                                                        "SET32",
                                                        "32_PCREL",
                                                        "IRELATIVE",
                                                        "PLT32",
                                                        "SET_ULEB128",
                                                        "SUB_ULEB128"};
  if (type < names.size() && *names[type] != 0) return std::string("R_RISCV_") + names[type];
  if (type == elf::dynamic_relocation) return "a relocation for a dynamic loader";
  return "relocation type " + std::to_string(type);
}

}  // namespace pvm::link::relocation
