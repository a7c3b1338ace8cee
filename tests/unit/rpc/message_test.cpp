// SPDX-License-Identifier: Apache-2.0
#include "rpc/message.hpp"

#include "support/catch.hpp"

using namespace trowel::rpc;
using trowel::core::ErrorCode;
using trowel::core::Json;

namespace {

// The code of the error that the sender of a malformed message is told.
int codeOf(std::string_view text) {
  auto message = parseMessage(text);
  REQUIRE(std::holds_alternative<Malformed>(message));
  return Json::parse(std::get<Malformed>(message).reply)["error"]["code"].get<int>();
}

Json replyTo(std::string_view text) { return Json::parse(std::get<Malformed>(parseMessage(text)).reply); }

}  // namespace

TEST_CASE("requests, notifications and responses are told apart") {
  auto request = parseMessage(R"({"jsonrpc":"2.0","id":"a","method":"m","params":{"x":1}})");
  REQUIRE(std::holds_alternative<Request>(request));
  CHECK(std::get<Request>(request).params["x"] == 1);
  CHECK(std::holds_alternative<Notification>(parseMessage(R"({"jsonrpc":"2.0","method":"m"})")));
  auto response = parseMessage(R"({"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"no"}})");
  REQUIRE(std::holds_alternative<Response>(response));
  CHECK(std::get<Response>(response).result.error().code == ErrorCode::MethodNotFound);
}

TEST_CASE("what is no JSON is a parse error with a null id") {
  CHECK(codeOf("") == -32700);
  CHECK(codeOf("{") == -32700);
  CHECK(codeOf("\xEF\xBB\xBF{}") == -32700);
  CHECK(codeOf("{\"a\":\"\xff\"}") == -32700);
  CHECK(codeOf(std::string_view("{}\0", 3)) == -32700);
  CHECK(codeOf(std::string(200000, '[') + std::string(200000, ']')) == -32700);
  CHECK(codeOf(std::string(200000, '{')) == -32700);
  CHECK(codeOf("{\"id\":1e999,\"method\":\"m\"}") == -32700);
  CHECK(replyTo("{")["id"].is_null());
}

TEST_CASE("JSON that is no request is an invalid request") {
  CHECK(codeOf("[]") == -32600);
  CHECK(codeOf(R"([{"jsonrpc":"2.0","id":1,"method":"m"}])") == -32600);
  CHECK(codeOf("42") == -32600);
  CHECK(codeOf("{}") == -32600);
  CHECK(codeOf(R"({"id":{},"method":"m"})") == -32600);
  CHECK(codeOf(R"({"id":1.5,"method":"m"})") == -32600);
  CHECK(codeOf(R"({"id":null,"method":"m"})") == -32600);
  CHECK(codeOf(R"({"id":18446744073709551615,"method":"m"})") == -32600);
  CHECK(codeOf(R"({"id":1,"method":7})") == -32600);
  CHECK(replyTo(R"({"id":1,"method":7})")["id"] == 1);
}

TEST_CASE("parameters that are no object or array are refused under the request's id") {
  CHECK(codeOf(R"({"id":3,"method":"m","params":"x"})") == -32602);
  CHECK(replyTo(R"({"id":"q","method":"m","params":5})")["id"] == "q");
}

TEST_CASE("replies never carry a token or broken UTF-8") {
  trowel::core::Error error;
  error.code = ErrorCode::Unauthenticated;
  error.message = "no: dapi0123456789abcdef0123456789abcdef \xff";
  auto text = errorReply(Id{std::int64_t{1}}, error);
  CHECK(text.find("0123456789abcdef") == std::string::npos);
  CHECK(Json::parse(text)["error"]["data"]["name"] == "Unauthenticated");
}
