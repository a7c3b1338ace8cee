// SPDX-License-Identifier: Apache-2.0
// "Send JSON to API" as the emulator's request log and the user saw it.
#include "support/connecting.hpp"
#include "support/drawn.hpp"

namespace trowel::test {

namespace {

void front(DaemonHarness& daemon, const std::string& text) {
  daemon.editor().on("trowel/ui/activeDocument", [text](const Json&) {
    return Json::object({{"uri", "untitled:1"}, {"language", "json"}, {"content", text}});
  });
}

void answers(DaemonHarness& daemon, const char* method, const Json& answer) {
  daemon.editor().on(method, [answer](const Json&) { return answer; });
}

std::vector<std::string> calls(DaemonHarness& daemon) {
  std::vector<std::string> lines;
  for (const auto& record : daemon.emulator().requests()) lines.push_back(record.method + " " + record.path);
  return lines;
}

Json shown(DaemonHarness& daemon) { return daemon.editor().heard("trowel/ui/openDocument").back(); }

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("send to API: reading acts at once, and the answer stands in an editor") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  front(daemon, "GET /api/2.1/clusters/get?cluster_id=0102-091500-demo4u2x\n");
  daemon.emulator().clearRequests();
  runOn(daemon, "trowel.api.send");
  CHECK(calls(daemon) == Lines{"GET /api/2.1/clusters/get"});
  CHECK(daemon.editor().heard("trowel/ui/confirm").empty());
  CHECK(shown(daemon)["language"] == "json");
  CHECK(Json::parse(shown(daemon)["content"].get<std::string>())["cluster_name"] == "Demo cluster");
}

TEST_CASE("send to API: what writes is asked for with its body, and not sent without a yes") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  front(daemon, "POST /api/2.0/workspace/mkdirs\n{\"path\": \"/Shared/new\"}");
  answers(daemon, "trowel/ui/confirm", Json::object());
  daemon.emulator().clearRequests();
  runOn(daemon, "trowel.api.send");
  CHECK(calls(daemon).empty());
  auto asked = daemon.editor().heard("trowel/ui/confirm").back();
  CHECK(asked["message"].get<std::string>().starts_with("Send POST /api/2.0/workspace/mkdirs to http://127.0.0.1:"));
  CHECK(asked["detail"] == "{\"path\": \"/Shared/new\"}");

  answers(daemon, "trowel/ui/confirm", {{"action", "Send"}});
  runOn(daemon, "trowel.api.send");
  CHECK(calls(daemon).front() == "POST /api/2.0/workspace/mkdirs");
}

TEST_CASE("send to API: with nothing in front the call is typed, and a wrong one is asked for again") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  answers(daemon, "trowel/ui/activeDocument", Json::object());
  daemon.editor().on("trowel/ui/input", [](const Json& params) {
    const bool first = params.at("prompt").get<std::string>().starts_with("Verb and path.");
    return Json::object({{"value", first ? "GET https://evil.example/api/2.0/x" : "/api/2.0/preview/scim/v2/Me"}});
  });
  daemon.emulator().clearRequests();
  runOn(daemon, "trowel.api.send");
  CHECK(calls(daemon) == Lines{"GET /api/2.0/preview/scim/v2/Me"});
  CHECK(daemon.editor().heard("trowel/ui/input").size() == 2);
}

TEST_CASE("send to API: a definition in front is offered to the calls that take it") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  front(daemon, R"({"name": "nightly", "tasks": []})");
  answers(daemon, "trowel/ui/pick", {{"ids", Json::array({"0"})}});
  answers(daemon, "trowel/ui/confirm", {{"action", "Send"}});
  daemon.emulator().clearRequests();
  runOn(daemon, "trowel.api.send");
  CHECK(calls(daemon).front() == "POST /api/2.2/jobs/create");
  CHECK(Json::parse(shown(daemon)["content"].get<std::string>()).contains("job_id"));
}

TEST_CASE("send to API: a refusal is told in the workspace's words, with status and code") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  front(daemon, "GET /api/2.2/jobs/get?job_id=7");
  emulator::Fault fault;
  fault.pattern = "GET /api/2.2/jobs/get";
  fault.status = 400;
  fault.body = R"({"error_code": "INVALID_PARAMETER_VALUE", "message": "Job 7 does not exist."})";
  daemon.emulator().addFault(std::move(fault));
  CHECK(daemon.failure("workspace/executeCommand", {{"command", "trowel.api.send"}})["message"] ==
        "GET /api/2.2/jobs/get?job_id=7: HTTP 400 INVALID_PARAMETER_VALUE: Job 7 does not exist.");
}

TEST_CASE("send to API: a secret's value is not shown") {
  DaemonHarness daemon({.emulation = {.demo = true}});
  daemon.connect();
  front(daemon, "GET /api/2.0/secrets/get?scope=demo&key=api-key");
  runOn(daemon, "trowel.api.send");
  CHECK(Json::parse(shown(daemon)["content"].get<std::string>())["value"] == "(not shown)");
}

}  // namespace trowel::test
