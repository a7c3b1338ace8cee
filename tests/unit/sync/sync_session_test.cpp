// SPDX-License-Identifier: Apache-2.0
#include "trowel/sync/sync_session.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_remote.hpp"
#include "support/temp_dir.hpp"
#include "trowel/os/poll.hpp"

using namespace trowel;
using namespace std::chrono_literals;
using sync::ObjectKind;
using sync::SyncState;
using test::MemoryRemote;
namespace fs = std::filesystem;

namespace {

constexpr const char* kNotebook = "# Databricks notebook source\nprint(1)\n";

struct Fixture {
  test::TempDir dir;
  MemoryRemote remote;
  test::ManualClock clock;
  std::vector<sync::SyncStatus> seen;

  Fixture() { fs::create_directory(dir / "project"); }

  void write(const std::string& path, std::string_view bytes) { dir.write("project/" + path, bytes); }
  std::string at(const std::string& path) { return dir / ("project/" + path); }

  sync::SyncOptions options() {
    return {.host = "https://example.com",
            .workspaceId = "1",
            .remoteRoot = "/Users/ada/project",
            .localRoot = dir / "project",
            .stateDir = dir / "state",
            .holder = "the window 'shop' (process 1)"};
  }
  std::unique_ptr<sync::SyncSession> session() {
    return sync::SyncSession::create(options(), remote, clock, [this](const auto& status) { seen.push_back(status); })
        .value();
  }
  sync::SyncStatus once() {
    auto result = session()->syncOnce({});
    INFO((result ? "" : core::describe(result.error())));
    REQUIRE(result);
    return *result;
  }
  // Steps until nothing more is due, letting the clock run on.
  void settle(sync::SyncSession& session) {
    for (int i = 0; i < 100; ++i) {
      const auto wait = session.step();
      if (wait == os::kForever) return;
      clock.advance(wait);
    }
    FAIL("does not come to rest");
  }
  // The same once the watcher has something.
  void settleAfterEvent(sync::SyncSession& session) {
    REQUIRE(os::waitReadable({session.watchFd()}, 60s));
    settle(session);
  }

  std::map<std::string, std::string> files() {
    std::map<std::string, std::string> result;
    const std::string root = "/Users/ada/project/";
    for (const auto& [path, object] : remote.objects()) {
      if (path.starts_with(root))
        result[path.substr(root.size()) + (object.kind == ObjectKind::Notebook ? " (notebook)" : "")] = object.bytes;
    }
    return result;
  }
};

using Files = std::map<std::string, std::string>;

// A server that takes an upload and never answers.
class SilentRemote final : public sync::RemoteStore {
 public:
  os::WakeFd putting;

  core::Result<sync::FolderOutcome> makeFolder(const std::string&, const core::CancelToken&) override {
    return sync::FolderOutcome::Existed;
  }
  core::Result<void> put(const std::string&, const sync::Form&, sync::ByteSource&, bool,
                         const core::CancelToken& token) override {
    putting.signal();
    token.waitFor(core::systemClock(), 60s);
    return std::unexpected(token.error("The upload"));
  }
  core::Result<void> remove(const std::string&, const core::CancelToken&) override { return {}; }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a first sync sends what is selected, under the names of the workspace") {
  write("a.py", kNotebook);
  write("lib/b.py", "x = 1\n");
  write("lib/deep/c.txt", "");
  write("data.log", "no");
  write(".gitignore", "*.log\n");
  write(".git/config", "no");
  fs::create_directory(at("empty"));
  fs::create_symlink("/etc/passwd", at("link"));
  auto status = once();
  CHECK(files() ==
        Files{{"a (notebook)", kNotebook}, {"lib/b.py", "x = 1\n"}, {"lib/deep/c.txt", ""}, {".gitignore", "*.log\n"}});
  CHECK(status.done == 6);
  CHECK(status.pending == 0);
  CHECK(status.problems.empty());
  CHECK_FALSE(remote.folders().contains("/Users/ada/project/empty"));
  SECTION("again, nothing is sent") {
    CHECK(once().done == 0);
    CHECK(remote.puts() == 4);
  }
  SECTION("equal content under a new time stamp is not sent") {
    write("lib/b.py", "x = 1\n");
    once();
    CHECK(remote.puts() == 4);
  }
  SECTION("changed, renamed and removed files follow, and folders that they leave empty") {
    write("lib/b.py", "x = 2\n");
    fs::rename(at("a.py"), at("z.py"));
    fs::remove_all(at("lib/deep"));
    once();
    CHECK(files() == Files{{"z (notebook)", kNotebook}, {"lib/b.py", "x = 2\n"}, {".gitignore", "*.log\n"}});
    CHECK_FALSE(remote.folders().contains("/Users/ada/project/lib/deep"));
  }
  SECTION("a notebook that becomes a file, and back") {
    write("a.py", "plain");
    once();
    CHECK(files().contains("a.py"));
    CHECK_FALSE(files().contains("a (notebook)"));
    write("a.py", kNotebook);
    once();
    CHECK(files().contains("a (notebook)"));
    CHECK_FALSE(files().contains("a.py"));
  }
  SECTION("a file that becomes a folder, and back") {
    fs::remove(at("data.log"));
    fs::remove_all(at("lib"));
    write("lib", "file");
    once();
    CHECK(files()["lib"] == "file");
    fs::remove(at("lib"));
    write("lib/x", "1");
    once();
    CHECK(files()["lib/x"] == "1");
  }
  SECTION("what is ignored from now on keeps its copy") {
    write(".gitignore", "*.log\nlib/\n");
    once();
    CHECK(files()["lib/b.py"] == "x = 1\n");
  }
  SECTION("what others put there stays, and so does the folder that holds it") {
    remote.plant("/Users/ada/project/lib/deep/theirs", {ObjectKind::Notebook, "x"});
    fs::remove_all(at("lib"));
    auto second = once();
    CHECK(files() ==
          Files{{"a (notebook)", kNotebook}, {"lib/deep/theirs (notebook)", "x"}, {".gitignore", "*.log\n"}});
    CHECK(second.problems.empty());
    CHECK(once().done == 0);
  }
  SECTION("a destination that was removed is filled again") {
    remote.removeTree("/Users/ada/project");
    once();
    CHECK(files().size() == 4);
  }
  SECTION("a folder that was removed there is filled again when something in it changes") {
    remote.removeTree("/Users/ada/project/lib");
    write("lib/deep/c.txt", "new");
    once();
    CHECK(files().size() == 4);
  }
}

TEST_CASE_METHOD(Fixture, "a folder that was there before us is not removed") {
  remote.plantFolder("/Users/ada/project/shared");
  write("shared/a", "1");
  write("b", "2");
  once();
  fs::remove_all(at("shared"));
  once();
  CHECK(files() == Files{{"b", "2"}});
  CHECK(remote.folders().contains("/Users/ada/project/shared"));
}

TEST_CASE_METHOD(Fixture, "names that collide are held and reported as a pair") {
  write("a.py", "plain");
  once();
  write("a.py", kNotebook);
  write("a", "file");
  write("n.sql", "-- Databricks notebook source\n");
  write("n/x", "1");
  auto status = once();
  CHECK(files() == Files{{"a.py", "plain"}, {"n/x", "1"}});
  REQUIRE(status.problems.size() == 3);
  CHECK(status.problems[0].path == "a");
  CHECK(status.problems[0].message.find("a.py") != std::string::npos);
  CHECK(status.problems[1].path == "a.py");
  CHECK(status.problems[2].path == "n.sql");
  fs::remove(at("a"));
  CHECK(once().problems.size() == 1);
  CHECK(files() == Files{{"a (notebook)", kNotebook}, {"n/x", "1"}});
}

TEST_CASE_METHOD(Fixture, "a half-written notebook document never removes the remote one") {
  const std::string good = R"({"cells": [], "metadata": {}, "nbformat": 4})";
  write("a.ipynb", good);
  once();
  write("a.ipynb", good.substr(0, 20));
  auto status = once();
  REQUIRE(status.problems.size() == 1);
  CHECK(status.problems[0].path == "a.ipynb");
  CHECK(files() == Files{{"a (notebook)", good}});
}

TEST_CASE_METHOD(Fixture, "what is too large is said before anything is sent") {
  write("big.py", kNotebook + std::string(11 << 20, '#'));
  write("big.bin", "");
  fs::resize_file(at("big.bin"), std::uintmax_t{501} << 20);  // sparse
  auto status = once();
  CHECK(files().empty());
  REQUIRE(status.problems.size() == 2);
  CHECK(status.problems[0].message.find("500 MB") != std::string::npos);
  CHECK(status.problems[1].message.find("10 MB") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a project that is gone or empty halts the sync and removes nothing") {
  write("a", "1");
  write("b", "2");
  once();
  SECTION("emptied") {
    fs::remove(at("a"));
    fs::remove(at("b"));
    auto result = session()->syncOnce({});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == core::ErrorCode::Halted);
  }
  SECTION("gone") {
    auto waiting = session();
    fs::remove_all(dir / "project");
    CHECK(waiting->syncOnce({}).error().code == core::ErrorCode::Halted);
  }
  SECTION("gone while it is watched") {
    auto watching = session();
    settle(*watching);
    fs::rename(dir / "project", dir / "elsewhere");
    settleAfterEvent(*watching);
    CHECK(watching->status().state == SyncState::Failed);
    fs::create_directory(dir / "project");
    settle(*watching);
  }
  CHECK(files().size() == 2);
}

TEST_CASE_METHOD(Fixture, "one sync at a time for a target, and the other says who") {
  write("a", "1");
  auto first = session();
  settle(*first);
  auto other = options();
  other.localRoot = dir / "other";
  other.remoteRoot = "/Workspace/Users/ada/project/";
  other.holder = "the command (process 2)";
  fs::create_directory(dir / "other");
  dir.write("other/b", "2");
  auto second = sync::SyncSession::create(other, remote, clock).value();
  auto result = second->syncOnce({});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == core::ErrorCode::Conflict);
  CHECK(result.error().detail == "the window 'shop' (process 1)");
  CHECK(second->step() == 2s);
  CHECK(second->status().state == SyncState::Held);
  CHECK(second->status().message.find("the window 'shop' (process 1)") != std::string::npos);
  CHECK(files() == Files{{"a", "1"}});
  SECTION("it takes over when the first ends") {
    first.reset();
    settle(*second);
    CHECK(second->status().state == SyncState::Watching);
    CHECK(remote.objects().contains("/Workspace/Users/ada/project/b"));
  }
}

TEST_CASE_METHOD(Fixture, "what is saved arrives, after the debounce and no more than that") {
  write("a.py", "1");
  auto watching = session();
  settle(*watching);
  CHECK(watching->status().state == SyncState::Watching);
  write("a.py", "2");
  REQUIRE(os::waitReadable({watching->watchFd()}, 60s));
  CHECK(watching->step() == 50ms);
  CHECK(files()["a.py"] == "1");
  clock.advance(50ms);
  CHECK(watching->step() == os::kForever);
  CHECK(files()["a.py"] == "2");

  write("new/deep/b.py", kNotebook);
  settleAfterEvent(*watching);
  CHECK(files().contains("new/deep/b (notebook)"));
  fs::rename(at("new"), at("moved"));
  settleAfterEvent(*watching);
  CHECK(files() == Files{{"a.py", "2"}, {"moved/deep/b (notebook)", kNotebook}});
  fs::remove_all(at("moved"));
  settleAfterEvent(*watching);
  CHECK(files() == Files{{"a.py", "2"}});
  CHECK_FALSE(remote.folders().contains("/Users/ada/project/moved"));
  write("c.tmp", "x");
  settleAfterEvent(*watching);
  write(".gitignore", "*.tmp\n");
  settleAfterEvent(*watching);
  write("d.tmp", "x");
  settleAfterEvent(*watching);
  CHECK(files() == Files{{"a.py", "2"}, {"c.tmp", "x"}, {".gitignore", "*.tmp\n"}});
  write(".gitignore", "");
  settleAfterEvent(*watching);
  CHECK(files().contains("d.tmp"));
}

TEST_CASE_METHOD(Fixture, "a file that changes while it is sent arrives in its last version") {
  write("a", "first");
  auto watching = session();
  remote.before = [&](const MemoryRemote::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put" && call.bytes == "first") write("a", "second");
    return std::nullopt;
  };
  settle(*watching);
  while (os::waitReadable({watching->watchFd()}, 0s)) settle(*watching);
  CHECK(files()["a"] == "second");
}

TEST_CASE_METHOD(Fixture, "one bad file does not keep the others") {
  write("bad", "1");
  write("good", "2");
  write("dir/x", "3");
  std::atomic<int> calls = 0;
  remote.before = [&](const MemoryRemote::Call& call) -> std::optional<core::Error> {
    if (call.path.ends_with("/bad")) {
      ++calls;
      return test::errorOf(core::ErrorCode::PermissionDenied, "You may not.");
    }
    if (call.path.ends_with("/dir")) return test::errorOf(core::ErrorCode::AlreadyExists, "In the way.");
    return std::nullopt;
  };
  auto watching = session();
  settle(*watching);
  CHECK(files() == Files{{"good", "2"}});
  CHECK(watching->status().problems.size() == 2);
  write("good", "3");
  settleAfterEvent(*watching);
  CHECK(calls == 1);  // not before it changes
  remote.before = nullptr;
  write("bad", "2");
  settleAfterEvent(*watching);
  CHECK(files() == Files{{"bad", "2"}, {"good", "3"}});
}

TEST_CASE_METHOD(Fixture, "a fault of the server is tried again for that file") {
  write("a", "1");
  int failures = 2;
  remote.before = [&](const MemoryRemote::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put" && failures-- > 0) return test::errorOf(core::ErrorCode::Internal, "Oops.");
    return std::nullopt;
  };
  clock.advanceOnWait();
  auto status = once();
  CHECK(status.problems.empty());
  CHECK(files() == Files{{"a", "1"}});
}

TEST_CASE_METHOD(Fixture, "without a network it probes with one call and recovers by itself") {
  for (int i = 0; i < 50; ++i) write("f" + std::to_string(i), "1");
  auto watching = session();
  std::atomic<bool> offline = false;
  std::atomic<int> refused = 0;
  remote.before = [&](const MemoryRemote::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put" && call.path.ends_with("f20")) offline = true;
    if (!offline) return std::nullopt;
    ++refused;
    return test::errorOf(core::ErrorCode::Unavailable, "example.com cannot be reached.");
  };
  CHECK(watching->step() == 1s);
  CHECK(watching->status().state == SyncState::Failed);
  CHECK(watching->status().message.find("cannot be reached") != std::string::npos);
  CHECK(refused <= 8);
  refused = 0;
  clock.advance(1s);
  CHECK(watching->step() == 2s);
  CHECK(refused == 1);
  write("late", "2");
  remote.before = nullptr;
  REQUIRE(os::waitReadable({watching->watchFd()}, 60s));
  settle(*watching);
  CHECK(watching->status().state == SyncState::Watching);
  CHECK(files().size() == 51);
}

TEST_CASE_METHOD(Fixture, "one shot gives up on a host that stays away, with its error") {
  write("a", "1");
  remote.before = [](const MemoryRemote::Call&) { return test::errorOf(core::ErrorCode::Unavailable, "Not there."); };
  clock.advanceOnWait();
  auto result = session()->syncOnce({});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == core::ErrorCode::Unavailable);
  CHECK(clock.waits() == std::vector<core::Duration>{1s, 2s, 4s});
  remote.before = [](const MemoryRemote::Call&) { return test::errorOf(core::ErrorCode::Unauthenticated, "Who?"); };
  CHECK(session()->syncOnce({}).error().code == core::ErrorCode::Unauthenticated);
}

TEST_CASE_METHOD(Fixture, "cancelling ends a sync") {
  write("a", "1");
  core::CancelSource source;
  remote.before = [&](const MemoryRemote::Call& call) -> std::optional<core::Error> {
    if (call.verb == "put") source.cancel(core::CancelReason::Client);
    return std::nullopt;
  };
  CHECK(session()->syncOnce(source.token()).error().code == core::ErrorCode::Cancelled);
}

TEST_CASE_METHOD(Fixture, "an answer that was lost is asked for again") {
  for (int i = 0; i < 20; ++i) write("d" + std::to_string(i % 3) + "/f" + std::to_string(i), "1");
  int lost = 5;
  std::mutex mutex;
  remote.after = [&](const MemoryRemote::Call&) -> std::optional<core::Error> {
    std::lock_guard lock(mutex);
    if (lost-- > 0) return test::errorOf(core::ErrorCode::Unavailable, "Connection reset.");
    return std::nullopt;
  };
  auto watching = session();
  settle(*watching);
  CHECK(files().size() == 20);
}

TEST_CASE_METHOD(Fixture, "the thread watches, and stops when told") {
  write("a", "1");
  std::mutex mutex;
  std::condition_variable changed;
  sync::SyncStatus last;
  auto threaded = sync::SyncSession::create(options(), remote, core::systemClock(), [&](const auto& status) {
                    std::lock_guard lock(mutex);
                    last = status;
                    changed.notify_all();
                  }).value();
  threaded->start();
  auto await = [&](auto ready) {
    std::unique_lock lock(mutex);
    REQUIRE(core::systemClock().waitUntil(lock, changed, core::systemClock().now() + 60s, ready));
  };
  await([&] { return last.state == SyncState::Watching && last.done == 1; });
  write("a", "2");
  await([&] { return last.state == SyncState::Watching && last.done == 2; });
  CHECK(files()["a"] == "2");
  threaded->stop();
  CHECK(threaded->status().state == SyncState::Off);
}

TEST_CASE_METHOD(Fixture, "stopping ends the thread while an upload gets no answer") {
  write("a", "1");
  write("b", "1");
  SilentRemote silent;
  auto threaded = sync::SyncSession::create(options(), silent, core::systemClock(), {}).value();
  threaded->start();
  REQUIRE(os::waitReadable({silent.putting.fd()}, 60s));
  threaded->stop();
  CHECK(threaded->status().state == SyncState::Off);
}

TEST_CASE_METHOD(Fixture, "a damaged journal is set aside: everything is sent again, nothing removed") {
  write("a", "1");
  write("b", "2");
  once();
  fs::remove(at("b"));
  for (const auto& entry : fs::directory_iterator(dir / "state/sync")) {
    if (entry.path().extension() == ".sqlite") fs::resize_file(entry.path(), 5000);
    if (entry.path().extension() == ".sqlite-wal") fs::remove(entry.path());
  }
  once();
  CHECK(remote.puts() == 3);
  CHECK(files() == Files{{"a", "1"}, {"b", "2"}});
}

TEST_CASE_METHOD(Fixture, "a destination that is no folder is refused") {
  auto wrong = options();
  for (const char* root : {"", "/", "relative"}) {
    wrong.remoteRoot = root;
    CHECK(sync::SyncSession::create(wrong, remote, clock).error().code == core::ErrorCode::InvalidParams);
  }
  wrong = options();
  wrong.localRoot = "/no/such/folder";
  CHECK(sync::SyncSession::create(wrong, remote, clock).error().code == core::ErrorCode::NotFound);
}
