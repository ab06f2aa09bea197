// SPDX-License-Identifier: Apache-2.0 OR MIT
// The list of all groups.
#include "groups.hpp"

namespace pvm::gen {

namespace {

constexpr GroupDefinition definitions[] = {
    {"control", define_control},
    {"branch", define_branch},
    {"move", define_move},
    {"alu", define_alu},
    {"bits", define_bits},
    {"memory", define_memory},
    {"decode", define_decode},
    {"formats", define_formats},
    {"registers", define_registers},
    {"blocks", define_blocks},
    {"jumps", define_jumps},
    {"map", define_map},
    {"heap", define_heap},
    {"fill", define_fill},
    {"paging", define_paging},
    {"host", define_host},
    {"entry", define_entry},
    {"exits", define_exits},
    {"resume", define_resume},
    {"gas-flat", define_gas_flat},
    {"gas-instruction", define_gas_instruction},
    {"gas-pipeline", define_pipeline_blocks},
    {"gas-pipeline-table", define_pipeline_rows},
    {"containers", define_containers},
    {"sections", define_sections},
    {"raw", define_raw},
    {"standard", define_standard},
    {"validate", define_validate},
    {"programs", define_programs},
    {"differences", define_differences},
    {"rare", define_rare},
};

}  // namespace

std::span<const GroupDefinition> all_groups() {
  return definitions;
}

}  // namespace pvm::gen
