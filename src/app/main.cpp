// SPDX-License-Identifier: Apache-2.0
// The command line. No test links this file.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "trowel/app/commands.hpp"
#include "trowel/core/version.hpp"

int main(int argc, char** argv) {
  // A peer that goes away is an error of the write, not the end of the process.
  signal(SIGPIPE, SIG_IGN);

  CLI::App app{"Trowel joins an editor to Databricks."};
  app.name("trowel");
  trowel::app::CommonOptions common;
  bool version = false;
  bool json = false;
  app.add_flag("--version", version, "Print the version");
  app.add_flag("--json", json, "With --version: as JSON, with the protocol's hash");
  app.add_option("--log", common.logLevels, "Log level: trace, debug, info, warn, error; per category as in info,http=debug");
  app.require_subcommand(0, 1);

  int status = 0;
  app.add_subcommand("serve", "Serve one editor over stdin and stdout (JSON-RPC, LSP base protocol)")->callback([&] {
    status = trowel::app::serve(common);
  });

  trowel::app::CallOptions call;
  auto* callCommand = app.add_subcommand("call", "Ask the daemon one thing and print the answer as JSON");
  callCommand->add_option("METHOD", call.method, "A method of docs/protocol.md, as trowel/workspace/list")->required();
  callCommand->add_option("PARAMS", call.params, "Its parameters, a JSON object");
  callCommand->add_option("--profile", call.profile, "Profile of the Databricks configuration file");
  callCommand->add_option("--folder", call.folder, "Project folder; else the current one");
  callCommand->callback([&] { status = trowel::app::call(common, call); });

  CLI11_PARSE(app, argc, argv);
  if (version) {
    std::puts(json ? trowel::app::versionJson().c_str() : std::string(trowel::core::kVersion).c_str());
  } else if (app.get_subcommands().empty()) {
    std::puts(app.help().c_str());
    return 2;
  }
  return status;
}
