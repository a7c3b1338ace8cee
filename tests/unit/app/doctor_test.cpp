// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "app/doctor/machine_checks.hpp"
#include "app/doctor/network_checks.hpp"
#include "app/doctor/report.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/memory_keyring.hpp"
#include "support/temp_dir.hpp"
#include "trowel/core/json.hpp"

namespace trowel::app {
namespace {

using http::Stage;

// "ok proxy, FAIL name lookup, - reach": what each check came to.
std::string outline(const Checks& checks) {
  std::string text;
  for (const auto& check : checks) {
    const auto* mark = check.mark == Mark::Ok        ? "ok "
                       : check.mark == Mark::Note    ? "note "
                       : check.mark == Mark::Skipped ? "- "
                                                     : "FAIL ";
    text += (text.empty() ? "" : ", ") + std::string(mark) + check.name;
  }
  return text;
}

const Check* failedOf(const Checks& checks) {
  for (const auto& check : checks)
    if (check.mark == Mark::Fail) return &check;
  return nullptr;
}

const http::Origin kHost = http::parseOrigin("https://dev.example.com").value();

http::HttpResult failing(Stage stage) {
  http::TransportError error;
  error.code = core::ErrorCode::Unavailable;
  error.message = "What went wrong.";
  error.stage = stage;
  return std::unexpected(error);
}

http::HttpResult answering(const std::string& date) {
  return http::HttpResponse{.status = 401, .headers = {{"Date", date}}};
}

core::Result<http::NetworkOptions> network(std::map<std::string, std::string> variables) {
  return http::networkOptions([variables](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

const core::WallTime kNoon =
    core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) + std::chrono::hours(12);

TEST_CASE("the doctor names the stage of the way that is broken, and a remedy") {
  struct Row {
    http::HttpResult answer;
    std::map<std::string, std::string> variables;
    const char* outline;
    const char* remedy;  // in the failed one
  };
  const std::map<std::string, std::string> proxied{{"HTTPS_PROXY", "http://ada:planted@proxy.example.com:3128"}};
  const std::vector<Row> rows{
      {answering("Thu, 01 Jan 2026 12:00:10 GMT"), {}, "ok proxy, ok name lookup, ok reach, ok tls, ok clock", ""},
      {answering("Thu, 01 Jan 2026 12:00:00 GMT"), proxied, "ok proxy, ok name lookup, ok reach, ok tls, ok clock", ""},
      {failing(Stage::Lookup), {}, "ok proxy, FAIL name lookup, - reach, - tls, - clock", "connect the VPN"},
      {failing(Stage::Connect), {}, "ok proxy, ok name lookup, FAIL reach, - tls, - clock", "https://dev.example.com"},
      {failing(Stage::Exchange), {}, "ok proxy, ok name lookup, FAIL reach, - tls, - clock", "firewall"},
      {failing(Stage::Stopped), {}, "ok proxy, ok name lookup, FAIL reach, - tls, - clock", "firewall"},
      {failing(Stage::Proxy), proxied, "FAIL proxy, - name lookup, - reach, - tls, - clock", "Correct HTTPS_PROXY"},
      {failing(Stage::Tls), {}, "ok proxy, ok name lookup, ok reach, FAIL tls, - clock", "NODE_EXTRA_CA_CERTS"},
      {answering("no date"), {}, "ok proxy, ok name lookup, ok reach, ok tls, note clock", ""},
      {answering("Thu, 01 Jan 2026 12:01:00 GMT"), {}, "ok proxy, ok name lookup, ok reach, ok tls, ok clock", ""},
      {answering("Thu, 01 Jan 2026 12:01:01 GMT"),
       {},
       "ok proxy, ok name lookup, ok reach, ok tls, FAIL clock",
       "timedatectl"},
      {answering("Thu, 01 Jan 2026 11:58:59 GMT"),
       {},
       "ok proxy, ok name lookup, ok reach, ok tls, FAIL clock",
       "timedatectl"},
      {failing(Stage::Request),
       {{"HTTPS_PROXY", "nonsense://"}},
       "FAIL proxy, - name lookup, - reach, - tls, - clock",
       "Correct the variable"},
  };
  for (const auto& row : rows) {
    INFO(row.outline);
    auto checks = judgeReach(kHost, network(row.variables), row.answer, kNoon);
    CHECK(outline(checks) == row.outline);
    const auto* failed = failedOf(checks);
    REQUIRE((failed != nullptr) == (*row.remedy != '\0'));
    if (failed != nullptr) CHECK(failed->remedy.find(row.remedy) != std::string::npos);
    for (const auto& check : checks) CHECK((check.text + check.remedy).find("planted") == std::string::npos);
  }
}

TEST_CASE("the doctor says by how much a clock is wrong, whose proxy it is and whom TLS trusts") {
  auto checks = judgeReach(kHost, network({{"NODE_EXTRA_CA_CERTS", "/etc/ca.pem"}}),
                           answering("Thu, 01 Jan 2026 12:10:00 GMT"), kNoon);
  CHECK(checks[0].text ==
        "none for dev.example.com. Proxy and certificate authorities that VS Code's settings name (http.proxy, "
        "trowel.network.caFiles) are not seen here; for a shell set HTTPS_PROXY and NODE_EXTRA_CA_CERTS as well");
  // No setting puts a proxy before this machine.
  auto local = judgeReach(http::parseOrigin("http://127.0.0.1:1").value(), network({}),
                          answering("Thu, 01 Jan 2026 12:00:00 GMT"), kNoon);
  CHECK(local[0].text == "none for 127.0.0.1");
  CHECK(checks[3].text ==
        "the certificate of dev.example.com is accepted, by the system's authorities and those of NODE_EXTRA_CA_CERTS "
        "(/etc/ca.pem)");
  CHECK(checks[4].text == "this machine's clock is 600 s behind the host's; tokens are refused by that");
  checks = judgeReach(kHost, network({{"HTTPS_PROXY", "http://ada:planted@proxy.example.com:3128"}}),
                      answering("Thu, 01 Jan 2026 11:50:00 GMT"), kNoon);
  CHECK(checks[0].text == "http://proxy.example.com:3128 (from HTTPS_PROXY)");
  CHECK(checks[1].text == "left to the proxy");
  CHECK(checks[4].text == "this machine's clock is 600 s ahead of the host's; tokens are refused by that");
  checks = judgeReach(http::parseOrigin("http://127.0.0.1:8080").value(), network({}), answering(""), kNoon);
  CHECK(checks[3].text == "http://127.0.0.1:8080 speaks without encryption");
}

TEST_CASE("limits that are too low come with the command that raises them") {
  CHECK(outline(judgeLimits({.watches = 524288, .instances = 128, .files = 1024})) == "ok inotify, ok open files");
  CHECK(outline(judgeLimits({.watches = 8192, .instances = 128, .files = 1024})) == "FAIL inotify, ok open files");
  auto checks = judgeLimits({.watches = 524288, .instances = 8, .files = 256});
  CHECK(outline(checks) == "FAIL inotify, FAIL open files");
  CHECK(checks[0].remedy.starts_with("sudo sysctl fs.inotify.max_user_instances=512"));
  CHECK(checks[1].remedy.starts_with("ulimit -n 4096"));
}

TEST_CASE("a keyring that cannot be used is a note, with its own words") {
  test::MemoryKeyring keyring;
  CHECK(checkKeyring(keyring).mark == Mark::Ok);
  keyring.fail(core::Error{.code = core::ErrorCode::Unavailable, .message = "The keyring is locked. Unlock it."});
  auto check = checkKeyring(keyring);
  CHECK(check.mark == Mark::Note);
  CHECK(check.text == "The keyring is locked. Unlock it.");
  CHECK_FALSE(check.remedy.empty());
}

TEST_CASE("a configuration file that others can read is noted") {
  test::TempDir folder;
  const auto file = folder / "config";
  CHECK(checkConfigFile(file).text == "there is no " + file + "; the demo workspace needs none");
  folder.write("config", "[DEFAULT]\n");
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  CHECK(checkConfigFile(file).mark == Mark::Note);
  CHECK(checkConfigFile(file).remedy == "chmod 600 " + file);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  CHECK(checkConfigFile(file).mark == Mark::Ok);
}

TEST_CASE("a report as lines and as JSON") {
  CHECK(toText({.name = "clock", .text = "agrees with the host's"}) == "ok    clock          agrees with the host's\n");
  const Check bad{.mark = Mark::Fail, .name = "tls", .text = "No trust.", .remedy = "Name the file."};
  CHECK(toText(bad) ==
        "FAIL  tls            No trust.\n"
        "                     > Name the file.\n");
  auto json = core::parseJson(toJson({{.name = "clock", .text = "fine"}, bad})).value();
  CHECK(json ==
        core::Json{{"ok", false},
                   {"checks",
                    {{{"check", "clock"}, {"status", "ok"}, {"text", "fine"}},
                     {{"check", "tls"}, {"status", "fail"}, {"text", "No trust."}, {"remedy", "Name the file."}}}}});
}

}  // namespace
}  // namespace trowel::app
