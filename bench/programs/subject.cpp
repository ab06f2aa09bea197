// SPDX-License-Identifier: Apache-2.0 OR MIT
// The choice of a back end, and what all of them need.
#include "subject.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

namespace pvm::bench {

std::variant<std::unique_ptr<Subject>, Failure> make_subject(const std::string& back_end, const SubjectOptions& options) {
  if (back_end == "native") return make_native_subject();
  if (back_end == "ref") return make_ref_subject(options);
  if (back_end == "process" || back_end == "in-process" || back_end == "interpreter") return make_engine_subject(back_end, options);
  return Failure{"no back end '" + back_end + "'; there are process, in-process, interpreter, ref and native"};
}

std::variant<std::vector<u8>, Failure> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failure{path + ": can't be opened"};
  return std::vector<u8>(std::istreambuf_iterator<char>(file), {});
}

u64 now() {
  return static_cast<u64>(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace pvm::bench
