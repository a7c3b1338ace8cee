// SPDX-License-Identifier: Apache-2.0
// Threads that run jobs: a pool that grows on demand, and strands that keep jobs of one key in order.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace trowel::core {

using Job = std::move_only_function<void()>;

// Names the calling thread, as seen in debuggers and in docs/threads.md. At most 15 bytes are kept.
void nameThread(const std::string& name);

// Threads named NAME-N, started when a job finds none idle, up to `maxThreads`. Jobs may block: they are ordinary
// synchronous code. A job that throws is logged and dropped; the thread lives on.
class WorkerPool {
 public:
  WorkerPool(std::size_t maxThreads, std::size_t maxWaiting, std::string name = "work");
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False, and the job is not taken, when maxWaiting jobs wait already or the pool is stopping. Any thread.
  [[nodiscard]] bool submit(Job& job);

  // Refuses new jobs, runs what waits, joins. Cancel the tokens of long jobs before. Not from a worker.
  void stop();

 private:
  friend class Strand;
  void push(Job job);  // without the limit: for work that was already admitted
  void run(std::size_t number);

  const std::size_t maxThreads_;
  const std::size_t maxWaiting_;
  const std::string name_;
  std::mutex mutex_;  // guards everything below
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

// Runs jobs on a pool in the order they came, never two at once. Any thread.
class Strand : public std::enable_shared_from_this<Strand> {
 public:
  static std::shared_ptr<Strand> create(WorkerPool& pool) { return std::shared_ptr<Strand>(new Strand(pool)); }

  // False where the pool is full and this strand has nothing running that would take the job along.
  [[nodiscard]] bool submit(Job& job);

 private:
  explicit Strand(WorkerPool& pool) : pool_(pool) {}
  void runOne();

  WorkerPool& pool_;
  std::mutex mutex_;  // guards everything below
  std::deque<Job> waiting_;
  bool scheduled_ = false;
};

}  // namespace trowel::core
