// SPDX-License-Identifier: Apache-2.0
// Archives and the formats that only exist within them or beside them: zip, DBC, HTML, R Markdown.
#include "emulator/workspace/notebook_model.hpp"
#include "emulator/workspace/zip.hpp"
#include "support/catch.hpp"
#include "workspace_client.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

constexpr std::size_t kLimit = 1024UL * 1024;
constexpr const char* kSource =
    "# Databricks notebook source\n# DBTITLE 1,First\nprint('a < b')\n\n# COMMAND ----------\n\n# MAGIC %md\n"
    "# MAGIC # Title\n\n# COMMAND ----------\n\n# MAGIC %sql\n# MAGIC select 1";

struct Folder {
  using Reply = test::Reply;
  WorkspaceClient client{sharedEmulator()};
  std::string folder = freshFolder(client);

  Reply import(const std::string& name, const std::string& content, Json more) {
    more["path"] = folder + name;
    more["content"] = encode(content);
    return client.post("/api/2.0/workspace/import", more);
  }
  Reply download(const std::string& name, const std::string& format) {
    return client.get("/api/2.0/workspace/export?path=" + folder + name + "&format=" + format);
  }
  std::string exported(const std::string& name, const std::string& format) {
    auto reply = download(name, format);
    INFO(reply.text.substr(0, 500));
    REQUIRE(reply.status == 200);
    return decode(reply.body.at("content"));
  }
  Json status(const std::string& name) {
    return client.get("/api/2.0/workspace/get-status?path=" + folder + name).body;
  }
  // A folder with a notebook, one beneath it, and a file.
  void fill() {
    REQUIRE(client.post("/api/2.0/workspace/mkdirs", {{"path", folder + "/d/sub"}}).status == 200);
    REQUIRE(import("/d/nb", kSource, {{"language", "PYTHON"}}).status == 200);
    REQUIRE(import("/d/sub/q", "select 1", {{"language", "SQL"}}).status == 200);
    REQUIRE(import("/d/data.csv", "1,2", {{"format", "RAW"}}).status == 200);
  }
};

std::vector<std::string> namesIn(const std::string& archive) {
  std::vector<std::string> names;
  auto entries = readZip(archive, kLimit);
  REQUIRE(entries);
  for (const auto& entry : *entries) names.push_back(entry.name);
  return names;
}

}  // namespace

TEST_CASE("zip: what is written can be read") {
  std::vector<ZipEntry> entries{{"a/", ""}, {"a/b.txt", std::string(10'000, 'x')}, {"c \xc3\xa4", "short"}, {"e", ""}};
  auto archive = writeZip(entries);
  CHECK(archive.size() < 1000);
  auto read = readZip(archive, kLimit);
  REQUIRE(read);
  REQUIRE(read->size() == 4);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK((*read)[i].name == entries[i].name);
    CHECK((*read)[i].content == entries[i].content);
  }
  CHECK(readZip(writeZip({}), kLimit)->empty());
  CHECK(readZip(archive + "", 10'004) == std::nullopt);  // over the limit together
  CHECK(readZip("a comment " + archive, kLimit) == std::nullopt);
}

TEST_CASE("zip: damage is noticed, and never does any") {
  auto archive = writeZip({{"a", std::string(500, 'x') + "end"}, {"b", "stored"}});
  CHECK_FALSE(readZip("", kLimit));
  CHECK_FALSE(readZip("PK\x05\x06", kLimit));
  for (std::size_t length = 0; length < archive.size(); ++length)
    CHECK_FALSE(readZip(std::string_view(archive).substr(0, length), kLimit));
  for (std::size_t i = 0; i < archive.size(); ++i) {
    auto bent = archive;
    bent[i] = static_cast<char>(bent[i] ^ 0xff);
    static_cast<void>(readZip(bent, kLimit));  // under the sanitizers: no read beyond the archive
  }
}

TEST_CASE_METHOD(Folder, "a notebook travels as HTML") {
  REQUIRE(import("/nb", kSource, {{"language", "PYTHON"}}).status == 200);
  CHECK(download("/nb", "HTML").body.at("file_type") == "html");
  auto page = exported("/nb", "HTML");
  CHECK(page.find("__DATABRICKS_NOTEBOOK_MODEL = '") != std::string::npos);
  CHECK(page.find("a &lt; b") != std::string::npos);
  REQUIRE(import("/back", page, {{"format", "HTML"}}).status == 200);
  CHECK(exported("/back", "SOURCE") == kSource);
  REQUIRE(import("/auto.html", page, {{"format", "AUTO"}}).status == 200);
  CHECK(status("/auto").at("object_type") == "NOTEBOOK");
  REQUIRE(import("/plain.html", "<html></html>", {{"format", "AUTO"}}).status == 200);
  CHECK(status("/plain.html").at("object_type") == "FILE");
  CHECK(import("/bad", "<html></html>", {{"format", "HTML"}}).errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE_METHOD(Folder, "a notebook travels as DBC, which makes a folder of it") {
  REQUIRE(import("/nb", kSource, {{"language", "PYTHON"}}).status == 200);
  CHECK(download("/nb", "DBC").body.at("file_type") == "dbc");
  auto archive = exported("/nb", "DBC");
  auto entries = readZip(archive, kLimit);
  REQUIRE(entries);
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().name == "nb.python");
  auto model = Json::parse(entries->front().content);
  CHECK(model.at("version") == "NotebookV1");
  CHECK(model.at("commands")[1].at("command") == "%md\n# Title");

  CHECK(import("/dir", archive, {{"format", "DBC"}}).body == Json::object());
  CHECK(status("/dir").at("object_type") == "DIRECTORY");
  CHECK(exported("/dir/nb", "SOURCE") == kSource);
  CHECK(import("/dir", archive, {{"format", "DBC"}}).errorCode() == "RESOURCE_ALREADY_EXISTS");
  CHECK(import("/dir", archive, {{"format", "DBC"}, {"overwrite", true}}).errorCode() == "INVALID_PARAMETER_VALUE");
  CHECK(import("/no/dir", archive, {{"format", "DBC"}}).errorCode() == "RESOURCE_DOES_NOT_EXIST");
  CHECK(import("/x", "nonsense", {{"format", "DBC"}}).message() == "The zip archive contains no items.");
  REQUIRE(import("/auto.dbc", archive, {{"format", "AUTO"}}).status == 200);
  CHECK(status("/auto/nb").at("object_type") == "NOTEBOOK");
}

TEST_CASE_METHOD(Folder, "folders are exported as archives") {
  fill();
  auto sources = download("/d", "SOURCE");
  CHECK(sources.body.at("file_type") == "zip");
  CHECK(namesIn(exported("/d", "SOURCE")) == std::vector<std::string>{"nb.py", "sub/", "sub/q.sql"});
  CHECK(namesIn(exported("/d", "AUTO")) == std::vector<std::string>{"data.csv", "nb.py", "sub/", "sub/q.sql"});
  CHECK(namesIn(exported("/d", "DBC")) == std::vector<std::string>{"nb.python", "sub/", "sub/q.sql"});
  CHECK(download("/d", "DBC").body.at("file_type") == "dbc");
  for (const char* format : {"HTML", "JUPYTER", "RAW", "R_MARKDOWN"})
    CHECK(download("/d", format).errorCode() == "INVALID_PARAMETER_VALUE");
  auto direct = client.get("/api/2.0/workspace/export?direct_download=true&path=" + folder + "/d");
  CHECK(direct.text.starts_with("PK"));
  CHECK(direct.header("Content-Disposition").find("d.zip") != std::string::npos);
}

TEST_CASE_METHOD(Folder, "an archive of sources becomes a folder") {
  fill();
  REQUIRE(import("/again", exported("/d", "AUTO"), {{"format", "SOURCE"}}).status == 200);
  CHECK(exported("/again/nb", "SOURCE") == kSource);
  CHECK(status("/again/sub/q").at("language") == "SQL");
  CHECK(status("/again/data.csv").at("object_type") == "FILE");
  CHECK(import("/bad", writeZip({{"../../escape.txt", "x"}}), {{"format", "SOURCE"}}).errorCode() ==
        "INVALID_PARAMETER_VALUE");
  CHECK(status("/bad").value("error_code", "") == "RESOURCE_DOES_NOT_EXIST");
  CHECK(import("/empty", writeZip({}), {{"format", "SOURCE"}}).message() == "The zip archive contains no items.");
}

TEST_CASE_METHOD(Folder, "R Markdown is for R") {
  std::string text = "# Title\n\n```{r}\nx <- 1\n```\n";
  REQUIRE(import("/r", text, {{"format", "R_MARKDOWN"}}).status == 200);
  CHECK(status("/r").at("language") == "R");
  CHECK(exported("/r", "R_MARKDOWN") == text);
  CHECK(exported("/r", "SOURCE") ==
        "# Databricks notebook source\n# MAGIC %md\n# MAGIC # Title\n\n# COMMAND ----------\n\nx <- 1");
  REQUIRE(import("/auto.Rmd", text, {{"format", "AUTO"}}).status == 200);
  CHECK(status("/auto").at("language") == "R");
  REQUIRE(import("/py", "1", {{"language", "PYTHON"}}).status == 200);
  CHECK(download("/py", "R_MARKDOWN").errorCode() == "INVALID_PARAMETER_VALUE");
}

TEST_CASE("a notebook model that is none is refused") {
  for (const char* text : {"", "1", "[]", "{}", R"({"commands":5})", R"({"commands":[5,{"command":[]}],"language":7})"})
    static_cast<void>(readNotebookModel(text));
  CHECK_FALSE(readNotebookModel("{}"));
  CHECK_FALSE(readNotebookPage("__DATABRICKS_NOTEBOOK_MODEL = 'x"));
  CHECK_FALSE(readNotebookPage("__DATABRICKS_NOTEBOOK_MODEL = 'JTd='"));
}
