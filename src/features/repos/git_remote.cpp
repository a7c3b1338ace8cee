// SPDX-License-Identifier: Apache-2.0
// The address comes from the workspace, so from other people: git gets it behind "--", speaks only protocols that run
// nothing here, starts outside of any repository whose configuration could bend it, and asks nobody for a password.
#include "git_remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "trowel/core/log.hpp"
#include "trowel/core/text.hpp"
#include "trowel/os/files.hpp"
#include "trowel/os/run.hpp"

namespace trowel::features {

namespace {

using core::ErrorCode;
using core::Result;

constexpr auto kListTime = std::chrono::seconds(20);
constexpr auto kCloneTime = std::chrono::minutes(60);
constexpr auto kConfigTime = std::chrono::seconds(5);
constexpr std::size_t kMaxListing = 16UL << 20U;  // bytes: a hundred thousand refs

std::string_view withoutScheme(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

// "git@github.com:o/proj": no scheme, and the first colon before any slash.
bool isScp(std::string_view url) {
  const auto colon = url.find(':');
  return !url.contains("://") && colon != std::string_view::npos && url.find('/') > colon;
}

// What stands before the host in an address with a scheme: "ada", "ada:password". Empty: nothing.
std::string_view userOf(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos || url.starts_with("file://")) return {};
  const auto rest = url.substr(scheme + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? std::string_view() : authority.substr(0, at);
}

bool isAllowed(std::string_view url) {
  constexpr std::array<std::string_view, 5> kSchemes = {"https://", "http://", "ssh://", "file://", "/"};
  // "ext::sh -c …" has a second colon and no host.
  return !url.contains("::") &&
         (isScp(url) || std::ranges::any_of(kSchemes, [&](auto scheme) { return url.starts_with(scheme); }));
}

std::vector<std::string> git(std::initializer_list<std::string> arguments) {
  std::vector<std::string> argv{"env",
                                "--unset=GIT_DIR",
                                "--unset=GIT_WORK_TREE",
                                "LC_ALL=C.UTF-8",
                                "GIT_TERMINAL_PROMPT=0",
                                "GIT_ASKPASS=true",
                                "SSH_ASKPASS=true",
                                "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=10",
                                "git",
                                "-c",
                                "protocol.allow=never"};
  for (const char* protocol : {"https", "http", "ssh", "file"}) {
    argv.emplace_back("-c");
    argv.push_back(fmt::format("protocol.{}.allow=always", protocol));
  }
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Result<std::string> run(std::vector<std::string> argv, core::Duration timeout, const core::CancelToken& cancel) {
  auto ran = os::run({.argv = std::move(argv), .timeout = timeout, .maxOutput = kMaxListing}, cancel);
  if (!ran && ran.error().code == ErrorCode::DeadlineExceeded)
    return core::failBecause(std::move(ran).error(), "git got no answer of the repository in time. Try again later.");
  auto done = TROWEL_TRY(std::move(ran));
  if (done.status.ok()) return std::move(done.out);
  constexpr int kNotFound = 127;  // as env(1) says it
  if (done.status.code == kNotFound)
    return core::fail(ErrorCode::NotFound, "git is not installed on this machine. Install it, then try again.");
  auto words = core::redact(core::toValidUtf8(core::trim(done.err)));
  return core::fail(ErrorCode::Unavailable, "git could not reach the repository: " + words);
}

Result<void> checkAddress(const std::string& url) {
  if (isAllowed(url)) return {};
  return core::fail(ErrorCode::Unsupported,
                    plainRemote(url) + " is no address that Trowel opens with git: only https, ssh and file are.");
}

}  // namespace

std::string plainRemote(std::string_view url) {
  const bool scp = isScp(url);
  const bool isFile = url.starts_with('/') || url.starts_with("file://");
  std::string text(withoutScheme(url));
  if (scp) text[text.find(':')] = '/';
  auto slash = text.find('/');
  if (!isFile) {
    if (auto user = text.substr(0, slash).rfind('@'); user != std::string::npos) text.erase(0, user + 1);
    slash = text.find('/');
    auto host = core::toLower(text.substr(0, slash));
    text.replace(0, host.size(), host);
  }
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  if (text.ends_with(".git")) text.erase(text.size() - 4);
  return text;
}

bool hasSecret(std::string_view url) {
  const auto user = userOf(url);
  if (user.contains(':')) return true;
  // Git providers also take a token as the name of the user.
  constexpr std::array<std::string_view, 9> kTokens = {"ghp_",        "gho_",   "ghu_", "ghs_", "ghr_",
                                                       "github_pat_", "glpat-", "ATBB", "ATCTT"};
  constexpr std::size_t kLongestName = 39;  // characters; personal tokens of Azure DevOps have 52 and more
  return std::ranges::any_of(kTokens, [&](auto start) { return user.starts_with(start); }) ||
         (user.size() > kLongestName && user.find_first_of("@%.") == std::string_view::npos);
}

std::string withoutSecret(std::string_view url) {
  std::string text(url);
  if (!hasSecret(url)) return text;
  const auto user = userOf(url);
  const auto begin = url.find("://") + 3;
  // ssh signs in as somebody; https asks the user's own git for whom.
  if (const auto colon = user.find(':'); url.starts_with("ssh://") && colon != std::string_view::npos)
    return text.erase(begin + colon, user.size() - colon);
  return text.erase(begin, user.size() + 1);
}

std::string repositoryName(std::string_view url) {
  const auto plain = plainRemote(url);
  const auto slash = plain.rfind('/');
  if (slash == std::string::npos) return {};
  const auto name = plain.substr(slash + 1);
  return core::percentDecode(name).value_or(name);
}

std::string providerOf(std::string_view url) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kHosts = {
      {{"github.com", "gitHub"},
       {"gitlab.com", "gitLab"},
       {"bitbucket.org", "bitbucketCloud"},
       {"dev.azure.com", "azureDevOpsServices"},
       {"ssh.dev.azure.com", "azureDevOpsServices"},
       {".visualstudio.com", "azureDevOpsServices"},
       {"git-codecommit.", "awsCodeCommit"}}};
  const auto plain = plainRemote(url);
  const auto host = std::string_view(plain).substr(0, plain.find('/'));
  for (const auto& [known, provider] : kHosts)
    if (host == known || (known.starts_with('.') && host.ends_with(known)) ||
        (known.ends_with('.') && host.starts_with(known)))
      return std::string(provider);
  return {};
}

GitRefs parseRefs(std::string_view listing) {
  constexpr std::string_view kHeads = "refs/heads/";
  constexpr std::string_view kTags = "refs/tags/";
  GitRefs refs;
  for (auto line : core::split(listing, '\n')) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    auto name = core::trim(line.substr(tab + 1));
    // The commit that a tag with a message leads to.
    if (name.ends_with("^{}") || !core::isUtf8(name)) continue;
    if (name.starts_with(kHeads)) refs.branches.emplace_back(name.substr(kHeads.size()));
    if (name.starts_with(kTags)) refs.tags.emplace_back(name.substr(kTags.size()));
  }
  return refs;
}

std::vector<std::string> parseRemotes(std::string_view listing) {
  std::vector<std::string> urls;
  for (auto line : core::split(listing, '\n'))
    if (const auto blank = line.find(' '); blank != std::string_view::npos)
      urls.emplace_back(core::trim(line.substr(blank + 1)));
  return urls;
}

Result<GitRefs> listRefs(const std::string& url, const core::CancelToken& cancel) {
  TROWEL_TRY(checkAddress(url));
  auto listing =
      TROWEL_TRY(run(git({"-C", "/", "ls-remote", "--heads", "--tags", "--", withoutSecret(url)}), kListTime, cancel));
  return parseRefs(listing);
}

Result<void> cloneInto(const std::string& url, const std::string& branch, const std::string& folder,
                       const core::CancelToken& cancel) {
  TROWEL_TRY(checkAddress(url));
  // A clone is complete or not there: git, which is killed when the user cancels, cannot tidy up itself.
  const auto half = folder + ".trowel-" + core::randomHex(4);
  auto argv = branch.empty() ? git({"-C", "/", "clone", "--quiet"})
                             : git({"-C", "/", "clone", "--quiet", "--branch=" + branch});
  argv.insert(argv.end(), {"--", withoutSecret(url), half});
  auto done = run(std::move(argv), kCloneTime, cancel);
  std::error_code problem;
  if (done) std::filesystem::rename(half, folder, problem);
  if (done && !problem) return {};
  if (auto removed = os::removeTree(half); !removed) core::logWarn("repos", core::describe(removed.error()));
  if (!done) return std::unexpected(std::move(done).error());
  return core::fail(ErrorCode::AlreadyExists, folder + " cannot be made: " + problem.message() + ".");
}

bool isCloneOf(const std::string& folder, const std::string& url, const core::CancelToken& cancel) {
  const auto listing = run(git({"-C", folder, "config", "--get-regexp", "^remote\\..*\\.url$"}), kConfigTime, cancel);
  if (!listing) return false;
  return std::ranges::any_of(parseRemotes(*listing),
                             [&](const std::string& remote) { return plainRemote(remote) == plainRemote(url); });
}

}  // namespace trowel::features
