// SPDX-License-Identifier: Apache-2.0 OR MIT
// A program outside the project: refuses a bad program by the installed interpreter, verifies the installed vectors by the installed
// library.
#include <array>
#include <iostream>
#include <pvm/conformance/manifest.hpp>
#include <pvm/ref/program.hpp>
#include <variant>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::array<pvm::ref::u8, 3> bytes = {'P', 'V', 'M'};
  const auto loaded = pvm::ref::load(bytes, pvm::ref::Config{});
  const auto* rejection = std::get_if<pvm::ref::Rejection>(&loaded);
  if (rejection == nullptr) {
    std::cerr << "consumer: a truncated program was accepted\n";
    return 1;
  }
  const auto errors = pvm::conformance::verify(argv[1]);
  for (const auto& error : errors) std::cerr << "consumer: " << error.path << ": " << error.reason << "\n";
  std::cout << "refused: " << pvm::ref::name_of(rejection->reason) << "; errors in the installed vectors: " << errors.size() << "\n";
  return errors.empty() ? 0 : 1;
}
