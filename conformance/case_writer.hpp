// SPDX-License-Identifier: Apache-2.0 OR MIT
// The parts of a case as JSON, shared by vector files and the target protocol.
#pragma once

#include "json_text.hpp"
#include "pvm/conformance/case.hpp"
#include "pvm/conformance/job.hpp"

namespace pvm::conformance {

OrderedJson json_of(const Program& program);
OrderedJson json_of(const Registers& registers);
OrderedJson json_of(const std::vector<Page>& pages);
OrderedJson json_of(const std::vector<MemoryBytes>& memory);
OrderedJson json_of(const Post& post);
OrderedJson json_of(const Rejected& rejected);
OrderedJson json_of(const BlockCosts& costs);
/// A host step as it stands in a request; in a case, `ok` and `bytes` follow.
OrderedJson json_of_host_step(const JobStep& step);
OrderedJson json_of(const Case& c);

}  // namespace pvm::conformance
