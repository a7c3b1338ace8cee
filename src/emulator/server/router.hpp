// SPDX-License-Identifier: Apache-2.0
// Finds the endpoint for a method and an escaped path: exact segments before {name}, before {name...}.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/server/call.hpp"

namespace trowel::emulator {

// Whether an endpoint finds the body's parameters in params(), or reads its bytes from body() as they come.
enum class Body : std::uint8_t { Whole, Streamed };

class Router {
 public:
  // `pattern` as in "/api/2.0/workspace-files/{path...}". {name} is one segment, {name...} the rest. Not thread-safe.
  void add(std::string_view method, std::string_view pattern, Endpoint endpoint, Body body = Body::Whole);

  struct Match {
    const Endpoint* endpoint = nullptr;  // null: nothing matches
    bool open = false;                   // asks for no token: what comes before there is one
    Body body = Body::Whole;
    std::map<std::string, std::string> variables = {};  // decoded
  };
  // Splits before decoding, so that %2F stays inside its segment. Any thread once all routes are in.
  Match find(std::string_view method, std::string_view escapedPath) const;

 private:
  struct Target {
    Endpoint endpoint;
    bool open = false;
    Body body = Body::Whole;
  };
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::unique_ptr<Node> variable;
    std::string variableName;
    std::map<std::string, Target, std::less<>> targets;      // by method, of this very node
    std::map<std::string, Target, std::less<>> restTargets;  // by method, of {name...} beneath it
    std::string restName;
  };

  static bool accept(const std::map<std::string, Target, std::less<>>& targets, std::string_view method, Match& match);
  static bool descend(const Node& node, std::string_view method, std::string_view rest, Match& match);

  Node root_;
};

}  // namespace trowel::emulator
