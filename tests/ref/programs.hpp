// SPDX-License-Identifier: Apache-2.0 OR MIT
// Programs from a few lines of text, loaded.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "pvm/builder/assemble.hpp"
#include "pvm/ref/machine.hpp"

namespace pvm::testing {

using builder::Bytes;
using ref::i64;
using ref::Semantics;
using ref::u32;
using ref::u64;
using ref::u8;

inline ref::Config raw_config(Semantics version) {
  ref::Config config;
  config.semantics = version;
  config.container = ref::Container::raw;
  return config;
}

inline ref::Program load_text(const ref::Config& config, std::string_view text) {
  const auto blob = builder::assemble(config.semantics, text);
  if (const auto* error = std::get_if<std::string>(&blob)) {
    ADD_FAILURE() << *error;
    return {};
  }
  auto program = ref::load(raw_container(std::get<builder::CodeBlob>(blob)), config);
  if (const auto* rejection = std::get_if<ref::Rejection>(&program)) {
    ADD_FAILURE() << name_of(rejection->reason);
    return {};
  }
  return std::get<ref::Program>(std::move(program));
}

inline ref::Program load_text(Semantics version, std::string_view text) {
  return load_text(raw_config(version), text);
}

}  // namespace pvm::testing
