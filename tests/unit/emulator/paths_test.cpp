// SPDX-License-Identifier: Apache-2.0
// User code and the trees of the emulator: what Python, its libraries and its children see at /Workspace, /dbfs and
// /Volumes, and what clients see of what they do there.
#include "command_context.hpp"
#include "emulator/execution/user_paths.hpp"
#include "support/catch.hpp"

using namespace trowel::emulator;
using namespace trowel::emulator::test;

namespace {

struct Paths : CommandContext {
  std::string folder = [] {
    static std::atomic<int> number = 0;
    return "/tmp/paths-" + std::to_string(++number);
  }();
  std::string dbfs = "/dbfs" + folder;

  Paths() { REQUIRE(client.post("/api/2.0/dbfs/mkdirs", {{"path", folder}}).status == 200); }
  // Runs the code with D as the folder's path, and gives what it printed.
  std::string python(const std::string& code) {
    return text("import os, pathlib, shutil, subprocess, tempfile\nD = '" + dbfs + "'\n" + code);
  }
  std::string content(const std::string& name) {
    auto reply = client.get("/api/2.0/dbfs/read?path=" + folder + "/" + name);
    return reply.status == 200 ? decode(reply.body.at("data")) : "";
  }
  void put(const std::string& name, const std::string& content) {
    REQUIRE(client.post("/api/2.0/dbfs/put", {{"path", folder + "/" + name}, {"contents", encode(content)}}).status ==
            200);
  }
};

}  // namespace

TEST_CASE_METHOD(Paths, "user code reads what clients wrote, and the other way round") {
  put("in.txt", "from a client");
  CHECK(python("print(open(D + '/in.txt').read())") == "from a client");
  python("pathlib.Path(D, 'out').mkdir(); pathlib.Path(D, 'out/a.txt').write_text('from Python'); print()");
  CHECK(content("out/a.txt") == "from Python");
  CHECK(python("print(os.listdir(D), [e.name for e in os.scandir(D) if e.is_dir()])") == "['in.txt', 'out'] ['out']");
  CHECK(python("print([(p.removeprefix(D), d, f) for p, d, f in os.walk(D)])") ==
        "[('', ['out'], ['in.txt']), ('/out', [], ['a.txt'])]");
  CHECK(python("print(os.path.exists('/dbfs/none'), os.path.isdir('/Workspace'), os.path.isdir('/Volumes/main'))") ==
        "False True True");
  CHECK(python("print(os.listdir('/dbfs/Volumes/main/default'))") == "['data']");
}

TEST_CASE_METHOD(Paths, "volumes and the workspace are there as well") {
  REQUIRE(client.send("PUT", "/api/2.0/fs/files/Volumes/main/default/data/paths.csv", {}, "a,b\n1,2\n").status == 204);
  CHECK(python("import pandas\n"
               "frame = pandas.read_csv('/Volumes/main/default/data/paths.csv')\n"
               "frame.to_csv(D + '/copy.csv', index=False)\n"
               "print(frame.b.sum())") == "2");
  CHECK(content("copy.csv") == "a,b\n1,2\n");
}

TEST_CASE_METHOD(Paths, "files are copied, moved, linked and removed") {
  put("a", "1");
  CHECK(python("shutil.copy2(D + '/a', D + '/b'); shutil.move(D + '/b', D + '/c')\n"
               "os.rename(D + '/c', D + '/d'); os.replace(D + '/d', D + '/e'); os.chmod(D + '/e', 0o600)\n"
               "os.makedirs(D + '/x/y/z'); shutil.copytree(D + '/x', D + '/w'); shutil.rmtree(D + '/x')\n"
               "os.utime(D + '/e', (5, 5)); os.truncate(D + '/a', 0)\n"
               "print(sorted(os.listdir(D)), os.stat(D + '/e').st_mtime)") == "['a', 'e', 'w'] 5.0");
  CHECK(content("e") == "1");
  CHECK(
      python("os.symlink(D + '/e', D + '/link')\n"
             "print(open(D + '/link').read(), os.readlink(D + '/link') == D + '/e', os.path.realpath(D + '/link'))") ==
      "1 True " + dbfs + "/e");
  CHECK(python("handle, name = tempfile.mkstemp(dir=D)\nprint(name.startswith(D), os.path.exists(name))") ==
        "True True");
  CHECK(python("import sqlite3\nsqlite3.connect(D + '/db').execute('create table t(a)')\nprint(os.path.getsize(D + "
               "'/db') > 0)") == "True");
}

TEST_CASE_METHOD(Paths, "the trees can be emptied but not removed, as mounts are") {
  put("kept", "1");
  CHECK(python("for act in (lambda: os.rmdir('/Volumes/'), lambda: os.rename('/Volumes', '/dbfs/v'),\n"
               "            lambda: os.rename('/Workspace', '/tmp/elsewhere'), lambda: os.rename('/tmp', '/dbfs')):\n"
               "  try: act()\n  except OSError as error: print(error.errno)") == "16\n16\n16\n16");
  CHECK(content("kept") == "1");
}

TEST_CASE_METHOD(Paths, "the working folder is the one that was entered") {
  CHECK(python("os.chdir(D); open('relative', 'w').write('x')\n"
               "print(os.getcwd() == D, os.path.abspath('relative') == D + '/relative')\nos.chdir('/tmp')") ==
        "True True");
  CHECK(content("relative") == "x");
  CHECK(python("print(subprocess.run('pwd', cwd=D, capture_output=True, text=True).stdout.strip() == D)") == "True");
}

TEST_CASE_METHOD(Paths, "children of user code see the same") {
  put("in", "one\ntwo\n");
  auto shell = [&](const std::string& script) {
    return python("print(subprocess.run(r'''cd " + dbfs + " && " + script +
                  "''', shell=True, capture_output=True, text=True).stdout.strip())");
  };
  CHECK(shell("ls " + dbfs) == "in");
  CHECK(shell("cat " + dbfs + "/in | wc -l") == "2");
  CHECK(shell("echo hi > " + dbfs + "/out; pwd") == dbfs);
  CHECK(content("out") == "hi\n");
  CHECK(shell("find " + dbfs + " -name 'i*'; grep -rl two " + dbfs) == dbfs + "/in\n" + dbfs + "/in");
  CHECK(shell("printf \"#!/bin/sh\\necho ran\" > run; chmod +x run; " + dbfs + "/run; rm -r " + dbfs +
              "/run; bash -c \"echo " + dbfs + "/*\"") == "ran\n" + dbfs + "/in " + dbfs + "/out");
}

TEST_CASE_METHOD(Paths, "modules are imported from the trees") {
  put("trowel_sample.py", "value = 41 + 1");
  CHECK(python("import sys; sys.path.insert(0, D)\nimport trowel_sample\n"
               "print(trowel_sample.value, trowel_sample.__file__ == D + '/trowel_sample.py')") == "42 True");
}

TEST_CASE_METHOD(Paths, "other paths stay what they are") {
  CHECK(python("print(os.path.exists('/etc/passwd'), os.path.exists('/Workspacex'), os.path.exists('/dbfs2'))") ==
        "True False False");
  CHECK(python("try:\n  open('/dbfs/none/x')\nexcept OSError as e:\n  print(e)") ==
        "[Errno 2] No such file or directory: '/dbfs/none/x'");
  CHECK(python("try:\n  open(D + '/' + 'x/' * 2100)\nexcept OSError as e:\n  print(e.errno)") == "36");
  // A folder named like a tree, elsewhere.
  CHECK(python("with tempfile.TemporaryDirectory() as t:\n  os.mkdir(t + '/dbfs'); os.chdir(t + '/dbfs')\n"
               "  print(os.getcwd() == os.path.realpath(t) + '/dbfs')\n  os.chdir('/tmp')") == "True");
}

TEST_CASE("a data folder with a space in its name serves user code too") {
  TemporaryFolder outer;
  auto data = outer.path / "with space";
  auto emulator = Emulator::start({.dataDir = data}).value();
  WorkspaceClient client(*emulator);
  CommandContext context(*emulator, createCluster(client));
  CHECK(context.text("open('/dbfs/tmp/x', 'w').write('1')\nprint(open('/dbfs/tmp/x').read())").ends_with("1"));
  CHECK(std::filesystem::exists(data / "root" / "dbfs" / "tmp" / "x"));
}
