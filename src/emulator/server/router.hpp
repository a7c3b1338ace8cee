// SPDX-License-Identifier: Apache-2.0
// Finds the endpoint for a method and an escaped path: exact segments before {name}, before {name...}.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/server/call.hpp"

namespace trowel::emulator {

class Router {
 public:
  // `pattern` as in "/api/2.0/workspace-files/{path...}". {name} is one segment, {name...} the rest. Not thread-safe.
  void add(std::string_view method, std::string_view pattern, Endpoint endpoint);

  struct Match {
    const Endpoint* endpoint = nullptr;                 // null: nothing matches
    std::map<std::string, std::string> variables = {};  // decoded
  };
  // Splits before decoding, so that %2F stays inside its segment. Any thread once all routes are in.
  Match find(std::string_view method, std::string_view escapedPath) const;

 private:
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
    std::unique_ptr<Node> variable;
    std::string variableName;
    std::map<std::string, Endpoint, std::less<>> endpoints;      // by method, of this very node
    std::map<std::string, Endpoint, std::less<>> restEndpoints;  // by method, of {name...} beneath it
    std::string restName;
  };

  static bool descend(const Node& node, std::string_view method, std::string_view rest, Match& match);

  Node root_;
};

}  // namespace trowel::emulator
