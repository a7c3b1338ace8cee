// SPDX-License-Identifier: Apache-2.0
#include "trowel/connection/metadata_service.hpp"

#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "connection/metadata_address.hpp"
#include "connection/metadata_answer.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"
#include "trowel/core/json.hpp"
#include "trowel/core/timer.hpp"
#include "trowel/http/loopback_server.hpp"
#include "trowel/http/transport.hpp"

namespace trowel::connection {
namespace {

using core::ErrorCode;
using core::Json;

const std::string kPath(64, 'a');
const MetadataPlace kPlace{.target = "/" + kPath, .host = "https://dev.example.com"};
const http::Headers kGood{{"X-Databricks-Metadata-Version", "1"}, {"X-Databricks-Host", "https://dev.example.com"}};

class FixedCredentials final : public http::Credentials {
 public:
  explicit FixedCredentials(core::Result<http::Authorization> answer) : answer_(std::move(answer)) {}
  core::Result<http::Authorization> authorize(const core::CancelToken&) override { return answer_; }
  bool refused(const http::Authorization&) override { return false; }

 private:
  core::Result<http::Authorization> answer_;
};

FixedCredentials withHeader(const std::string& value) {
  return FixedCredentials(http::Authorization{.value = core::SecretString(value)});
}

http::HttpResponse ask(http::Credentials& credentials, const http::Headers& headers = kGood,
                       const std::string& target = kPlace.target, const std::string& method = "GET") {
  test::ManualClock clock;
  return answerMetadata(kPlace, method, target, headers, credentials, clock, {});
}

TEST_CASE("a tool that asks rightly gets an access token for fifteen seconds, and nothing else") {
  auto credentials = withHeader("Bearer dapi-planted");
  auto answer = ask(credentials);
  CHECK(answer.status == 200);
  CHECK(http::headerOf(answer.headers, "Content-Type") == "application/json");
  CHECK(http::headerOf(answer.headers, "Cache-Control") == "no-store");
  auto expires = std::chrono::duration_cast<std::chrono::seconds>(
      (test::ManualClock().wallNow() + kHandedTokenLife).time_since_epoch());
  CHECK(Json::parse(answer.body) ==
        Json{{"access_token", "dapi-planted"}, {"token_type", "Bearer"}, {"expires_on", expires.count()}});
}

TEST_CASE("requests that a tool should not have made are refused by the SDKs' rules") {
  struct Row {
    const char* what;
    std::string method;
    std::string target;
    http::Headers headers;
    int status;
    const char* error;
  };
  const std::string good = kPlace.target;
  const std::vector<Row> rows{
      {"another path", "GET", "/" + std::string(63, 'a') + "b", kGood, 404, "not_found"},
      {"a shorter path", "GET", "/" + std::string(63, 'a'), kGood, 404, "not_found"},
      {"a longer path", "GET", good + "/", kGood, 404, "not_found"},
      {"a query", "GET", good + "?x=1", kGood, 404, "not_found"},
      {"the root", "GET", "/", kGood, 404, "not_found"},
      {"a wrong path tells nothing about the rest", "POST", "/x", {}, 404, "not_found"},
      {"another method", "POST", good, kGood, 405, "bad_method"},
      {"no version", "GET", good, {{"X-Databricks-Host", "https://dev.example.com"}}, 400, "bad_version"},
      {"another version",
       "GET",
       good,
       {{"X-Databricks-Metadata-Version", "2"}, {"X-Databricks-Host", "https://dev.example.com"}},
       400,
       "bad_version"},
      {"no host", "GET", good, {{"X-Databricks-Metadata-Version", "1"}}, 404, "not_found"},
      {"another host",
       "GET",
       good,
       {{"X-Databricks-Metadata-Version", "1"}, {"X-Databricks-Host", "https://test.example.com"}},
       404,
       "not_found"},
      {"another scheme",
       "GET",
       good,
       {{"X-Databricks-Metadata-Version", "1"}, {"X-Databricks-Host", "http://dev.example.com"}},
       404,
       "not_found"},
  };
  auto credentials = withHeader("Bearer dapi-planted");
  for (const auto& row : rows) {
    INFO(row.what);
    auto answer = ask(credentials, row.headers, row.target, row.method);
    CHECK(answer.status == row.status);
    CHECK(core::stringAt(Json::parse(answer.body), "error") == row.error);
    CHECK(answer.body.find("planted") == std::string::npos);
  }
}

TEST_CASE("every combination of version, host and path comes to one answer, the path first") {
  struct Part {
    const char* value;  // null: the header is missing
    bool good;
  };
  const std::string prefix = kPlace.target.substr(0, 20);
  const std::vector<Part> paths{{kPlace.target.c_str(), true}, {"/wrong", false}, {prefix.c_str(), false}};
  const std::vector<Part> versions{{nullptr, false}, {"0", false}, {"1", true}, {"2", false}};
  const std::vector<Part> hosts{{"https://dev.example.com", true},
                                {"https://other.example.com", false},
                                {nullptr, false},
                                {"https://dev.example.com/", true},
                                {"HTTPS://DEV.EXAMPLE.COM", true}};
  auto credentials = withHeader("Bearer dapi-planted");
  for (const auto& path : paths) {
    for (const auto& version : versions) {
      for (const auto& host : hosts) {
        http::Headers headers;
        if (version.value != nullptr) headers.emplace_back("X-Databricks-Metadata-Version", version.value);
        if (host.value != nullptr) headers.emplace_back("X-Databricks-Host", host.value);
        const int expected = !path.good ? 404 : !version.good ? 400 : !host.good ? 404 : 200;
        CHECK(ask(credentials, headers, path.value).status == expected);
      }
    }
  }
}

TEST_CASE("hosts that mean the same are the same") {
  auto credentials = withHeader("bearer dapi-planted");
  for (const auto* host : {"https://dev.example.com/", "https://DEV.example.com", "https://dev.example.com:443"}) {
    CHECK(ask(credentials, {{"x-databricks-metadata-version", "1"}, {"x-databricks-host", host}}).status == 200);
  }
}

TEST_CASE("a user name and a password are not handed over") {
  for (const auto* value : {"Basic dXNlcjpwYXNz", "", "Bearer ", "Bearer"}) {
    auto credentials = withHeader(value);
    auto answer = ask(credentials);
    CHECK(answer.status == 400);
    CHECK(
        core::stringAt(Json::parse(answer.body), "message") ==
        "This connection signs in with a user name and a password, which Trowel does not hand to other tools. Sign in "
        "with a personal access token or in the browser to use it from tools.");
  }
}

TEST_CASE("a tool hears why there is no token now") {
  FixedCredentials expired(core::fail(ErrorCode::Unauthenticated, "Sign in to DEV again."));
  auto answer = ask(expired);
  CHECK(answer.status == 401);
  CHECK(Json::parse(answer.body) == Json{{"error", "unauthenticated"}, {"message", "Sign in to DEV again."}});
  FixedCredentials offline(core::fail(ErrorCode::Unavailable, "The network is away."));
  CHECK(ask(offline).status == 503);
}

TEST_CASE("secrets are compared as a whole") {
  CHECK(sameSecret("abc", "abc"));
  CHECK(sameSecret("", ""));
  CHECK_FALSE(sameSecret("abc", "abd"));
  CHECK_FALSE(sameSecret("abc", "xbc"));
  CHECK_FALSE(sameSecret("abc", "ab"));
}

TEST_CASE("variables for tools") {
  CHECK(toolEnvironment({.host = "https://h", .metadataUrl = "http://127.0.0.1:1/x"}) ==
        std::vector<std::pair<std::string, std::string>>{{"DATABRICKS_AUTH_TYPE", "metadata-service"},
                                                         {"DATABRICKS_HOST", "https://h"},
                                                         {"DATABRICKS_METADATA_SERVICE_URL", "http://127.0.0.1:1/x"}});
  auto all = toolEnvironment(
      {.host = "https://h", .metadataUrl = "http://127.0.0.1:1/x", .workspaceId = "42", .clusterId = "c-1"});
  CHECK(all.size() == 5);
  CHECK(all[1] == std::pair<std::string, std::string>{"DATABRICKS_CLUSTER_ID", "c-1"});
  CHECK(all[4] == std::pair<std::string, std::string>{"DATABRICKS_WORKSPACE_ID", "42"});
}

// ---- the service itself, over real sockets

struct World {
  test::TempDir folder;
  std::vector<std::string> said;
  core::Timer timer{core::systemClock()};
  http::HttpTransport http{timer, http::NetworkOptions{}};

  HandOver handOver(const std::string& connection = "profile:DEV", const std::string& token = "dapi-planted") {
    return {.identity = {"/project", connection, "https://dev.example.com/", "ada@example.com"},
            .credentials = http::bearer(core::SecretString(token)),
            .stateFolder = folder.path(),
            .holder = "a test",
            .clock = core::systemClock(),
            .say = [this](const std::string& sentence) { said.push_back(sentence); }};
  }
  std::unique_ptr<MetadataService> start(HandOver given) {
    return MetadataService::start(std::move(given), {}).value();
  }
  // The token, or the status where there is none.
  std::string tokenFrom(const std::string& url) {
    auto slash = url.rfind('/');
    auto answer =
        http.send({.method = "GET", .origin = url.substr(0, slash), .target = url.substr(slash), .headers = kGood}, {});
    if (!answer) return answer.error().message;
    return answer->status == 200 ? core::stringAt(Json::parse(answer->body), "access_token")
                                 : std::to_string(answer->status);
  }
};

TEST_CASE("an address outlives its window, and lies in a file that only the user can read") {
  World world;
  std::string url;
  {
    auto service = world.start(world.handOver());
    CHECK(service->serves());
    url = service->url().value();
    CHECK(world.tokenFrom(url) == "dapi-planted");
  }
  auto again = world.start(world.handOver());
  CHECK(again->url().value() == url);
  CHECK(world.tokenFrom(url) == "dapi-planted");
  CHECK(world.said.empty());

  auto file =
      metadataFiles(world.folder.path(), {"/project", "profile:DEV", "https://dev.example.com", "ada@example.com"})
          .address;
  struct stat status{};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
}

TEST_CASE("another connection of the same project has another address, and the first one's comes back with it") {
  World world;
  auto dev = world.start(world.handOver("profile:DEV", "dapi-of-dev"));
  auto devUrl = dev->url().value();
  auto test = world.start(world.handOver("profile:TEST", "dapi-of-test"));
  auto testUrl = test->url().value();
  CHECK(devUrl.substr(devUrl.rfind('/')) != testUrl.substr(testUrl.rfind('/')));
  CHECK(world.tokenFrom(devUrl) == "dapi-of-dev");
  CHECK(world.tokenFrom(testUrl) == "dapi-of-test");
  dev.reset();
  CHECK(world.tokenFrom(devUrl).starts_with("Nothing answers"));
  dev = world.start(world.handOver("profile:DEV", "dapi-of-dev"));
  CHECK(dev->url().value() == devUrl);
}

TEST_CASE("a second window does not disturb the first, and takes over at the same address") {
  World world;
  auto first = world.start(world.handOver());
  auto second = world.start(world.handOver());
  auto url = first->url().value();
  CHECK(first->serves());
  CHECK_FALSE(second->serves());
  CHECK(second->url().value() == url);
  CHECK(world.tokenFrom(url) == "dapi-planted");
  first.reset();
  while (!second->serves()) std::this_thread::yield();
  CHECK(second->url().value() == url);
  CHECK(world.tokenFrom(url) == "dapi-planted");
  CHECK(world.said.empty());
}

TEST_CASE("a port that another program has taken is given up, and the user hears of it") {
  World world;
  auto service = world.start(world.handOver());
  auto before = service->url().value();
  service.reset();
  auto port = static_cast<std::uint16_t>(std::stoi(before.substr(std::string("http://127.0.0.1:").size())));
  auto stranger = http::LoopbackServer::start({.port = port}, [](const auto&, const auto&, const auto&, const auto&) {
                    return http::HttpResponse{.status = 418};
                  }).value();
  service = world.start(world.handOver());
  auto after = service->url().value();
  CHECK(after != before);
  CHECK(after.substr(after.rfind('/')) == before.substr(before.rfind('/')));
  CHECK(world.tokenFrom(after) == "dapi-planted");
  CHECK(world.said == std::vector<std::string>{
                          "Another program has taken the port " + std::to_string(port) +
                          " of this machine, where tools in the terminals of this project got their tokens. Open "
                          "new terminals: those opened before cannot sign in any more."});
}

TEST_CASE("a file that holds no address is replaced") {
  World world;
  auto file =
      metadataFiles(world.folder.path(), {"/project", "profile:DEV", "https://dev.example.com", "ada@example.com"})
          .address;
  for (const auto* text : {"", "{}", R"({"port":80,"path":"short"})", R"({"port":99999,"path":"x"})"}) {
    world.folder.write(file.substr(world.folder.path().size() + 1), text);
    CHECK(readAddress(file).error().code == ErrorCode::NotFound);
    auto service = world.start(world.handOver());
    CHECK(world.tokenFrom(service->url().value()) == "dapi-planted");
  }
}

}  // namespace
}  // namespace trowel::connection
