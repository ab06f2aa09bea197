// SPDX-License-Identifier: Apache-2.0 OR MIT
// pvm-conform host-lib (hidden): speaks target protocol 1 for a shared library, in a process that may crash with it.
#include <dlfcn.h>

#include <iostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "pvm_target.h"

namespace pvm::runner {
namespace {

/// The library's interface, or nullptr after a complaint. The library stays loaded until the process ends.
const pvm_target* load_target(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    complain(dlerror());
    return nullptr;
  }
  using Get = const pvm_target* (*)(uint32_t);
  const Get get = reinterpret_cast<Get>(dlsym(library, "pvm_target_get"));
  if (get == nullptr) {
    complain(path + ": has no symbol pvm_target_get");
    return nullptr;
  }
  const pvm_target* target = get(PVM_TARGET_ABI_VERSION);
  if (target == nullptr || target->abi_version != PVM_TARGET_ABI_VERSION || target->size < sizeof(pvm_target)) {
    complain(path + ": does not offer version " + std::to_string(PVM_TARGET_ABI_VERSION) + " of the interface");
    return nullptr;
  }
  return target;
}

/// Answers one line; false if the library refused or nobody listens.
bool answer_line(const pvm_target& target, void* context, const std::string& line) {
  char* reply = nullptr;
  std::size_t length = 0;
  if (const int code = target.answer(context, line.data(), line.size(), &reply, &length); code != 0 || reply == nullptr) {
    complain("the library's answer() returned " + std::to_string(code) + (code == 0 ? " without a reply" : ""));
    return false;
  }
  std::cout.write(reply, static_cast<std::streamsize>(length)) << '\n' << std::flush;
  target.release(context, reply);
  return static_cast<bool>(std::cout);
}

}  // namespace

int host_lib_command(const std::string& path) {
  const pvm_target* target = load_target(path);
  if (target == nullptr) return exit_no_target;
  void* context = target->open();
  if (context == nullptr) {
    complain(path + ": open() failed");
    return exit_no_target;
  }
  std::string line;
  bool going_on = true;
  while (going_on && std::getline(std::cin, line) && !line.starts_with("{\"bye\"")) going_on = answer_line(*target, context, line);
  target->close(context);
  return going_on ? exit_passed : exit_failed;
}

}  // namespace pvm::runner
