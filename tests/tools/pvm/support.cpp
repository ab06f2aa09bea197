// SPDX-License-Identifier: Apache-2.0 OR MIT
// Guests and processes for the command's tests.
#include "support.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace pvm::command::test {
namespace {

/// The assembler wants labels on lines of their own.
std::string with_labels_on_lines(const std::string& text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) result += text[at] == ' ' && at > 0 && text[at - 1] == ':' ? '\n' : text[at];
  return result;
}

/// Code offset of the line "name:", which is how long the code before it is.
ref::u32 offset_of(const GuestText& guest, const builder::CodeBlob& whole, const std::string& name) {
  // A dynamic address of the label reveals its offset: the jump table's last entry is the one that is added here.
  builder::Code code(guest.version);
  builder::assemble(with_labels_on_lines(guest.text) + "\n.table " + name + "\n", code);
  const auto built = code.build();
  const auto* blob = std::get_if<builder::CodeBlob>(&built);
  EXPECT_NE(blob, nullptr) << std::get<std::string>(built);
  EXPECT_EQ(blob->code, whole.code);
  return static_cast<ref::u32>(blob->jump_table.back());
}

/// [blob.debug]
void append_lines(builder::PolkavmContainer& container) {
  Bytes strings = {0, 7, 's', 'r', 'c', '/', 'a', '.', 'c', 1, 'f'};
  // Version; depth 1, path, function, kind line, line 12, 64 bytes, end.
  Bytes programs = {1, 10, 1, 7, 1, 6, 9, 4, 8, 12, 15, 64, 0};
  Bytes ranges = {0, 0, 0, 0, 64, 0, 0, 0, 1, 0, 0, 0};
  container.sections.push_back({builder::section_debug_strings, strings, {}});
  container.sections.push_back({builder::section_debug_line_programs, programs, {}});
  container.sections.push_back({builder::section_debug_line_ranges, ranges, {}});
}

void close_once(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

}  // namespace

Bytes guest(const GuestText& text) {
  builder::Code code(text.version);
  builder::assemble(with_labels_on_lines(text.text), code);
  const auto built = code.build();
  const auto* blob = std::get_if<builder::CodeBlob>(&built);
  if (blob == nullptr) {
    ADD_FAILURE() << std::get<std::string>(built);
    return {};
  }
  builder::ProgramParts parts{*blob, static_cast<ref::u32>(text.ro_data.size()), text.rw_size, text.stack_size, {}, {}, text.imports, {}};
  parts.ro_data.assign(text.ro_data.begin(), text.ro_data.end());
  for (const std::string& name : text.exports) parts.exports.push_back({offset_of(text, *blob, name), name});
  builder::PolkavmContainer container = builder::polkavm_parts(text.version, parts);
  if (text.has_lines) append_lines(container);
  return builder::polkavm_container(container);
}

TemporaryDirectory::TemporaryDirectory() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string("tmp.") + test->test_suite_name() + "." + test->name();
  std::replace(name.begin(), name.end(), '/', '_');
  path_ = std::filesystem::path(PVM_TEST_TEMPORARY_DIR) / name;
  std::filesystem::remove_all(path_);
  std::filesystem::create_directories(path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::filesystem::remove_all(path_);
}

std::string TemporaryDirectory::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return (path_ / name).string();
}

std::string TemporaryDirectory::write(const std::string& name, const Bytes& bytes) const {
  return write(name, std::string(bytes.begin(), bytes.end()));
}

std::vector<std::string> TemporaryDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Process::Process(const std::vector<std::string>& arguments) {
  std::array<std::array<int, 2>, 3> pipes{};
  for (auto& ends : pipes) EXPECT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  std::vector<char*> argv = {const_cast<char*>(PVM_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  static_cast<void>(signal(SIGPIPE, SIG_IGN));
  pid_ = fork();
  if (pid_ == 0) {
    static_cast<void>(signal(SIGPIPE, SIG_DFL));
    dup2(pipes[0][0], 0), dup2(pipes[1][1], 1), dup2(pipes[2][1], 2);
    execv(PVM_PROGRAM, argv.data());
    _exit(127);
  }
  close(pipes[0][0]), close(pipes[1][1]), close(pipes[2][1]);
  input_ = pipes[0][1], output_ = pipes[1][0], errors_ = pipes[2][0];
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  close_once(input_), close_once(output_), close_once(errors_);
}

void Process::say(const std::string& text) const {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(input_, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

void Process::close_input() {
  close_once(input_);
}

void Process::close_output() {
  close_once(output_);
}

std::string Process::hear(std::size_t count) {
  std::string text(count, '\0');
  std::size_t done = 0;
  while (done < count) {
    const ssize_t now = read(output_, text.data() + done, count - done);
    if (now <= 0) break;
    done += static_cast<std::size_t>(now);
  }
  text.resize(done);
  return text;
}

void Process::send_signal(int number) const {
  kill(pid_, number);
}

Ran Process::finish() {
  close_input();
  Ran ran;
  std::array<char, 65536> chunk{};
  while (output_ >= 0 || errors_ >= 0) {
    std::array<pollfd, 2> ready = {{{output_, POLLIN, 0}, {errors_, POLLIN, 0}}};
    if (poll(ready.data(), ready.size(), -1) < 0) break;
    const auto drain = [&](const pollfd& polled, int& fd, std::string& text) {
      if (fd < 0 || polled.revents == 0) return;
      const ssize_t count = read(fd, chunk.data(), chunk.size());
      if (count <= 0) return close_once(fd);
      text.append(chunk.data(), static_cast<std::size_t>(count));
    };
    drain(ready[0], output_, ran.output);
    drain(ready[1], errors_, ran.errors);
  }
  ran.code = wait_unread().code;
  return ran;
}

Ran Process::wait_unread() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status), {}, {}};
}

Ran run_pvm(const std::vector<std::string>& arguments, const std::string& input) {
  Process process(arguments);
  process.say(input);  // less than a pipe holds
  return process.finish();
}

}  // namespace pvm::command::test
