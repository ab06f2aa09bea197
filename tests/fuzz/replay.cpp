// SPDX-License-Identifier: Apache-2.0 OR MIT
// Feeds a fuzz target the files of a directory, and then pieces of them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

// libFuzzer prescribes the name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);  // NOLINT(readability-identifier-naming)

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> paths;
  for (int index = 1; index < argc; ++index) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[index])) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(input.data(), input.size());
    // A little of what a fuzzer would do: cut the input, and damage a byte.
    const std::size_t stride = std::max<std::size_t>(1, input.size() / 40);
    for (std::size_t place = 0; place < input.size(); place += stride) {
      LLVMFuzzerTestOneInput(input.data(), place);
      const std::uint8_t kept = input[place];
      input[place] = static_cast<std::uint8_t>(kept ^ 0x81);
      LLVMFuzzerTestOneInput(input.data(), input.size());
      input[place] = kept;
    }
  }
  std::cout << "replayed " << paths.size() << " inputs\n";
  return paths.empty() ? EXIT_FAILURE : EXIT_SUCCESS;
}
