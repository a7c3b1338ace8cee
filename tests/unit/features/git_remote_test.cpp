// SPDX-License-Identifier: Apache-2.0
#include "features/repos/git_remote.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace trowel;
using namespace trowel::features;

TEST_CASE("all ways to write a remote are the same to people, and none shows a password") {
  for (const char* url : {"https://github.com/o/proj.git", "https://GitHub.com/o/proj/", "git@github.com:o/proj.git",
                          "ssh://git@github.com/o/proj", "https://ada:ghp_secret@github.com/o/proj.git"})
    CHECK(plainRemote(url) == "github.com/o/proj");
  CHECK(plainRemote("/srv/proj.git") == "/srv/proj");
  CHECK(plainRemote("file:///srv/a@b/proj.git") == "/srv/a@b/proj");
  CHECK(plainRemote("nonsense") == "nonsense");
  CHECK(plainRemote("").empty());
}

TEST_CASE("the name and the provider follow from the address") {
  CHECK(repositoryName("https://dev.azure.com/org/my%20team/_git/gr%C3%B6%C3%9Fe") == "größe");
  CHECK(repositoryName("git@github.com:o/proj.git") == "proj");
  CHECK(repositoryName("nonsense").empty());
  CHECK(providerOf("https://github.com/o/p") == "gitHub");
  CHECK(providerOf("https://org.visualstudio.com/p/_git/r") == "azureDevOpsServices");
  CHECK(providerOf("git@ssh.dev.azure.com:v3/o/p/r") == "azureDevOpsServices");
  CHECK(providerOf("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/r") == "awsCodeCommit");
  CHECK(providerOf("https://gitlab.com/o/p") == "gitLab");
  CHECK(providerOf("https://bitbucket.org/o/p") == "bitbucketCloud");
  CHECK(providerOf("https://evil-github.com/o/p").empty());
  CHECK(providerOf("https://git.example.com/github.com/p").empty());
}

TEST_CASE("branches and tags are read from git's listing, each once") {
  const auto refs = parseRefs(
      "1111\trefs/heads/main\n2222\trefs/heads/feature/a b\n3333\trefs/tags/v1\n4444\trefs/tags/v1^{}\n"
      "5555\trefs/pull/1/head\nwarning: something\n\n");
  CHECK(refs.branches == std::vector<std::string>{"main", "feature/a b"});
  CHECK(refs.tags == std::vector<std::string>{"v1"});
  CHECK(parseRefs("").branches.empty());
  CHECK(parseRemotes("remote.origin.url git@github.com:o/p.git\nremote.fork.url /srv/p\n") ==
        std::vector<std::string>{"git@github.com:o/p.git", "/srv/p"});
}

TEST_CASE("git never gets a password or a token as an argument, which all programs of the machine see") {
  const auto plain = "https://github.com/o/p.git";
  CHECK(withoutSecret("https://ada:ghp_secret@github.com/o/p.git") == plain);
  CHECK(withoutSecret("https://a@b:c@d@github.com/o/p.git") == plain);
  CHECK(withoutSecret("https://ghp_secret@github.com/o/p.git") == plain);
  CHECK(withoutSecret("https://" + std::string(52, 'x') + "@github.com/o/p.git") == plain);
  CHECK(withoutSecret("ssh://git:secret@host/p") == "ssh://git@host/p");
  for (const char* url : {"https://github.com/o/p.git", "https://org@dev.azure.com/org/p/_git/r", "ssh://git@host:22/p",
                          "git@github.com:o/p.git", "https://host:8443/o/p@1:2", "file:///a:b@c/p", "/srv/a:b@c"})
    CHECK(withoutSecret(url) == url);
}

TEST_CASE("an address that would run something is never handed to git") {
  for (const char* url : {"ext::sh -c touch% /tmp/x", "fd::17/foo", "--upload-pack=touch", "https::x", "git://host/p"})
    CHECK(listRefs(url, {}).error().code == core::ErrorCode::Unsupported);
  CHECK(cloneInto("ext::x", "", "/nowhere", {}).error().code == core::ErrorCode::Unsupported);
}

TEST_CASE("a remote is listed and cloned, and the clone is known as one") {
  test::TempDir dir;
  const auto origin = dir / "proj.git";
  const auto command = "git init --quiet --initial-branch=main '" + origin + "' && cd '" + origin +
                       "' && git -c user.name=a -c user.email=a@b commit --quiet --allow-empty -m x && git branch dev "
                       "&& git tag v1";
  REQUIRE(std::system(command.c_str()) == 0);
  const auto refs = listRefs(origin, {}).value();
  CHECK(refs.branches == std::vector<std::string>{"dev", "main"});
  CHECK(refs.tags == std::vector<std::string>{"v1"});
  const auto clone = dir / "clone";
  REQUIRE(cloneInto(origin, "dev", clone, {}));
  CHECK(isCloneOf(clone, origin, {}));
  CHECK_FALSE(isCloneOf(clone, "https://github.com/o/other", {}));
  CHECK_FALSE(isCloneOf(dir.path(), origin, {}));

  const auto missing = listRefs(dir / "none", {});
  CHECK(missing.error().code == core::ErrorCode::Unavailable);
  CHECK(missing.error().message.starts_with("git could not reach the repository: "));
  core::CancelSource cancelled;
  cancelled.cancel(core::CancelReason::Client);
  CHECK(listRefs(origin, cancelled.token()).error().code == core::ErrorCode::Cancelled);
}

TEST_CASE("a clone that ends early leaves nothing behind that could pass for one") {
  test::TempDir dir;
  // As git does when it is killed: what it had is left.
  std::filesystem::create_directory(dir / "bin");
  const auto program = dir / "bin/git";
  std::ofstream(program) << "#!/bin/sh\nfor last; do :; done\nmkdir -p \"$last/.git\"\nexit 1\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (dir / "bin:" + path).c_str(), 1);
  std::filesystem::create_directory(dir / "clones");
  const auto done = cloneInto("https://github.com/o/p.git", "", dir / "clones/p", {});
  ::setenv("PATH", path.c_str(), 1);
  CHECK(done.error().code == core::ErrorCode::Unavailable);
  CHECK(std::filesystem::is_empty(dir / "clones"));
}
