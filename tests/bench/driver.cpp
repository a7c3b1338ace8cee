// SPDX-License-Identifier: Apache-2.0
// Measures a server over its pipes; the same code for every server, so that only they differ.
//   driver startup RUNS COMMAND...            start of the process to the answer of initialize; its memory afterwards
//   driver process RUNS COMMAND...            start of the process to its end
//   driver rpc COUNT WINDOW COMMAND...        requests per second with so many under way
// Prints "name value" lines.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(2);
}

double milliseconds(Clock::duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

std::string frame(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Server {
 public:
  explicit Server(char** command) {
    int in[2];
    int out[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) fail("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid_, command[0], &actions, nullptr, command, environ) != 0) fail(command[0]);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      auto sent = write(in_, bytes.data(), bytes.size());
      if (sent < 0) fail("write");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // The number of whole messages that one read brings; blocks until it brings some.
  int receive() {
    while (true) {
      int messages = 0;
      while (true) {
        auto header = pending_.find("\r\n\r\n", at_);
        if (header == std::string::npos) break;
        auto number = pending_.find("Content-Length: ", at_);
        auto length = std::strtoull(pending_.c_str() + number + 16, nullptr, 10);
        if (pending_.size() < header + 4 + length) break;
        std::string_view body(pending_.data() + header + 4, length);
        if (!echoed_ && body.find("xxx") != std::string_view::npos) echoed_ = true;
        at_ = header + 4 + length;
        ++messages;
      }
      pending_.erase(0, at_);
      at_ = 0;
      if (messages > 0) return messages;
      char buffer[65536];
      auto got = read(out_, buffer, sizeof buffer);
      if (got <= 0) fail("the server ended");
      pending_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  // Whether an echo has come back: other messages may come before and after it.
  bool echoed() const { return echoed_; }

  long residentKilobytes() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    return -1;
  }

  void end() {
    close(in_);
    wait();
    close(out_);
  }
  void wait() const { waitpid(pid_, nullptr, 0); }

 private:
  pid_t pid_ = 0;
  int in_ = -1;
  int out_ = -1;
  std::string pending_;
  std::size_t at_ = 0;
  bool echoed_ = false;
};

std::string initialize() {
  return frame(
      R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}})");
}

std::string echo(int id) {
  return frame(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
               R"(,"method":"trowel/debug/echo","params":{"text":")" + std::string(100, 'x') + "\"}}");
}

void startup(int runs, char** command) {
  std::vector<double> times;
  std::vector<double> memory;
  for (int run = 0; run < runs; ++run) {
    auto begin = Clock::now();
    Server server(command);
    server.send(initialize());
    server.receive();
    times.push_back(milliseconds(Clock::now() - begin));
    // Idle: everything that initialize set off has been done when an echo behind it is answered.
    server.send(frame(R"({"jsonrpc":"2.0","method":"initialized","params":{}})") + echo(1));
    while (!server.echoed()) server.receive();
    memory.push_back(static_cast<double>(server.residentKilobytes()) / 1024);
    server.end();
  }
  std::printf("median_ms %.3f\nmin_ms %.3f\nmax_ms %.3f\nrss_mb %.2f\n", quantile(times, 0.5), quantile(times, 0),
              quantile(times, 1), quantile(memory, 0.5));
}

void process(int runs, char** command) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    auto begin = Clock::now();
    Server server(command);
    server.wait();
    times.push_back(milliseconds(Clock::now() - begin));
  }
  std::printf("median_ms %.3f\nmin_ms %.3f\nmax_ms %.3f\n", quantile(times, 0.5), quantile(times, 0),
              quantile(times, 1));
}

void rpc(int count, int window, char** command) {
  Server server(command);
  server.send(initialize());
  server.receive();
  std::vector<double> waits;
  std::deque<Clock::time_point> sent;
  auto begin = Clock::now();
  int next = 1;
  int answered = 0;
  int room = window;
  while (answered < count) {
    std::string batch;
    for (; room > 0 && next <= count; --room, ++next) {
      batch += echo(next);
      sent.push_back(Clock::now());
    }
    if (!batch.empty()) server.send(batch);
    int messages = server.receive();
    auto now = Clock::now();
    for (int i = 0; i < messages; ++i) {
      waits.push_back(milliseconds(now - sent.front()) * 1000);
      sent.pop_front();
    }
    answered += messages;
    room += messages;
  }
  auto seconds = milliseconds(Clock::now() - begin) / 1000;
  std::printf("per_second %.0f\np50_us %.1f\np99_us %.1f\nrss_mb %.2f\n", count / seconds, quantile(waits, 0.5),
              quantile(waits, 0.99), static_cast<double>(server.residentKilobytes()) / 1024);
  server.end();
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  std::string_view mode = argc > 3 ? argv[1] : "";
  if (mode == "startup") {
    startup(std::atoi(argv[2]), argv + 3);
  } else if (mode == "process") {
    process(std::atoi(argv[2]), argv + 3);
  } else if (mode == "rpc" && argc > 4) {
    rpc(std::atoi(argv[2]), std::atoi(argv[3]), argv + 4);
  } else {
    std::fputs("usage: driver startup|process RUNS COMMAND... | rpc COUNT WINDOW COMMAND...\n", stderr);
    return 2;
  }
  return 0;
}
