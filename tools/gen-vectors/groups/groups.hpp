// SPDX-License-Identifier: Apache-2.0 OR MIT
// The groups of cases; each is defined in a file of its name or of its theme, and listed in groups.cpp.
#pragma once

#include "group.hpp"

namespace pvm::gen {

void define_control(Group& group);
void define_branch(Group& group);
void define_move(Group& group);
void define_alu(Group& group);
void define_bits(Group& group);
void define_memory(Group& group);
void define_decode(Group& group);
void define_formats(Group& group);
void define_registers(Group& group);
void define_blocks(Group& group);
void define_jumps(Group& group);
void define_map(Group& group);
void define_heap(Group& group);
void define_fill(Group& group);
void define_paging(Group& group);
void define_host(Group& group);
void define_entry(Group& group);
void define_exits(Group& group);
void define_resume(Group& group);
void define_gas_flat(Group& group);
void define_gas_instruction(Group& group);
/// Parts of the two groups above.
void define_metering(Group& group);
void define_paid_fills(Group& group);
void define_pipeline_rows(Group& group);
void define_pipeline_blocks(Group& group);
void define_containers(Group& group);
void define_sections(Group& group);
void define_raw(Group& group);
void define_standard(Group& group);
void define_validate(Group& group);
void define_programs(Group& group);
void define_differences(Group& group);
void define_rare(Group& group);

}  // namespace pvm::gen
