// SPDX-License-Identifier: Apache-2.0 OR MIT
// A complete polkavm container, from which the malformed ones are made.
#pragma once

#include "group.hpp"

namespace pvm::gen {

/// Two functions and a jump table of one entry; running from 0 leaves 42 in a0 and halts.
CodeBlob sample_code(Semantics version);

/// Around it: sizes 8, 6 and 8192, payloads, two imports, two exports, debug sections, an unknown section.
builder::PolkavmContainer sample_container(Semantics version);

/// The section with that id, or nullptr.
builder::Section* section_of(builder::PolkavmContainer& container, u8 id);

/// A case that loads `bytes`: refused for `reason`, or run with 42 in a0 at the end.
CaseBuilder& container_case(Group& g, const std::string& what, std::string why, std::vector<std::string> clauses, Bytes bytes,
                            std::optional<ref::Reason> reason);

}  // namespace pvm::gen
