// SPDX-License-Identifier: Apache-2.0
// Cron expressions, time zones, and the jobs that start by them.
#include "emulator/jobs/cron.hpp"
#include "jobs_bench.hpp"

using namespace trowel;
using namespace trowel::emulator;
using namespace trowel::emulator::test;
using namespace std::chrono_literals;
using namespace std::chrono;

namespace {

std::int64_t utc(int year, unsigned month, unsigned day, int hour = 0, int minute = 0, int second = 0) {
  auto moment = sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) + hours(hour) +
                minutes(minute) + seconds(second);
  return duration_cast<milliseconds>(moment.time_since_epoch()).count();
}

std::int64_t next(const std::string& expression, std::int64_t after, const std::string& zone = "UTC") {
  auto cron = Cron::parse(expression);
  INFO(expression);
  REQUIRE(cron.has_value());
  auto found = TimeZone::find(zone);
  REQUIRE(found);
  return cron->next(after, *found).value_or(0);
}

}  // namespace

TEST_CASE("cron expressions find their next moment") {
  auto start = utc(2026, 1, 1, 10, 30, 15);  // a Thursday
  CHECK(next("20 30 * * * ?", start) == utc(2026, 1, 1, 10, 30, 20));
  CHECK(next("15 30 10 * * ?", start) == utc(2026, 1, 2, 10, 30, 15));
  CHECK(next("0 0/15 * * * ?", start) == utc(2026, 1, 1, 10, 45));
  CHECK(next("0 */20 8-9 * * ?", start) == utc(2026, 1, 2, 8));
  CHECK(next("0 0 12 ? * MON-FRI", utc(2026, 1, 2, 12)) == utc(2026, 1, 5, 12));
  CHECK(next("0 0 0 ? * sat,sun *", start) == utc(2026, 1, 3));
  CHECK(next("0 0 0 ? * FRI-MON", utc(2026, 1, 2)) == utc(2026, 1, 3));
  CHECK(next("0 0 0 1 FEB,AUG ?", start) == utc(2026, 2, 1));
  CHECK(next("0 0 0 L * ?", utc(2026, 2, 1)) == utc(2026, 2, 28));
  CHECK(next("0 0 0 L-2 * ?", utc(2026, 2, 1)) == utc(2026, 2, 26));
  CHECK(next("0 0 0 LW * ?", utc(2026, 2, 1)) == utc(2026, 2, 27));
  CHECK(next("0 0 0 15W * ?", utc(2026, 2, 1)) == utc(2026, 2, 16));
  CHECK(next("0 0 0 1W 8 ?", start) == utc(2026, 8, 3));
  CHECK(next("0 0 0 ? * 6L", start) == utc(2026, 1, 30));
  CHECK(next("0 0 0 ? * MON#2", start) == utc(2026, 1, 12));
  CHECK(next("0 0 0 29 2 ?", start) == utc(2028, 2, 29));
  CHECK(next("0 0 0 1 1 ? 2030", start) == utc(2030, 1, 1));
  CHECK(next("0 0 0 1 1 ? 2020", start) == 0);
  CHECK(next("0 0 0 31 2 ?", start) == 0);
  CHECK(next("0 0 3 * * *", start) == utc(2026, 1, 2, 3));
}

TEST_CASE("what is no cron expression is refused") {
  for (auto text : {"", "* * * * *", "0 0 0 0 0 ?", "60 0 0 * * ?", "0 0 24 * * ?", "0 0 0 ? * ?", "0 0 0 1 * MON",
                    "? 0 0 * * ?", "0 0 0 * 13 ?", "0 0 0 ? * 8", "0 0 0 32 * ?", "x 0 0 * * ?", "0 0 0 * * ? 1950",
                    "0 0/0 0 * * ?", "0 5-x 0 * * ?", "0 0 0 ? * MON#6", "0 0 0 * * ? * *", "0 0 0 L-x * ?"}) {
    INFO(text);
    CHECK_FALSE(Cron::parse(text).has_value());
  }
}

TEST_CASE("zones shift with the seasons, and odd local times have a moment, too") {
  CHECK(next("0 0 9 * * ?", utc(2026, 1, 1), "Europe/London") == utc(2026, 1, 1, 9));
  CHECK(next("0 0 9 * * ?", utc(2026, 7, 1), "Europe/London") == utc(2026, 7, 1, 8));
  CHECK(next("0 0 9 * * ?", utc(2045, 7, 1), "Europe/London") == utc(2045, 7, 1, 8));
  CHECK(next("0 0 9 * * ?", utc(2026, 1, 1), "Asia/Kolkata") == utc(2026, 1, 1, 3, 30));
  CHECK(next("0 0 9 * * ?", utc(2026, 1, 15), "America/New_York") == utc(2026, 1, 15, 14));
  CHECK(next("0 0 9 * * ?", utc(2050, 1, 15), "Australia/Sydney") == utc(2050, 1, 15, 22));
  CHECK(next("0 0 9 * * ?", utc(2026, 1, 1), "GMT+02:00") == utc(2026, 1, 1, 7));
  // 02:30 does not exist on the last Sunday of March, and comes twice on that of October.
  CHECK(next("0 30 2 * * ?", utc(2026, 3, 28, 12), "Europe/Berlin") == utc(2026, 3, 29, 1));
  CHECK(next("0 30 2 * * ?", utc(2026, 10, 24, 12), "Europe/Berlin") == utc(2026, 10, 25, 0, 30));
  CHECK(next("0 30 2 * * ?", utc(2026, 10, 25, 0, 30), "Europe/Berlin") == utc(2026, 10, 26, 1, 30));
  for (auto name : {"", "Europe", "Nowhere/Land", "../../etc/passwd", "/etc/passwd", "GMT+99", "Europe/Berlin\n"})
    CHECK_FALSE(TimeZone::find(name));
}

TEST_CASE_METHOD(JobsBench, "a schedule starts runs by the clock until it is paused") {
  Json schedule{{"quartz_cron_expression", "0 0 * * * ?"}, {"timezone_id", "UTC"}};
  auto job = create({{"schedule", schedule}, {"tasks", {notebook("a")}}});
  CHECK(jobs->schedules().nextStart(job) == world.now() + 3'600'000);
  clock.advance(1h);
  auto request = runner.await("a");
  auto shown = getRun(request.jobRunId);
  CHECK(shown.at("trigger") == "PERIODIC");
  CHECK(shown.at("schedule").at("quartz_cron_expression") == "0 0 * * * ?");
  CHECK(shown.at("creator_user_name") == "ada@example.com");
  clock.advance(1h);  // while the first one runs
  until([&] { return get("/api/2.2/jobs/runs/list").body.at("runs").size() == 2; });
  CHECK(lifeCycle(get("/api/2.2/jobs/runs/list").body.at("runs")[0]) == "SKIPPED");
  runner.finish("a");
  runner.awaitEnd(request.jobRunId);

  schedule["pause_status"] = "PAUSED";
  CHECK(post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"schedule", schedule}}}}).status == 200);
  CHECK_FALSE(jobs->schedules().nextStart(job).has_value());
  clock.advance(5h);
  CHECK(get("/api/2.2/jobs/runs/list").body.at("runs").size() == 2);
  CHECK(post("/api/2.2/jobs/delete", {{"job_id", job}}).status == 200);
}

TEST_CASE_METHOD(JobsBench, "missed moments are made up for once, also over a restart") {
  auto job = create({{"schedule", {{"quartz_cron_expression", "0 0 * * * ?"}, {"timezone_id", "UTC"}}},
                     {"max_concurrent_runs", 10},
                     {"tasks", {notebook("a")}}});
  clock.advance(10h);
  auto first = runner.await("a");
  CHECK(get("/api/2.2/jobs/runs/list").body.at("runs").size() == 1);
  runner.finish("a");
  runner.awaitEnd(first.jobRunId);
  restart();
  CHECK(jobs->schedules().nextStart(job) == world.now() + 3'600'000);
  clock.advance(1h);
  runner.finish("a");
}

TEST_CASE_METHOD(JobsBench, "a periodic trigger counts from the job's creation") {
  clock.advance(10min);
  auto job = create({{"trigger", {{"periodic", {{"interval", 2}, {"unit", "HOURS"}}}}}, {"tasks", {notebook("a")}}});
  CHECK(jobs->schedules().nextStart(job) == world.now() + 7'200'000);
  clock.advance(2h);
  CHECK(getRun(runner.await("a").jobRunId).at("trigger") == "PERIODIC");
}

TEST_CASE_METHOD(JobsBench, "a continuous job always has a run, and refuses another") {
  auto job = create({{"continuous", {{"pause_status", "UNPAUSED"}}}, {"tasks", {notebook("a")}}});
  auto first = runner.await("a").jobRunId;
  CHECK(getRun(first).at("trigger") == "CONTINUOUS");
  auto more = post("/api/2.2/jobs/run-now", {{"job_id", job}});
  CHECK(more.status == 409);
  CHECK(more.errorCode() == "CONFLICT");
  runner.finish("a");
  runner.awaitEnd(first);
  until([&] { return jobs->schedules().nextStart(job) == world.now() + 30'000; });
  clock.advance(30s);
  auto second = runner.await("a").jobRunId;
  CHECK(second != first);
  runner.fail("a");
  runner.awaitEnd(second);
  until([&] { return jobs->schedules().nextStart(job) == world.now() + 60'000; });
  CHECK(
      post("/api/2.2/jobs/update", {{"job_id", job}, {"new_settings", {{"continuous", {{"pause_status", "PAUSED"}}}}}})
          .status == 200);
  clock.advance(10min);
  CHECK(get("/api/2.2/jobs/runs/list").body.at("runs").size() == 2);
}
