// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>

#include "command_context.hpp"
#include "git_origin.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct ReposTest {
  TemporaryFolder data;
  Origin origin;
  std::unique_ptr<Emulator> emulator = Emulator::start({.dataDir = data.path}).value();
  WorkspaceClient client{*emulator};
  std::string folder = "/Repos/demo@example.com";

  ReposTest() { REQUIRE(client.post("/api/2.0/workspace/mkdirs", {{"path", folder}}).status == 200); }
  void restart() {
    emulator.reset();
    emulator = Emulator::start({.dataDir = data.path}).value();
    client = WorkspaceClient(*emulator);
  }
  Reply create(Json more = Json::object()) {
    more.update({{"url", origin.path.string()}, {"provider", "GitHub"}});
    return client.post("/api/2.0/repos", more);
  }
  std::string address(const Json& repo) {
    return "/api/2.0/repos/" + std::to_string(repo.at("id").get<std::int64_t>());
  }
  Reply patch(const Json& repo, const Json& change) { return client.patch(address(repo), change); }
  Json status(const std::string& path, const std::string& more = "") {
    return client.get("/api/2.0/workspace/get-status?path=" + path + more).body;
  }
  std::vector<std::string> list(const std::string& path) {
    std::vector<std::string> found;
    auto reply = client.get("/api/2.0/workspace/list?path=" + path).body;
    for (const auto& object : reply.value("objects", Json::array()))
      found.push_back(object.at("object_type").get<std::string>() + " " +
                      object.at("path").get<std::string>().substr(path.size() + 1));
    return found;
  }
  std::string source(const std::string& path) {
    return decode(client.get("/api/2.0/workspace/export?path=" + path).body.at("content"));
  }
};

}  // namespace

TEST_CASE_METHOD(ReposTest, "repos: a clone appears in the workspace") {
  auto repo = create({{"path", folder + "/proj"}}).body;
  CHECK(repo.at("path") == folder + "/proj");
  CHECK(repo.at("provider") == "gitHub");
  CHECK(repo.at("branch") == "main");
  CHECK(repo.at("head_commit_id").get<std::string>().size() == 40);
  CHECK(client.get(address(repo)).body == repo);
  CHECK(list(folder + "/proj") ==
        std::vector<std::string>{"FILE README.md", "DIRECTORY jobs", "NOTEBOOK plots", "NOTEBOOK report"});
  CHECK(list(folder + "/proj/jobs") == std::vector<std::string>{"FILE helper.py", "NOTEBOOK load"});
  CHECK(source(folder + "/proj/jobs/load") == "# Databricks notebook source\nprint(1)\n");
  CHECK(status(folder + "/proj/report").at("language") == "SQL");
  auto root = status(folder + "/proj", "&return_git_info=true");
  CHECK(root.at("object_type") == "REPO");
  CHECK(root.at("object_id") == repo.at("id"));
  CHECK(root.at("git_info").at("branch") == "main");
  CHECK(status(folder + "/proj/jobs/load", "&return_git_info=true").at("git_info").at("path") == folder + "/proj");
  CHECK_FALSE(status(folder, "&return_git_info=true").contains("git_info"));
  CHECK(client.get("/api/2.0/workspace/export?format=SOURCE&path=" + folder + "/proj").status == 400);

  std::filesystem::create_directories(data.path / "git" / "half.git" / "objects");  // as a killed clone leaves it
  restart();
  CHECK_FALSE(std::filesystem::exists(data.path / "git" / "half.git"));
  CHECK(client.get(address(repo)).body == repo);
  CHECK(status(folder + "/proj").at("object_type") == "REPO");
  CHECK(client.remove(address(repo)).body == Json::object());
  CHECK(client.get(address(repo)).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(list(folder).empty());
  CHECK(std::distance(std::filesystem::directory_iterator(data.path / "git"), {}) == 1);  // the configuration
}

TEST_CASE_METHOD(ReposTest, "repos: elsewhere a Git folder is a directory") {
  auto repo = create({{"path", "/Workspace/Users/demo@example.com/proj"}}).body;
  CHECK(repo.at("path") == "/Users/demo@example.com/proj");
  auto object = status("/Users/demo@example.com/proj");
  CHECK(object.at("object_type") == "DIRECTORY");
  CHECK(object.at("directory_info") == Json{{"is_git_folder", true}});
  CHECK(object.at("object_id") == repo.at("id"));
  CHECK(client.get("/api/2.0/repos").body == Json::object());  // lists /Repos unless told otherwise
  CHECK(client.get("/api/2.0/repos?path_prefix=/Workspace/Users").body.at("repos")[0] == repo);
  // Without a path it goes to the user's folder in /Repos, under the repository's own name.
  auto own = client.post("/api/2.0/repos", {{"url", "file://" + (origin.folder.path / "sales%20pipeline.git").string()},
                                            {"provider", "gitHub"}});
  INFO(own.text);
  CHECK(own.body.at("path") == folder + "/sales pipeline");
}

TEST_CASE_METHOD(ReposTest, "repos: pull, branches and tags") {
  auto repo = create({{"path", folder + "/proj"}}).body;
  origin.write("jobs/load.py", "# Databricks notebook source\nprint(2)\n");
  origin.commit("second");
  CHECK(patch(repo, {{"branch", "main"}}).body == Json::object());
  CHECK(source(folder + "/proj/jobs/load") == "# Databricks notebook source\nprint(2)\n");
  auto pulled = client.get(address(repo)).body;
  CHECK(pulled.at("head_commit_id") != repo.at("head_commit_id"));

  CHECK(patch(repo, {{"tag", "v1"}}).status == 200);
  auto tagged = client.get(address(repo)).body;
  CHECK_FALSE(tagged.contains("branch"));
  CHECK(tagged.at("head_commit_id") == repo.at("head_commit_id"));
  CHECK(source(folder + "/proj/jobs/load").find("print(1)") != std::string::npos);
  CHECK(patch(repo, {{"branch", "other"}}).status == 200);
  CHECK(client.get(address(repo)).body.at("branch") == "other");

  auto unknown = patch(repo, {{"branch", "nope"}});
  CHECK(unknown.status == 404);
  CHECK(unknown.errorCode() == "GIT_UNKNOWN_REF");
  CHECK(unknown.message().find("not found in remote") != std::string::npos);
  CHECK(patch(repo, {{"tag", "--help"}}).errorCode() == "GIT_UNKNOWN_REF");
  CHECK(patch(repo, {{"branch", "main"}, {"tag", "v1"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(client.patch("/api/2.0/repos/42", {{"branch", "main"}}).status == 404);
  CHECK(client.patch("/api/2.0/repos/x", {{"branch", "main"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(ReposTest, "repos: local changes are not lost unless the client says so") {
  auto repo = create({{"path", folder + "/proj"}}).body;
  auto change = [&](const std::string& text) {
    return client
        .post("/api/2.0/workspace/import", {{"path", folder + "/proj/jobs/load"},
                                            {"content", encode(text)},
                                            {"language", "PYTHON"},
                                            {"overwrite", true}})
        .status;
  };
  CHECK(change("print('mine')") == 200);
  CHECK(std::filesystem::exists(data.path / "root" / "Workspace" / folder.substr(1) / "proj" / "jobs" / "load.py"));
  CHECK(patch(repo, {{"branch", "main"}}).status == 200);  // nothing new: nothing in the way
  origin.write("jobs/load.py", "# Databricks notebook source\nprint(2)\n");
  origin.commit("second");
  auto conflict = patch(repo, {{"branch", "main"}});
  CHECK(conflict.status == 409);
  CHECK(conflict.errorCode() == "GIT_CONFLICT");
  CHECK(conflict.message().find("jobs/load.py") != std::string::npos);
  CHECK(conflict.message().find(data.path.string()) == std::string::npos);
  CHECK(source(folder + "/proj/jobs/load") == "# Databricks notebook source\nprint('mine')");
  CHECK(patch(repo, {{"branch", "main"}, {"dangerously_force_discard_all", true}}).status == 200);
  CHECK(source(folder + "/proj/jobs/load") == "# Databricks notebook source\nprint(2)\n");

  origin.git("commit --quiet --amend -m rewritten");
  CHECK(patch(repo, {{"branch", "main"}}).errorCode() == "GIT_CONFLICT");
  CHECK(patch(repo, {{"branch", "main"}, {"dangerously_force_discard_all", true}}).status == 200);
}

TEST_CASE_METHOD(ReposTest, "repos: notebooks and files are made within") {
  create({{"path", folder + "/proj"}});
  auto put = [&](const std::string& name, const Json& more) {
    Json body{{"path", folder + "/proj/" + name}, {"content", encode("select 2")}};
    body.update(more);
    return client.post("/api/2.0/workspace/import", body).status;
  };
  CHECK(put("new", {{"language", "SQL"}}) == 200);
  CHECK(std::filesystem::exists(data.path / "root/Workspace" / folder.substr(1) / "proj/new.sql"));
  auto id = status(folder + "/proj/new").at("object_id");
  CHECK(put("new", {{"language", "PYTHON"}, {"overwrite", true}}) == 200);
  CHECK(status(folder + "/proj/new").at("object_id") == id);
  CHECK_FALSE(std::filesystem::exists(data.path / "root/Workspace" / folder.substr(1) / "proj/new.sql"));
  CHECK(put("raw.csv", {{"format", "RAW"}}) == 200);
  CHECK(put("report.sql", {{"format", "RAW"}}) == 400);  // the file of a notebook
  CHECK(put("jobs/helper", {{"language", "PYTHON"}}) == 400);
  CHECK(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/proj/deep/er"}}).status == 200);
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", folder + "/proj/new"}}).status == 200);
  CHECK_FALSE(std::filesystem::exists(data.path / "root/Workspace" / folder.substr(1) / "proj/new.py"));
  CHECK(list(folder + "/proj") == std::vector<std::string>{"FILE README.md", "DIRECTORY deep", "DIRECTORY jobs",
                                                           "NOTEBOOK plots", "FILE raw.csv", "NOTEBOOK report"});
}

TEST_CASE_METHOD(ReposTest, "repos: only folders that are wanted") {
  auto repo = create({{"path", folder + "/proj"}, {"sparse_checkout", {{"patterns", {"jobs"}}}}}).body;
  CHECK(repo.at("sparse_checkout") == Json{{"patterns", {"jobs"}}});
  CHECK(list(folder + "/proj").size() == 4);  // what lies at the top always comes along
  origin.write("docs/a.md", "x");
  origin.commit("docs");
  CHECK(patch(repo, {{"branch", "main"}}).status == 200);
  CHECK(status(folder + "/proj/docs").contains("error_code"));
  CHECK(patch(repo, {{"sparse_checkout", {{"patterns", {"docs"}}}}}).status == 200);
  CHECK(status(folder + "/proj/docs").at("object_type") == "DIRECTORY");
  CHECK(status(folder + "/proj/jobs").contains("error_code"));
  auto whole = create({{"path", folder + "/whole"}}).body;
  CHECK(patch(whole, {{"sparse_checkout", {{"patterns", {"docs"}}}}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(ReposTest, "repos: what cannot be cloned") {
  auto refused = [&](const Json& body) { return client.post("/api/2.0/repos", body); };
  auto remote = refused({{"url", "https://github.com/o/p.git"}, {"provider", "gitHub"}});
  CHECK(remote.status == 400);
  CHECK(remote.errorCode() == "GIT_REMOTE_ERROR");
  CHECK(remote.message().find("own machine") != std::string::npos);
  CHECK(refused({{"url", "git@github.com:o/p"}, {"provider", "gitHub"}}).errorCode() == "GIT_REMOTE_ERROR");
  CHECK(refused({{"url", "ext::sh -c true"}, {"provider", "gitHub"}}).errorCode() == "GIT_REMOTE_ERROR");
  CHECK(refused({{"url", data.path.string()}, {"provider", "gitHub"}}).errorCode() == "GIT_REMOTE_ERROR");
  CHECK(refused({{"url", "/x"}, {"provider", "sourceforge"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(refused({{"url", "/x"}}).message() == "Missing required field: provider");
  CHECK(create({{"path", "/Repos/proj"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  auto orphan = create({{"path", "/Repos/nobody/proj"}});
  CHECK(orphan.status == 404);
  CHECK(orphan.message() == "Parent directory /Repos/nobody does not exist.");
  REQUIRE(create({{"path", folder + "/proj"}}).status == 200);
  CHECK(create({{"path", folder + "/proj"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(std::filesystem::is_empty(data.path / "incoming"));
  CHECK(std::distance(std::filesystem::directory_iterator(data.path / "git"), {}) == 2);  // configuration and clone
}

TEST_CASE_METHOD(ReposTest, "repos: nothing of a repository runs") {
  origin.write(".gitattributes", "*.md filter=evil\n");
  origin.commit("attributes");
  auto mark = origin.folder.path / "ran";
  for (const char* hook : {"post-checkout", "post-merge", "reference-transaction"}) {
    auto file = origin.path / ".git" / "hooks" / hook;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "#!/bin/sh\ntouch '" + mark.string() + "'\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  origin.git("config filter.evil.smudge \"touch '" + mark.string() + "'; cat\"");
  std::filesystem::remove(mark);
  auto repo = create({{"path", folder + "/proj"}}).body;
  CHECK(patch(repo, {{"branch", "other"}}).status == 200);
  CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE_METHOD(ReposTest, "repos: lists come in pages under their own token") {
  for (int i = 0; i < 21; ++i) REQUIRE(create({{"path", folder + "/p" + std::to_string(100 + i)}}).status == 200);
  auto first = client.get("/api/2.0/repos").body;
  CHECK(first.at("repos").size() == 20);
  auto second = client.get("/api/2.0/repos?next_page_token=" + first.at("next_page_token").get<std::string>()).body;
  CHECK(second.at("repos").size() == 1);
  CHECK_FALSE(second.contains("next_page_token"));
  CHECK(client.get("/api/2.0/repos?path_prefix=" + folder + "/p100").body.at("repos").size() == 1);
  CHECK(client.get("/api/2.0/repos?path_prefix=" + folder.substr(0, folder.size() - 3)).body.at("repos").size() == 20);
  CHECK(client.get("/api/2.0/repos?path_prefix=" + folder + "/p10").body.at("repos").size() == 10);
  CHECK(client.get("/api/2.0/repos?path_prefix=" + folder + "/p10/").body == Json::object());
  // Removed through the workspace, it is no repo any more.
  CHECK(client.post("/api/2.0/workspace/delete", {{"path", folder + "/p100"}, {"recursive", true}}).status == 200);
  CHECK(client.get("/api/2.0/repos?path_prefix=" + folder + "/p100").body == Json::object());
}

TEST_CASE_METHOD(ReposTest, "git credentials never show their secret") {
  const std::string url = "/api/2.0/git-credentials";
  CHECK(client.get(url).body == Json::object());
  auto made =
      client.post(url, {{"git_provider", "gitHub"}, {"git_username", "ada"}, {"personal_access_token", "pat-1"}});
  CHECK(made.body.at("git_username") == "ada");
  CHECK(made.text.find("pat-1") == std::string::npos);
  auto one = url + "/" + std::to_string(made.body.at("credential_id").get<std::int64_t>());
  CHECK(client.get(one).body == made.body);
  CHECK(client.post(url, {{"git_provider", "github"}}).errorCode() == "INVALID_STATE");
  CHECK(client.post(url, {{"git_provider", "gitHub"}, {"name", "second"}, {"is_default_for_provider", true}}).status ==
        200);
  CHECK(client.get(url).body.at("credentials").size() == 2);
  CHECK(client.patch(one, {{"git_username", "grace"}, {"git_provider", "gitLab"}}).body == Json::object());
  CHECK(client.get(one).body.at("git_username") == "grace");
  CHECK(client.remove(one).body == Json::object());
  CHECK(client.get(one).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(client.remove(one).status == 404);
  CHECK(client.post(url, Json::object()).message() == "Missing required field: git_provider");

  CHECK(client.post(url, {{"git_provider", "zz"}}).errorCode() == "INVALID_PARAMETER_VALUE");
  auto third = client.post(url, {{"git_provider", "GITLAB"}, {"git_username", "ada"}}).body;
  CHECK(third.at("git_provider") == "gitLab");
  one = url + "/" + std::to_string(third.at("credential_id").get<std::int64_t>());
  CHECK(client.patch(one, {{"git_username", ""}}).status == 200);
  CHECK_FALSE(client.get(one).body.contains("git_username"));
  CHECK(client.patch(one, {{"git_provider", "gitHub"}, {"name", "second"}}).errorCode() == "INVALID_STATE");
  CHECK(client.patch(one, {{"git_provider", "zz"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}
