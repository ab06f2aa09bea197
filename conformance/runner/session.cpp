// SPDX-License-Identifier: Apache-2.0 OR MIT
// Runs the cases of a suite on a target: one thread and one target per job, one queue of cases for all.
#include "session.hpp"

#include <algorithm>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <thread>

#include "child.hpp"
#include "glob.hpp"
#include "pvm/conformance/ref_target.hpp"

namespace pvm::runner {
namespace {

using conformance::Case;
using conformance::Hello;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts));
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What all workers share. Each result is written by the worker that took its case off the queue, and by no other.
class Session {
 public:
  Session(const std::vector<Case>& cases, const TargetFactory& make_target, const SessionOptions& options)
      : make_target_(make_target), options_(options), results_(cases.size()) {
    for (std::size_t index = 0; index < cases.size(); ++index) results_[index].subject = &cases[index];
  }

  std::variant<SessionResult, std::string> run();

 private:
  /// One target and the case that it has answered last.
  struct Worker {
    std::unique_ptr<Target> target;
    CaseResult* previous = nullptr;
  };

  bool interrupted() const { return options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed); }
  void work(Worker& worker);
  bool run_case(Worker& worker, CaseResult& result);
  void judge(Worker& worker, CaseResult& result, const conformance::Outcome& outcome);
  void find_departure(Target& target, CaseResult& result);
  void blame(Worker& worker, const std::optional<std::string>& problem);
  void mark_listed(CaseResult& result) const;
  void finish_case(CaseResult& result, Clock::time_point start);
  void watch(std::vector<std::thread>& threads);
  void give_up(const std::string& problem);
  SessionResult conclude(double seconds);

  const TargetFactory& make_target_;
  const SessionOptions& options_;
  std::vector<CaseResult> results_;
  Hello hello_;
  std::vector<Worker> workers_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<std::size_t> bad_ = 0;
  std::mutex mutex_;  // guards working_ and lost_
  std::condition_variable changed_;
  std::size_t working_ = 0;
  std::string lost_;
};

void Session::mark_listed(CaseResult& result) const {
  if (options_.expected == nullptr) return;
  for (const ExpectedFailure& entry : *options_.expected) {
    if (glob_match(entry.glob, result.subject->id)) result.listed = &entry;
  }
}

void Session::finish_case(CaseResult& result, Clock::time_point start) {
  result.seconds = seconds_since(start);
  result.finished = true;
  if (result.verdict != Verdict::pass && result.verdict != Verdict::unsupported) ++bad_;
  ++done_;
}

/// The answer to the worker's previous case turned out to be no proper one.
void Session::blame(Worker& worker, const std::optional<std::string>& problem) {
  if (!problem || worker.previous == nullptr) return;
  CaseResult& result = *worker.previous;
  if (result.verdict == Verdict::pass) ++bad_;
  result.verdict = Verdict::error;
  result.message = *problem;
}

void Session::find_departure(Target& target, CaseResult& result) {
  const auto traced = target.trace(*result.subject, options_.max_trace_steps);
  if (!traced) return;
  const auto reference = conformance::trace_on_ref(*result.subject, options_.max_trace_steps);
  const bool complete = reference.size() < options_.max_trace_steps;
  result.departure = first_departure(reference, *traced, result.subject->config.gas_model.has_value(), complete);
  result.traces_agree = !result.departure;
}

void Session::judge(Worker& worker, CaseResult& result, const conformance::Outcome& outcome) {
  conformance::Comparison comparison = conformance::compare(*result.subject, outcome);
  result.verdict = comparison.verdict;
  result.differences = std::move(comparison.differences);
  result.message = clean_text(comparison.note);
  const bool executes = std::holds_alternative<conformance::Execution>(result.subject->body);
  if (result.verdict == Verdict::fail && executes && conformance::can_trace(hello_)) find_departure(*worker.target, result);
}

/// False if the worker has to stop.
bool Session::run_case(Worker& worker, CaseResult& result) {
  const auto start = Clock::now();
  if (auto reason = conformance::unsupported_reason(hello_, *result.subject)) {
    result.verdict = Verdict::unsupported;
    result.message = "the target doesn't announce " + *reason;
    finish_case(result, start);
    return true;
  }
  Answer answer = worker.target->run(*result.subject);
  blame(worker, answer.blame_previous);
  if (const auto* lost = std::get_if<Lost>(&answer.result)) give_up(lost->message);
  if (std::holds_alternative<Lost>(answer.result) || std::holds_alternative<Interrupted>(answer.result)) return false;
  worker.previous = nullptr;
  if (auto* failed = std::get_if<Failure>(&answer.result)) {
    result.verdict = failed->verdict;
    result.message = std::move(failed->message);
  } else {
    judge(worker, result, std::get<conformance::Outcome>(answer.result));
    worker.previous = &result;
  }
  finish_case(result, start);
  return true;
}

void Session::work(Worker& worker) {
  for (std::size_t index = next_++; index < results_.size() && !interrupted(); index = next_++) {
    if (!run_case(worker, results_[index])) break;
  }
  blame(worker, worker.target->finish());
  const std::lock_guard lock(mutex_);
  --working_;
  changed_.notify_all();
}

void Session::give_up(const std::string& problem) {
  const std::lock_guard lock(mutex_);
  lost_ = problem;
}

void Session::watch(std::vector<std::thread>& threads) {
  const auto start = Clock::now();
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return working_ == 0; })) {
    lock.unlock();
    if (options_.progress) options_.progress({done_, results_.size(), bad_, seconds_since(start)});
    lock.lock();
  }
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  if (options_.progress) options_.progress({done_, results_.size(), bad_, seconds_since(start)});
}

SessionResult Session::conclude(double seconds) {
  SessionResult session;
  session.interrupted = interrupted();
  session.lost = !lost_.empty();
  RunReport& report = session.report;
  report.target = hello_;
  report.seconds = seconds;
  for (const Worker& worker : workers_) {
    report.restarts += worker.target->restarts();
    report.quiet_deaths += worker.target->quiet_deaths();
  }
  std::size_t left_over = 0;
  for (CaseResult& result : results_) {
    if (!result.finished && session.lost && !session.interrupted) {
      result.verdict = Verdict::error;
      result.message = "not run: the target was lost before";
      result.finished = true;
    }
    left_over += result.finished ? 0 : 1;
    mark_listed(result);
    if (result.finished) report.results.push_back(std::move(result));
  }
  if (session.lost) report.incomplete = "The target was lost: " + clean_text(lost_);
  if (session.interrupted) report.incomplete = "Interrupted with " + std::to_string(left_over) + " cases left.";
  return session;
}

std::variant<SessionResult, std::string> Session::run() {
  const std::string date = utc_now();
  const auto start = Clock::now();
  workers_.resize(std::clamp<std::size_t>(options_.jobs, 1, std::max<std::size_t>(results_.size(), 1)));
  for (Worker& worker : workers_) worker.target = make_target_();
  auto hello = workers_.front().target->start();
  if (auto* problem = std::get_if<std::string>(&hello)) return std::move(*problem);
  hello_ = std::get<Hello>(std::move(hello));
  working_ = workers_.size();
  std::vector<std::thread> threads;
  for (Worker& worker : workers_) threads.emplace_back([this, &worker] { work(worker); });
  watch(threads);
  SessionResult session = conclude(seconds_since(start));
  session.report.date = date;
  return session;
}

}  // namespace

std::variant<SessionResult, std::string> run_session(const std::vector<Case>& cases, const TargetFactory& make_target,
                                                     const SessionOptions& options) {
  return Session(cases, make_target, options).run();
}

}  // namespace pvm::runner
