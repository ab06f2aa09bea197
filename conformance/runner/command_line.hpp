// SPDX-License-Identifier: Apache-2.0 OR MIT
// Splits a command as a shell would, without a shell.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pvm::runner {

/// The words of a command, or why it can't be split (an open quote, a backslash at the end, no word at all).
/// Blanks separate; '...' keeps everything; "..." keeps everything but a backslash before " \ $ ` or a newline; a backslash elsewhere
/// keeps the next character. Nothing is expanded: no variables, no globs, no redirection.
std::variant<std::vector<std::string>, std::string> split_command(std::string_view command);

}  // namespace pvm::runner
