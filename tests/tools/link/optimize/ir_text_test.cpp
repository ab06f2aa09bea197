// SPDX-License-Identifier: Apache-2.0 OR MIT
#include "expect.hpp"

namespace pvm::link::testing {
namespace {

constexpr const char* everything = R"(program 32 stack 4096
import "a\x22b\x00" inputs 3 outputs 1 index 7
section ".rodata" read_only align 8 size 16
  bytes 00 01 02 03 04 05 06 07
  relocation 0 size 4 = @1 - $0+4
  relocation 4 size 4 = heap_base
section ".bss" zero align 16 size 1024 unused
export "main" @0 inputs 0 outputs 1
block @0
  a0 = add a1, -5
  a1 = load_u8 [a0 + $0-8]
  store_u32 [0 + $1+4] = 7
  a2 = cmov_if_zero a0, a1
  e3 = reverse_bytes a0
  a0 = sbrk a1
  memset
  host_call %0
  branch a0 less_signed 5, @1, @2
block @1
  ra = call @2, @0
block @2
  t0 = call_indirect a0 + 4, @1
block @3
  jump_indirect ra + 0
block @4
  trap
block @5
  jump @0
layout @0 @2 @1 @3
)";

TEST(IrText, everything_can_be_written_and_read) {
  EXPECT_EQ(to_text(program_of(everything)), everything);
}

TEST(IrText, comments_and_blank_lines_are_skipped) {
  EXPECT_EQ(to_text(program_of("# nothing\n\nprogram 64 # wide\nblock @0\n\n  trap # end\n")), "program 64\nblock @0\n  trap\n");
}

u64 line_of_error(std::string_view text) {
  const auto parsed = parse_ir(text);
  const auto* error = std::get_if<LinkError>(&parsed);
  return error == nullptr ? 0 : error->offset.value_or(0);
}

TEST(IrText, errors_name_the_line) {
  EXPECT_EQ(line_of_error("program 16\n"), 1u);
  EXPECT_EQ(line_of_error("program 64\nblock @1\n"), 2u);
  EXPECT_EQ(line_of_error("program 64\nblock @0\n  a0 = addd a1, 2\n  trap\n"), 3u);
  EXPECT_EQ(line_of_error("program 64\nblock @0\n  a0 = add a9, 2\n  trap\n"), 3u);
  EXPECT_EQ(line_of_error("program 64\nblock @0\n  a0 = add a1, 99999999999999999999\n  trap\n"), 3u);
  EXPECT_EQ(line_of_error("program 64\nblock @0\n  a0 = add a1, 2 3\n  trap\n"), 3u);
  EXPECT_EQ(line_of_error("program 64\nblock @0\n  a0 = add a1, 2\n"), 3u) << "the block doesn't end";
  EXPECT_NE(line_of_error("program 64\nblock @0\n  jump @1\n"), 0u);
  EXPECT_NE(line_of_error("program 64\nblock @0\n  a0 = move $0\n  trap\n"), 0u);
  EXPECT_NE(line_of_error("program 64\nblock @0\n  host_call %0\n  trap\n"), 0u);
  EXPECT_NE(line_of_error("program 64\nblock @0\n  trap\nlayout @0 @0\n"), 0u);
  EXPECT_NE(line_of_error("bytes 00\n"), 0u);
  EXPECT_NE(line_of_error("section \"a\" read_only align 3 size 1\n"), 0u);
  EXPECT_NE(line_of_error("section \"a\n"), 0u);
}

}  // namespace
}  // namespace pvm::link::testing
