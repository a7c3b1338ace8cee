// SPDX-License-Identifier: Apache-2.0
#include "driver_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "trowel/core/text.hpp"

namespace trowel::notebook {

namespace {

constexpr std::string_view kRunShell = R"py(def _trowel_sh(options, script):
    import os, signal, subprocess, sys
    shell = subprocess.Popen(["/bin/bash", *options, "-c", script], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        for line in shell.stdout:
            sys.stdout.write(line.decode("utf-8", "replace"))
        status = shell.wait()
    except BaseException:
        os.killpg(shell.pid, signal.SIGKILL)
        raise
    if status != 0 and any("e" in option for option in options):
        raise RuntimeError("The shell script ended with status %d." % status)
)py";

struct FileSystemCommand {
  std::string_view name;
  std::size_t minimum;  // arguments, options not counted
  std::size_t maximum;
  bool recursive;  // takes -r
  std::string_view call;
};

constexpr std::array kFileSystem{
    FileSystemCommand{"ls", 0, 1, false, "display(dbutils.fs.ls({}))"},
    FileSystemCommand{"head", 1, 1, false, "print(dbutils.fs.head({}))"},
    FileSystemCommand{"rm", 1, 1, true, "dbutils.fs.rm({})"},
    FileSystemCommand{"cp", 2, 2, true, "dbutils.fs.cp({})"},
    FileSystemCommand{"mv", 2, 2, true, "dbutils.fs.mv({})"},
    FileSystemCommand{"mkdirs", 1, 1, false, "dbutils.fs.mkdirs({})"},
    FileSystemCommand{"put", 2, 2, false, "dbutils.fs.put({})"},
    FileSystemCommand{"mounts", 0, 0, false, "display(dbutils.fs.mounts({}))"},
    FileSystemCommand{"unmount", 1, 1, false, "dbutils.fs.unmount({})"},
    FileSystemCommand{"refreshMounts", 0, 0, false, "dbutils.fs.refreshMounts({})"},
    FileSystemCommand{"help", 0, 1, false, "dbutils.fs.help({})"},
};

// Blanks part words; quotes of either kind hold them together.
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  bool inWord = false;
  char quote = 0;
  for (char c : text) {
    bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == 0 && blank) {
      inWord = false;
      continue;
    }
    if (!inWord) out.emplace_back();
    inWord = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else {
      out.back() += c;
    }
  }
  return out;
}

}  // namespace

std::string pythonLiteral(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string shellCode(std::string_view arguments) {
  std::string options;
  while (true) {
    auto start = std::min(arguments.find_first_not_of(" \t"), arguments.size());
    if (start == arguments.size() || arguments[start] != '-') break;
    auto end = std::min(arguments.find_first_of(" \t\n", start), arguments.size());
    if (!options.empty()) options += ", ";
    options += pythonLiteral(arguments.substr(start, end - start));
    arguments.remove_prefix(end);
  }
  return fmt::format("{}_trowel_sh([{}], {})\n", kRunShell, options, pythonLiteral(core::trim(arguments)));
}

core::Result<std::string> fileSystemCode(std::string_view arguments) {
  auto given = words(arguments);
  auto name = given.empty() ? "help" : given.front();
  auto command = std::ranges::find(kFileSystem, name, &FileSystemCommand::name);
  if (command == kFileSystem.end()) {
    return core::fail(core::ErrorCode::Unsupported,
                      "%fs has no command \"" + name +
                          "\". It knows ls, head, rm, cp, mv, mkdirs, put, mounts, unmount, refreshMounts and help.");
  }
  if (!given.empty()) given.erase(given.begin());

  bool recursive = false;
  if (command->recursive) {
    recursive = std::erase_if(given, [](const auto& word) { return word == "-r" || word == "--recurse=true"; }) > 0;
  }
  if (given.empty() && name == "ls") given.emplace_back("/");
  if (given.size() < command->minimum || given.size() > command->maximum) {
    auto wants = command->minimum == command->maximum ? fmt::format("{}", command->maximum)
                                                      : fmt::format("{} to {}", command->minimum, command->maximum);
    return core::fail(core::ErrorCode::Unsupported,
                      fmt::format("%fs {} takes {} argument(s), not {}. Put quotes around a path with blanks.", name,
                                  wants, given.size()));
  }

  std::string call;
  for (const auto& argument : given) {
    if (!call.empty()) call += ", ";
    call += pythonLiteral(argument);
  }
  if (recursive) call += ", True";
  return fmt::format(fmt::runtime(command->call), call) + '\n';
}

}  // namespace trowel::notebook
