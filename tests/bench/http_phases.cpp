// SPDX-License-Identifier: Apache-2.0
#include "bench/http_phases.hpp"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

#include "http/net/lookup.hpp"
#include "support/fault_server.hpp"
#include "support/full_listener.hpp"
#include "support/tls_server.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/transport.hpp"

namespace trowel::bench {

namespace {

using Now = std::chrono::steady_clock;
using test::FaultServer;

constexpr int kCancels = 50;
constexpr int kReconnects = 200;

double millisecondsSince(Now::time_point begin) {
  return std::chrono::duration<double, std::milli>(Now::now() - begin).count();
}

// Milliseconds from the cancel to the return of `call`, which is cancelled once `there` returns; negative where it
// ended in another way.
double cancelled(const std::function<bool(const core::CancelToken&)>& call, const std::function<void()>& there) {
  const core::CancelSource source;
  Now::time_point end;
  bool stopped = false;
  std::thread caller([&] {
    stopped = call(source.token());
    end = Now::now();
  });
  there();
  const auto begin = Now::now();
  source.cancel(core::CancelReason::Client);
  caller.join();
  return stopped ? std::chrono::duration<double, std::milli>(end - begin).count() : -1;
}

bool isStopped(const http::HttpResult& result) { return !result && result.error().code == core::ErrorCode::Cancelled; }

double inLookup() {
  std::promise<void> begun;
  std::promise<void> open;
  std::promise<void> gone;
  http::Resolver resolver([&](const std::string&, std::uint16_t, std::vector<http::Address>&) {
    begun.set_value();
    open.get_future().wait();
    gone.set_value();
    return EAI_AGAIN;
  });
  const auto took = cancelled(
      [&](const core::CancelToken& token) {
        const auto interrupt = http::Interrupt::create(token).value();
        return !resolver.lookUp("workspace.example.com", 443, interrupt) && token.cancelled();
      },
      [&] { begun.get_future().wait(); });
  open.set_value();
  gone.get_future().wait();
  return took;
}

double inCall(const std::string& origin, http::NetworkOptions options, const std::function<void()>& there) {
  core::Timer timer(core::systemClock());
  http::HttpTransport client(timer, std::move(options));
  return cancelled(
      [&](const core::CancelToken& token) {
        return isStopped(client.send({.method = "GET", .origin = origin, .target = "/"}, {.cancel = token}));
      },
      there);
}

double inConnect() {
  const test::FullListener server;
  return inCall(server.origin(), {}, [&] { server.awaitKnock(); });
}

double inProxy() {
  FaultServer proxy({{test::readRequest(), test::mark("there"), test::until("never")}});
  const http::ProxyText text{.value = core::SecretString(proxy.origin()), .from = "HTTPS_PROXY"};
  return inCall("https://workspace.example.com", {.proxy = http::ProxyRules::parse({.https = text}).value()},
                [&] { proxy.await("there"); });
}

double inHandshake() {
  FaultServer server({{test::readSome(), test::mark("there"), test::until("never")}});
  return inCall("https" + server.origin().substr(4), {}, [&] { server.await("there"); });
}

double inAnswer(const std::string& begun) {
  FaultServer server({{test::readRequest(), test::send(begun), test::mark("there"), test::until("never")}});
  return inCall(server.origin(), {}, [&] { server.await("there"); });
}

}  // namespace

int timePhases() {
  const std::pair<const char*, std::function<double()>> phases[] = {
      {"lookup", inLookup},
      {"connect", inConnect},
      {"proxy", inProxy},
      {"handshake", inHandshake},
      {"head", [] { return inAnswer(""); }},
      {"body", [] { return inAnswer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"); }},
  };
  for (const auto& [name, once] : phases) {
    std::vector<double> times;
    for (int i = 0; i < kCancels; ++i) {
      const auto took = once();
      if (took < 0) {
        std::fprintf(stderr, "the call was not cancelled in its phase: %s\n", name);
        return 1;
      }
      times.push_back(took);
    }
    std::ranges::sort(times);
    std::printf("%s %f\n%s_worst %f\n", name, times[times.size() * 95 / 100], name, times.back());
  }
  return 0;
}

// A connection for each request: the server closes it after its answer, and the next one resumes its session.
int timeReconnects() {
  const test::Authority authority("Bench authority");
  const auto file = std::filesystem::temp_directory_path() / ("trowel-bench-ca-" + std::to_string(::getpid()) + ".pem");
  std::ofstream(file) << authority.pem();
  std::vector<double> times;
  {
    test::TlsServer server(authority.issue("127.0.0.1"), 0, 1);
    core::Timer timer(core::systemClock());
    http::HttpTransport client(timer, http::NetworkOptions{.trust = {.extra = {{.path = file, .from = "the bench"}}}});
    const std::string origin = "https://127.0.0.1:" + std::to_string(server.port());
    for (int i = 0; i <= kReconnects; ++i) {
      const auto begin = Now::now();
      const auto answer = client.send({.method = "GET", .origin = origin, .target = "/"}, {});
      const auto took = millisecondsSince(begin);
      if (!answer) {
        std::fprintf(stderr, "%s\n", answer.error().message.c_str());
        return 1;
      }
      if (i > 0) times.push_back(took);  // the first one reads the authorities and shakes hands in full
      server.awaitClosed(i + 1);
    }
    std::printf("resumed %d\n", server.resumed());
  }
  std::filesystem::remove(file);
  std::ranges::sort(times);
  std::printf("median_ms %f\np99_ms %f\n", times[times.size() / 2], times[times.size() * 99 / 100]);
  return 0;
}

}  // namespace trowel::bench
