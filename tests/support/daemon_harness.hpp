// SPDX-License-Identifier: Apache-2.0
// The whole daemon in this process between a scripted editor and an emulator or any other server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "support/memory_keyring.hpp"
#include "support/scripted_editor.hpp"
#include "support/temp_dir.hpp"
#include "trowel/app/daemon.hpp"
#include "trowel/emulator/emulator.hpp"

namespace trowel::test {

struct DaemonHarnessOptions {
  bool emulator = true;                        // else host and token are the test's affair
  emulator::Options emulation = {};            // how it is started
  core::Clock* clock = &core::systemClock();   // the daemon's
  core::Json settings = core::Json::object();  // what the editor answers for the section trowel
  core::Json initializationOptions = core::Json::object();
  std::size_t pipe = 64UL * 1024;  // how much the daemon may write before the editor reads
  bool safeMode = false;
  std::string home = {};  // keeps what sessions remember; empty: one that goes with this daemon
  std::map<std::string, std::string> variables = {};  // of its environment
};

// At its end the daemon is shut down in order, each request must have had exactly one reply, and no error may have been
// shown to the user but those that the test asked for with takeErrors().
class DaemonHarness {
 public:
  using Options = DaemonHarnessOptions;

  explicit DaemonHarness(Options options = {});
  ~DaemonHarness();

  // The project folder, and its URI.
  TempDir folder;
  std::string folderUri() const;

  emulator::Emulator& emulator() { return *emulator_; }
  ScriptedEditor& editor() { return *editor_; }
  app::Daemon& daemon() { return *daemon_; }
  MemoryKeyring& keyring() { return keyring_; }

  // Replaces the Databricks configuration file: profiles by name, host and token each.
  struct Profile {
    std::string name;
    std::string host;
    std::string token;
  };
  void writeProfiles(const std::vector<Profile>& profiles);

  // Where it keeps its state and looks for the configuration file.
  std::string home() const { return options_.home.empty() ? home_.path() : options_.home; }

  // initialize, answered, then initialized. The profile EMULATOR is there where there is an emulator.
  core::Json initialize();
  // initialize() and the profile EMULATOR as the project's connection, ready.
  void connect();

  // Sends and awaits. The result, failing the test on an error; or the error, failing it on a result.
  core::Json request(const std::string& method, const core::Json& params = core::Json::object());
  core::Json failure(const std::string& method, const core::Json& params = core::Json::object());

  // The errors shown so far; they count as expected from now on.
  std::vector<std::string> takeErrors();

  // Closes the daemon's input, as an editor does that dies.
  void closeInput() { input_.close(); }
  // Blocks until the daemon has ended; its exit status.
  int wait();
  // shutdown and exit, then wait().
  int finish();

  MemoryPipe& output() { return output_; }

 private:
  Options options_;
  TempDir home_;
  MemoryKeyring keyring_;
  MemoryPipe input_;
  MemoryPipe output_;
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<app::Daemon> daemon_;
  std::unique_ptr<ScriptedEditor> editor_;
  std::size_t errorsTaken_ = 0;
  int status_ = -1;
  std::thread server_;
};

}  // namespace trowel::test
