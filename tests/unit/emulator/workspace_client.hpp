// SPDX-License-Identifier: Apache-2.0
// A raw HTTP client for the emulator's tests, which share nothing with Trowel's own REST client.
#pragma once

#include <httplib.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "trowel/emulator/emulator.hpp"

namespace trowel::emulator::test {

using Json = nlohmann::json;

struct Reply {
  int status = 0;  // 0: no answer
  Json body;       // discarded where it is not JSON
  std::string text;
  httplib::Headers headers;

  std::string errorCode() const { return body.is_object() ? body.value("error_code", "") : ""; }
  std::string message() const { return body.is_object() ? body.value("message", "") : ""; }
  std::string header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

class WorkspaceClient {
 public:
  explicit WorkspaceClient(const Emulator& emulator)
      : client_(std::make_unique<httplib::Client>(emulator.host())), token_(emulator.token().reveal()) {
    client_->set_tcp_nodelay(true);
    client_->set_keep_alive(true);
    client_->set_url_encode(false);
    client_->set_read_timeout(std::chrono::seconds(30));
  }

  void setToken(std::string token) { token_ = std::move(token); }
  // Sent with every request from now on.
  void setHeader(const std::string& name, const std::string& value) { more_.emplace(name, value); }

  Reply get(const std::string& path) { return wrap(client_->Get(path, headers())); }
  Reply post(const std::string& path, const Json& body) { return postText(path, body.dump(), "application/json"); }
  Reply postText(const std::string& path, const std::string& body, const std::string& type) {
    return wrap(client_->Post(path, headers(), body, type));
  }
  Reply postForm(const std::string& path, const httplib::MultipartFormDataItems& parts) {
    return wrap(client_->Post(path, headers(), parts));
  }
  // With headers besides the token.
  Reply send(const std::string& method, const std::string& path, const httplib::Headers& more = {},
             const std::string& body = {}) {
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.headers = headers();
    request.headers.insert(more.begin(), more.end());
    request.body = body;
    return wrap(client_->send(request));
  }
  Reply put(const std::string& path, const Json& body) {
    return wrap(client_->Put(path, headers(), body.dump(), "application/json"));
  }
  Reply patch(const std::string& path, const Json& body) {
    return wrap(client_->Patch(path, headers(), body.dump(), "application/json"));
  }
  Reply remove(const std::string& path) { return wrap(client_->Delete(path, headers())); }

 private:
  httplib::Headers headers() const {
    httplib::Headers all = more_;
    if (!token_.empty()) all.emplace("Authorization", "Bearer " + token_);
    return all;
  }
  static Reply wrap(const httplib::Result& result) {
    if (!result) return {};
    return {result->status, Json::parse(result->body, nullptr, false), result->body, result->headers};
  }

  std::unique_ptr<httplib::Client> client_;
  std::string token_;
  httplib::Headers more_;
};

// Started once for all tests that do not mind what others left behind; each works in a folder of its own.
Emulator& sharedEmulator();
// A client that calls as a user who is no administrator, made where there is none of that name.
WorkspaceClient signedIn(const Emulator& emulator, const std::string& userName);
// A new folder in the shared emulator: "/Users/<me>/<n>".
std::string freshFolder(WorkspaceClient& client);

// Standard base64 of `bytes`.
std::string encode(const std::string& bytes);
std::string decode(const std::string& base64);

}  // namespace trowel::emulator::test
