// SPDX-License-Identifier: Apache-2.0 OR MIT
// The whole C++ API of the engine.
#pragma once

#include "pvm/caller.hpp"
#include "pvm/engine.hpp"
#include "pvm/host_function.hpp"
#include "pvm/instance.hpp"
#include "pvm/linker.hpp"
#include "pvm/module.hpp"
#include "pvm/result.hpp"
#include "pvm/types.hpp"
