// SPDX-License-Identifier: Apache-2.0 OR MIT
// Splits a command as a shell would, without a shell.
#include "command_line.hpp"

#include <optional>

namespace pvm::runner {
namespace {

/// Reads words off a command; one instance per command.
class Splitter {
 public:
  explicit Splitter(std::string_view command) : rest_(command) {}

  std::variant<std::vector<std::string>, std::string> split() {
    while (!rest_.empty()) {
      const char c = take();
      if (c == ' ' || c == '\t' || c == '\n') {
        end_word();
      } else if (!consume(c)) {
        return problem_;
      }
    }
    end_word();
    if (words_.empty()) return std::string("the command is empty");
    return words_;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string& word() {
    if (!word_) word_.emplace();
    return *word_;
  }

  void end_word() {
    if (word_) words_.push_back(*std::move(word_));
    word_.reset();
  }

  bool fail(const char* problem) {
    problem_ = problem;
    return false;
  }

  bool consume(char c) {
    if (c == '\'') return single_quoted();
    if (c == '"') return double_quoted();
    if (c != '\\') {
      word() += c;
      return true;
    }
    if (rest_.empty()) return fail("the command ends in a backslash");
    word() += take();
    return true;
  }

  bool single_quoted() {
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) return fail("a ' is not closed");
    word() += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool double_quoted() {
    word();
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return true;
      if (c == '\\' && !rest_.empty() && std::string_view("\"\\$`\n").find(rest_.front()) != std::string_view::npos) {
        if (const char kept = take(); kept != '\n') word() += kept;
      } else {
        word() += c;
      }
    }
    return fail("a \" is not closed");
  }

  std::string_view rest_;
  std::vector<std::string> words_;
  std::optional<std::string> word_;
  std::string problem_;
};

}  // namespace

std::variant<std::vector<std::string>, std::string> split_command(std::string_view command) {
  return Splitter(command).split();
}

}  // namespace pvm::runner
