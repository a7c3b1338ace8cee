// SPDX-License-Identifier: Apache-2.0
// The subcommands of the executable. Each returns the exit status: 0 done, 1 failed (said on stderr), 2 wrong usage.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace trowel::app {

struct CommonOptions {
  std::string logLevels = "info";  // as core::setLogLevels takes them
};

// `trowel serve`: one conversation over stdin and stdout.
int serve(const CommonOptions& common);

struct CallOptions {
  std::string method;
  std::string params;   // JSON; empty: none
  std::string profile;  // empty: what the environment says, else what was chosen for the folder, else DEFAULT
  std::string folder;   // empty: the current one
};

// `trowel call`: the daemon's own dispatcher in this process, one request, its result on stdout.
int call(const CommonOptions& common, const CallOptions& options);

struct SyncOptions {
  std::string source;
  std::string destination;
  std::string profile;  // as of CallOptions
  bool watch = false;
};

// `trowel sync`: makes a workspace folder equal to a local one, once or until a signal. 1 where something did not
// arrive.
int sync(const CommonOptions& common, const SyncOptions& options);

struct TransferOptions {
  std::string remote;  // an address as dbfs:/tmp, or an absolute path of the workspace
  std::string local;
  bool up = false;                   // from here to there
  std::string onConflict = "leave";  // or replace, both
  bool dryRun = false;
  std::string profile;  // as of CallOptions
};

// `trowel download` and `trowel upload`: copies files and folders, once. 1 where something did not arrive.
int transfer(const CommonOptions& common, const TransferOptions& options);

struct DoctorOptions {
  std::string profile;  // as of CallOptions
  std::string folder;   // empty: the current one
  bool asJson = false;  // one document instead of lines
};

// `trowel doctor`: checks what usually goes wrong, and says what to do. 1 where something is wrong.
int doctor(const CommonOptions& common, const DoctorOptions& options);

struct AuthOptions {
  std::string host;     // as people write it
  std::string profile;  // of the Databricks configuration file
  std::string account;  // login: of a host that serves accounts
  bool renew = false;   // token: whether the stored one is near its end or not
  bool json = false;    // status, describe: for programs
};

// `trowel auth login`: the user's browser, then the CLI's store of sign-ins; with a profile, that one says so from now
// on.
int authLogin(const CommonOptions& common, const AuthOptions& options);
// `trowel auth logout`: forgets the sign-in. 0 where there was none.
int authLogout(const CommonOptions& common, const AuthOptions& options);
// `trowel auth status`: who signs in, how, and whether it works. 1 where it does not.
int authStatus(const CommonOptions& common, const AuthOptions& options);
// `trowel auth token`: the token of a sign-in as the Databricks CLI prints it, the one place where one is shown.
int authToken(const CommonOptions& common, const AuthOptions& options);
// `trowel auth describe`: each value of the configuration and where it came from, secrets masked. Asks nobody.
int authDescribe(const CommonOptions& common, const AuthOptions& options);

struct EmulateOptions {
  int port = 0;  // 0: a free one
  std::string seedFile;
  bool demo = false;
  std::string dataDir;                          // empty: nothing is kept
  std::optional<int> clusterStartMilliseconds;  // how long a cluster takes to start
  bool autoSignIn = false;                      // the page to sign in asks nobody
  int accessTokenSeconds = 3600;                // how long OAuth tokens live
  bool smallIds = false;                        // all ids below 2^53
  std::size_t pageCap = 0;                      // the most entries on a page; 0: as the service
  bool rateLimits = false;                      // as the service
  std::vector<std::string> faults;              // JSON objects
  std::string faultFile;                        // one of them, or an array
  std::string requestLog;                       // a line of JSON per request goes there
  std::string tlsCert;                          // PEM files; with both, https
  std::string tlsKey;
  std::string endpointFile;  // host and token go there instead of to stdout
  std::string whileUsed;     // a lock file: end when nobody holds it any more
};

// `trowel emulator`: a local workspace on 127.0.0.1.
int emulate(const CommonOptions& common, const EmulateOptions& options);

// `trowel --version --json`.
std::string versionJson();

}  // namespace trowel::app
