// SPDX-License-Identifier: Apache-2.0
#include "emulator/server/router.hpp"

#include "trowel/core/text.hpp"

namespace trowel::emulator {

namespace {

// Cuts the first segment off "/a/b".
std::string_view takeSegment(std::string_view& rest) {
  rest.remove_prefix(1);
  auto slash = rest.find('/');
  auto segment = rest.substr(0, slash);
  rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  return segment;
}

// Discovery and sign-in; the stand-ins, which know tokens of their own; and links that are signed.
bool isOpen(std::string_view pattern) {
  return pattern.starts_with("/storage/") || pattern.starts_with("/sql-results/") ||
         pattern.starts_with("/.well-known/") || pattern.starts_with("/oidc/") || pattern.starts_with("/standins/") ||
         pattern.starts_with("/aad/") || pattern == "/login.html" || pattern == "/";
}

std::string decode(std::string_view segment) { return core::percentDecode(segment).value_or(std::string(segment)); }

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Endpoint endpoint, Body body) {
  Node* node = &root_;
  const bool open = isOpen(pattern);
  while (!pattern.empty() && pattern != "/") {
    auto segment = takeSegment(pattern);
    if (segment.ends_with("...}")) {
      node->restName = segment.substr(1, segment.size() - 5);
      node->restTargets[std::string(method)] = {std::move(endpoint), open, body};
      return;
    }
    if (segment.starts_with('{')) {
      if (!node->variable) node->variable = std::make_unique<Node>();
      node->variableName = segment.substr(1, segment.size() - 2);
      node = node->variable.get();
      continue;
    }
    auto& child = node->children[std::string(segment)];
    if (!child) child = std::make_unique<Node>();
    node = child.get();
  }
  node->targets[std::string(method)] = {std::move(endpoint), open, body};
}

Router::Match Router::find(std::string_view method, std::string_view escapedPath) const {
  while (escapedPath.size() > 1 && escapedPath.ends_with('/')) escapedPath.remove_suffix(1);
  Match match;
  if (descend(root_, method, escapedPath, match)) return match;
  // HEAD is answered by GET, without the body.
  if (method == "HEAD" && descend(root_, "GET", escapedPath, match)) return match;
  return {};
}

bool Router::accept(const std::map<std::string, Target, std::less<>>& targets, std::string_view method, Match& match) {
  auto it = targets.find(method);
  if (it == targets.end()) return false;
  match.endpoint = &it->second.endpoint;
  match.open = it->second.open;
  match.body = it->second.body;
  return true;
}

bool Router::descend(const Node& node, std::string_view method, std::string_view rest, Match& match) {
  if (rest.empty() || rest == "/") return accept(node.targets, method, match);
  std::string_view below = rest;
  auto segment = decode(takeSegment(below));
  if (auto child = node.children.find(segment); child != node.children.end())
    if (descend(*child->second, method, below, match)) return true;
  if (node.variable && descend(*node.variable, method, below, match)) {
    match.variables[node.variableName] = segment;
    return true;
  }
  if (!accept(node.restTargets, method, match)) return false;
  match.variables[node.restName] = decode(rest.substr(1));
  return true;
}

}  // namespace trowel::emulator
