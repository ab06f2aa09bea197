// SPDX-License-Identifier: Apache-2.0 OR MIT
// Between text and programs.
#pragma once
