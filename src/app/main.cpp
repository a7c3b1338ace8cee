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
  app.add_option("--log", common.logLevels,
                 "Log level: trace, debug, info, warn, error; per category as in info,http=debug");
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

  trowel::app::SyncOptions sync;
  auto* syncCommand = app.add_subcommand("sync", "Sync a local folder to a folder of the workspace, one-way");
  syncCommand->add_option("SOURCE", sync.source, "Local folder")->required();
  syncCommand->add_option("DEST", sync.destination, "Workspace folder, an absolute path")->required();
  syncCommand->add_option("--profile", sync.profile, "Profile of the Databricks configuration file");
  syncCommand->add_flag("--watch", sync.watch, "Go on and send what changes, until Ctrl+C");
  syncCommand->callback([&] { status = trowel::app::sync(common, sync); });

  trowel::app::TransferOptions transfer;
  auto addTransfer = [&](const char* name, const char* purpose, bool up) {
    auto* command = app.add_subcommand(name, purpose);
    auto local = [&] { command->add_option("LOCAL", transfer.local, "Local file or folder")->required(); };
    if (up) local();
    command
        ->add_option("REMOTE", transfer.remote,
                     "wsfs:/Users/me/etl or /Users/me/etl, dbfs:/tmp/data, volumes:/main/default/raw")
        ->required();
    if (!up) local();
    command
        ->add_option("--on-conflict", transfer.onConflict,
                     "Of files that were changed on both sides: leave the target, replace it, or keep both")
        ->check(CLI::IsMember({"leave", "replace", "both"}));
    command->add_flag("--dry-run", transfer.dryRun, "Only say what would be done");
    command->add_option("--profile", transfer.profile, "Profile of the Databricks configuration file");
    command->callback([&status, &common, &transfer, up] {
      transfer.up = up;
      status = trowel::app::transfer(common, transfer);
    });
  };
  addTransfer("download", "Copy a file or a folder's content of the workspace, DBFS or a volume to this machine",
              false);
  addTransfer("upload", "Copy a file or a folder's content of this machine to the workspace, DBFS or a volume", true);

  trowel::app::DoctorOptions doctor;
  auto* doctorCommand = app.add_subcommand(
      "doctor", "Check machine, configuration, the way to the host, sign-in and permissions, with remedies");
  doctorCommand->add_option("--profile", doctor.profile, "Profile of the Databricks configuration file");
  doctorCommand->add_option("--folder", doctor.folder, "Project folder; else the current one");
  std::string output = "text";
  doctorCommand->add_option("-o,--output", output, "text or json")->check(CLI::IsMember({"text", "json"}));
  doctorCommand->callback([&] {
    doctor.asJson = output == "json";
    status = trowel::app::doctor(common, doctor);
  });

  trowel::app::AuthOptions auth;
  auto* authCommand = app.add_subcommand("auth", "Sign in and out, and show how");
  authCommand->require_subcommand(1);
  auto addAuth = [&](const char* name, const char* purpose,
                     int (*run)(const trowel::app::CommonOptions&, const trowel::app::AuthOptions&)) {
    auto* command = authCommand->add_subcommand(name, purpose);
    command->add_option("--host", auth.host, "Address of the workspace, as https://adb-1.2.azuredatabricks.net");
    command->add_option("-p,--profile", auth.profile, "Profile of the Databricks configuration file");
    command->callback([&status, &common, &auth, run] { status = run(common, auth); });
    return command;
  };
  auto asJson = [&](CLI::App* command) {
    command
        ->add_option_function<std::string>(
            "-o,--output", [&](const std::string& form) { auth.json = form == "json"; }, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
  };
  addAuth("login", "Sign in with the browser; the Databricks CLI shares the sign-in", trowel::app::authLogin)
      ->add_option("--account-id", auth.account, "Account, for a host that serves accounts");
  addAuth("logout", "Forget a sign-in", trowel::app::authLogout);
  asJson(addAuth("status", "Who signs in, how, and whether it works", trowel::app::authStatus));
  addAuth("token", "Print a sign-in's access token as JSON, for other programs", trowel::app::authToken)
      ->add_flag("--force-refresh", auth.renew, "Renew it, however long it lasts");
  asJson(addAuth("describe", "Each value of the configuration and where it came from, secrets masked",
                 trowel::app::authDescribe));

  trowel::app::EmulateOptions emulate;
  auto* emulatorCommand =
      app.add_subcommand("emulator", "Run a local Databricks workspace that really executes Python and SQL");
  emulatorCommand->add_option("--port", emulate.port, "Port on 127.0.0.1; else a free one")
      ->check(CLI::Range(0, 65535));
  emulatorCommand->add_option("--seed", emulate.seedFile, "Fill it with what this file describes (docs/emulator.md)");
  emulatorCommand->add_flag("--demo", emulate.demo, "Fill it with example notebooks, clusters and tables");
  emulatorCommand->add_option("--data", emulate.dataDir, "Keep its state in this folder");
  emulatorCommand->add_option("--cluster-start-ms", emulate.clusterStartMilliseconds,
                              "How long a cluster takes to start");
  emulatorCommand->add_flag("--auto-sign-in", emulate.autoSignIn,
                            "Let the page to sign in allow at once, as the first user");
  emulatorCommand->add_option("--access-token-seconds", emulate.accessTokenSeconds, "How long OAuth tokens live")
      ->check(CLI::Range(1, 86400));
  emulatorCommand->add_flag("--small-ids", emulate.smallIds,
                            "Keep all ids below 2^53, for clients that cannot count further");
  emulatorCommand->add_option("--page-cap", emulate.pageCap, "Put at most so many entries on a page of any list");
  emulatorCommand->add_flag("--rate-limits", emulate.rateLimits, "Limit requests per second as the service does");
  emulatorCommand
      ->add_option("--fault", emulate.faults,
                   "Let requests go wrong, as in '{\"pattern\":\"GET /api/*\",\"kind\":\"too_many_requests\"}'; "
                   "may be repeated; see docs/emulator.md")
      ->allow_extra_args(false);
  emulatorCommand->add_option("--fault-file", emulate.faultFile, "A file with a JSON array of such faults");
  emulatorCommand->add_option("--request-log", emulate.requestLog, "Append a line of JSON per request to this file");
  auto* tlsCert = emulatorCommand->add_option("--tls-cert", emulate.tlsCert, "Speak https with this certificate (PEM)");
  auto* tlsKey = emulatorCommand->add_option("--tls-key", emulate.tlsKey, "The key of the certificate (PEM)");
  tlsCert->needs(tlsKey);
  tlsKey->needs(tlsCert);
  emulatorCommand->add_option("--endpoint-file", emulate.endpointFile,
                              "Write host and token to this private file instead of stdout");
  emulatorCommand->add_option("--while-used", emulate.whileUsed, "End when no process holds this lock file any more");
  emulatorCommand->callback([&] { status = trowel::app::emulate(common, emulate); });

  CLI11_PARSE(app, argc, argv);
  if (version) {
    std::puts(json ? trowel::app::versionJson().c_str() : std::string(trowel::core::kVersion).c_str());
  } else if (app.get_subcommands().empty()) {
    std::puts(app.help().c_str());
    return 2;
  }
  return status;
}
