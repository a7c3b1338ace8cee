// SPDX-License-Identifier: Apache-2.0
// What is made, renamed, moved and deleted in the view Workspace, on both sides.
#include "support/workspace_bench.hpp"

namespace trowel::test {

using namespace workspace_bench;

TEST_CASE("workspace: notebooks, files and folders are made where nothing is replaced") {
  Bench bench;
  REQUIRE(bench.service.mkdirs(kHome + "/in"));
  bench.user.picks({"SQL"}).types({"query"});
  bench.run("newNotebook", {"in"});
  CHECK(bench.service.getStatus(kHome + "/in/query").value().language == "SQL");
  CHECK(bench.asked["trowel/ui/openDocument"]["uri"] == "wsfs:" + core::percentEncode(kHome, "/") + "/in/query.sql");
  bench.user.types({"a.txt"});
  bench.run("newFile", {"in"});
  CHECK(bench.service.getStatus(kHome + "/in/a.txt").value().type == "FILE");
  bench.user.types({"deep"});
  bench.run("newFolder", {"in/a.txt"});
  CHECK(bench.service.getStatus(kHome + "/in/deep").value().isFolder());
  bench.user.types({"a.txt"});
  CHECK(bench.failureOf("newFile", {"in"}) == kHome + "/in/a.txt is there already. Choose another name.");
}

TEST_CASE("workspace: renaming and moving take the local file along and leave no second copy") {
  Bench bench;
  bench.notebook("nb", "print(1)");
  REQUIRE(bench.service.mkdirs(kHome + "/to"));
  bench.run("download", {"nb"});
  bench.user.types({"other"}).presses({"Copy and Delete Original"});
  bench.run("rename", {"nb"});
  CHECK_FALSE(bench.isThere("nb"));
  CHECK(bench.textOf("other").find("print(1)") != std::string::npos);
  CHECK_FALSE(bench.isHere("nb.py"));
  CHECK(bench.isHere("other.py"));

  bench.user.picks({"to", "This Folder"}).presses({"Copy and Delete Original"});
  bench.run("move", {"other"});
  CHECK_FALSE(bench.isThere("other"));
  CHECK(bench.isThere("to/other"));
  CHECK(bench.isHere("to/other.py"));
}

TEST_CASE("workspace: what is deleted is counted first, and only where it was said") {
  Bench bench;
  bench.file("in/a", "1");
  bench.file("in/deep/b", "2");
  bench.user.presses({"Download"});
  bench.run("download", {"in"});
  Json question;
  std::string answer;
  bench.daemon.editor().on("trowel/ui/confirm", [&](const Json& params) {
    question = params;
    return answer.empty() ? Json::object() : Json{{"action", answer}};
  });
  bench.user.picks({"In Both Places"});
  bench.run("remove", {"in"});
  CHECK(question["message"] ==
        "Delete the folder " + kHome +
            "/in with 2 objects in it from the workspace, and 2 files of the local sync folder?");
  CHECK(bench.isThere("in/a"));
  answer = "Delete";
  bench.user.picks({"In the Workspace Only"});
  bench.run("remove", {"in"});
  CHECK_FALSE(bench.isThere("in"));
  CHECK(bench.isHere("in/a"));
  bench.run("remove", {"in"});
  CHECK(question["message"] == "Delete 2 files of the local sync folder?");
  CHECK_FALSE(bench.isHere("in"));
  CHECK(bench.failureOf("remove", {"in"}) == kHome + "/in is not there any more. Refresh the view.");
  CHECK(bench.failureOf("remove", {""}).find("is the root of the view") != std::string::npos);
}

TEST_CASE("workspace: what came after the question is not deleted") {
  Bench bench;
  bench.file("in/a", "1");
  bench.user.presses({"Download"});
  bench.run("download", {"in"});
  bool here = true;
  bench.daemon.editor().on("trowel/ui/confirm", [&](const Json&) {
    here ? bench.write("in/new", "2") : bench.file("in/theirs", "3");
    return Json{{"action", "Delete"}};
  });
  bench.user.picks({"In Both Places"});
  CHECK(bench.failureOf("remove", {"in"}).find("has more files in it than when you were asked") != std::string::npos);
  CHECK(bench.isHere("in/a"));
  CHECK(bench.isThere("in/a"));

  here = false;
  bench.user.picks({"In the Workspace Only"});
  CHECK(bench.failureOf("remove", {"in"}).find("has more objects in it than when you were asked") != std::string::npos);
  CHECK(bench.isThere("in/theirs"));
}

TEST_CASE("workspace: what is here under the name, but is something else, is left alone") {
  Bench bench;
  bench.file("data/x", "1");
  bench.write("data.py", kHeader + "print(1)");  // would be the notebook "data"
  bench.notebook("nb", "print(2)");
  bench.write("nb", "notes");
  bench.write("nb.py", kHeader + "print(2)");
  CHECK(bench.failureOf("upload", {"nb"}).find("nb and nb.py would get the same name.") != std::string::npos);
  CHECK(bench.failureOf("compare", {"nb"}).find("nb and nb.py would get the same name.") != std::string::npos);
  CHECK(bench.failureOf("openLocal", {"data"}).find("is a folder") != std::string::npos);

  bench.user.types({"other"}).presses({"Copy and Delete Original"});
  bench.run("rename", {"data"});
  CHECK(bench.isThere("other/x"));
  CHECK(bench.isHere("data.py"));
  bench.write("other.py", kHeader);
  bench.user.picks({"In Both Places"}).presses({"Delete", "Delete"});
  bench.run("remove", {"other"});
  CHECK_FALSE(bench.isThere("other"));
  CHECK(bench.isHere("other.py"));
  bench.run("remove", {"nb"});
  CHECK_FALSE(bench.isThere("nb"));
  CHECK(bench.isHere("nb"));
  CHECK(bench.isHere("nb.py"));
}

}  // namespace trowel::test
