// SPDX-License-Identifier: Apache-2.0
// A window that hands over tokens, for tests/cli/metadata_service_test.py and tests/contract: metadata_tool
// STATE_FOLDER CONNECTION HOST, with the token as the first line of stdin. Each further line asks for a line: "url",
// "serves". What the user would be told comes as a line "said …".
#include <signal.h>

#include <iostream>
#include <mutex>

#include "trowel/connection/metadata_service.hpp"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  signal(SIGPIPE, SIG_IGN);
  std::string token;
  std::getline(std::cin, token);
  std::mutex mutex;  // guards stdout
  const auto print = [&](const std::string& line) {
    std::lock_guard lock(mutex);
    std::cout << line << '\n' << std::flush;
  };
  auto service = trowel::connection::MetadataService::start(
      {.identity = {"/project", argv[2], argv[3], "ada@example.com"},
       .credentials = trowel::http::bearer(trowel::core::SecretString(token)),
       .stateFolder = argv[1],
       .holder = "a window of a test",
       .clock = trowel::core::systemClock(),
       .say = [&](const std::string& sentence) { print("said " + sentence); }},
      {});
  if (!service) {
    print("failed " + service.error().message);
    return 1;
  }
  std::string question;
  while (std::getline(std::cin, question)) {
    if (question == "url") print((*service)->url().value_or("none"));
    if (question == "serves") print((*service)->serves() ? "yes" : "no");
  }
}
