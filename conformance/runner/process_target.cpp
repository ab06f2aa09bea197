// SPDX-License-Identifier: Apache-2.0 OR MIT
// A VM in a child process: whatever it does costs the case at hand and no other.
#include <algorithm>
#include <thread>

#include "child.hpp"
#include "results.hpp"
#include "target.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;
using conformance::Hello;
using conformance::ParseError;
using conformance::u64;

/// The start of what a target has said, fit for a message.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 160;
  std::string shown = clean_text(text.substr(0, longest));
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  return "\"" + shown + "\"" + (text.size() > longest ? "..." : "");
}

std::string milliseconds_text(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

class ProcessTarget final : public Target {
 public:
  ProcessTarget(std::vector<std::string> argv, const Patience& patience, const std::atomic<bool>* interrupt)
      : argv_(std::move(argv)), patience_(patience), interrupt_(interrupt) {}

  std::variant<Hello, std::string> start() override;
  Answer run(const Case& c) override;
  std::optional<std::vector<conformance::TraceEntry>> trace(const Case& c, u64 max_steps) override;
  std::optional<std::string> finish() override;
  u64 restarts() const override { return restarts_; }
  u64 quiet_deaths() const override { return quiet_deaths_; }

 private:
  using Result = decltype(Answer::result);

  bool interrupted() const { return interrupt_ != nullptr && interrupt_->load(std::memory_order_relaxed); }
  void pause(std::chrono::milliseconds time) const;
  std::optional<std::string> restart();
  std::optional<std::string> check_idle();
  Result ask(const Case& c, bool& is_repetition);
  Result failure(conformance::Verdict verdict, const std::string& what);
  Result explain_silence(Heard heard);
  std::string with_stderr(const std::string& text);

  std::vector<std::string> argv_;
  Patience patience_;
  const std::atomic<bool>* interrupt_;
  std::unique_ptr<Child> child_;
  std::string last_line_;  ///< The child's answer to the case before; empty if it has answered none.
  bool has_started_ = false;
  u64 seq_ = 0;
  u64 restarts_ = 0;
  u64 quiet_deaths_ = 0;
  int trace_failures_ = 0;
};

std::string ProcessTarget::with_stderr(const std::string& text) {
  const std::string tail = child_ ? child_->stderr_tail() : std::string();
  return tail.empty() ? text : text + "; its standard error ends:\n" + tail;
}

std::variant<Hello, std::string> ProcessTarget::start() {
  last_line_.clear();
  has_started_ = true;
  auto started = Child::start(argv_, interrupt_);
  if (auto* problem = std::get_if<std::string>(&started)) return std::move(*problem);
  child_ = std::get<std::unique_ptr<Child>>(std::move(started));
  const Exchange heard = child_->ask(conformance::hello_request() + "\n", Clock::now() + patience_.start);
  if (heard.heard == Heard::line) {
    auto hello = conformance::parse_hello(heard.line);
    if (auto* greeting = std::get_if<Hello>(&hello)) return std::move(*greeting);
    const std::string problem =
        with_stderr("no proper greeting: " + conformance::to_text(std::get<ParseError>(hello)) + "; it said " + excerpt(heard.line));
    child_.reset();
    return problem;
  }
  std::string problem;
  switch (heard.heard) {
    case Heard::timeout: problem = "it said no greeting within " + milliseconds_text(patience_.start); break;
    case Heard::too_long: problem = "its greeting goes on without an end"; break;
    case Heard::interrupted: problem = "interrupted"; break;
    default: problem = "it ended its output without a greeting and " + child_->how_it_ended();
  }
  problem = with_stderr(problem);
  child_.reset();
  return problem;
}

void ProcessTarget::pause(std::chrono::milliseconds time) const {
  for (const auto end = Clock::now() + time; Clock::now() < end && !interrupted();) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(time, std::chrono::milliseconds(20)));
  }
}

/// Starts the child again if there is none; nullopt if there is one now, else why not.
std::optional<std::string> ProcessTarget::restart() {
  if (child_) return std::nullopt;
  auto wait = patience_.first_pause;
  std::string problem;
  for (int attempt = 1; attempt <= patience_.restart_attempts && !interrupted(); ++attempt) {
    if (attempt > 1) {
      pause(wait);
      wait *= 2;
    }
    restarts_ += has_started_ ? 1 : 0;
    auto hello = start();
    if (std::holds_alternative<Hello>(hello)) return std::nullopt;
    problem = std::get<std::string>(std::move(hello));
  }
  return "it cannot be started again (" + std::to_string(patience_.restart_attempts) + " attempts): " + problem;
}

/// Between two cases: a child that has gone is let go, one that talks without being asked is stopped. What it said, if it did.
std::optional<std::string> ProcessTarget::check_idle() {
  if (!child_ || !child_->has_unasked_output()) return std::nullopt;
  const std::string_view said = child_->unread(1000);
  std::optional<std::string> problem;
  if (said.empty()) {
    ++quiet_deaths_;
  } else {
    problem = with_stderr("the target said more than its answer: " + excerpt(said));
  }
  child_.reset();
  return problem;
}

ProcessTarget::Result ProcessTarget::failure(conformance::Verdict verdict, const std::string& what) {
  Failure failed{verdict, with_stderr(what)};
  child_.reset();
  return failed;
}

ProcessTarget::Result ProcessTarget::explain_silence(Heard heard) {
  using conformance::Verdict;
  switch (heard) {
    case Heard::timeout: {
      std::string what = "no answer within " + milliseconds_text(patience_.per_case);
      if (const auto said = child_->unread(1000); !said.empty()) what += "; it had begun a line: " + excerpt(said);
      return failure(Verdict::timeout, what);
    }
    case Heard::too_long:
      return failure(Verdict::error,
                     "the answer is longer than " + std::to_string(Child::max_line_bytes >> 20) + " MiB: " + excerpt(child_->unread(1000)));
    case Heard::interrupted: child_.reset(); return Interrupted{};
    default: break;
  }
  std::string what = "the target ended its output without an answer and " + child_->how_it_ended();
  if (const auto said = child_->unread(1000); !said.empty()) what += "; it had begun a line: " + excerpt(said);
  return failure(Verdict::error, what);
}

/// One request and its answer. `is_repetition`: instead of an answer the target repeated that to the case before.
ProcessTarget::Result ProcessTarget::ask(const Case& c, bool& is_repetition) {
  const u64 seq = ++seq_;
  const Exchange heard = child_->ask(conformance::run_request(seq, c) + "\n", Clock::now() + patience_.per_case);
  if (heard.heard != Heard::line) return explain_silence(heard.heard);
  auto reply = conformance::parse_reply(heard.line, seq, c);
  if (const auto* error = std::get_if<ParseError>(&reply)) {
    is_repetition = !last_line_.empty() && heard.line == last_line_;
    return failure(conformance::Verdict::error,
                   "not an answer to this request: " + conformance::to_text(*error) + "; the target said " + excerpt(heard.line));
  }
  last_line_ = heard.line;
  if (child_->has_unasked_output() && !child_->unread(1).empty()) {
    return failure(conformance::Verdict::error, "the target said more than its answer: " + excerpt(child_->unread(1000)));
  }
  return std::get<conformance::Outcome>(std::move(reply));
}

Answer ProcessTarget::run(const Case& c) {
  Answer answer{Interrupted{}, check_idle()};
  // A second round only where the first one heard nothing but a late repetition, for which the case before pays.
  for (int round = 0; round < 2; ++round) {
    if (auto problem = restart()) {
      if (!interrupted()) answer.result = Lost{*std::move(problem)};
      return answer;
    }
    bool is_repetition = false;
    answer.result = ask(c, is_repetition);
    if (!is_repetition) break;
    answer.blame_previous = "the target gave its answer twice";
  }
  return answer;
}

std::optional<std::vector<conformance::TraceEntry>> ProcessTarget::trace(const Case& c, u64 max_steps) {
  constexpr int patience_with_traces = 3;
  // A target whose traces don't come would cost a timeout each.
  if (trace_failures_ >= patience_with_traces || check_idle() || restart()) return std::nullopt;
  last_line_.clear();
  const u64 seq = ++seq_;
  const Exchange heard = child_->ask(conformance::trace_request(seq, c, max_steps) + "\n", Clock::now() + patience_.per_case);
  if (heard.heard == Heard::line) {
    auto reply = conformance::parse_trace_reply(heard.line, seq);
    if (auto* steps = std::get_if<std::vector<conformance::TraceEntry>>(&reply)) return std::move(*steps);
    if (std::holds_alternative<conformance::TargetError>(reply)) return std::nullopt;
  }
  ++trace_failures_;
  child_.reset();
  return std::nullopt;
}

std::optional<std::string> ProcessTarget::finish() {
  if (!child_) return std::nullopt;
  const std::string said = child_->finish(conformance::bye_request() + "\n", Clock::now() + patience_.finish);
  const bool answered = !last_line_.empty();
  child_.reset();
  if (said.empty() || !answered || interrupted()) return std::nullopt;
  return "the target said more than its answer: " + excerpt(said);
}

}  // namespace

std::unique_ptr<Target> make_process_target(std::vector<std::string> argv, const Patience& patience, const std::atomic<bool>* interrupt) {
  return std::make_unique<ProcessTarget>(std::move(argv), patience, interrupt);
}

}  // namespace pvm::runner
