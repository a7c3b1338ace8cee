// SPDX-License-Identifier: Apache-2.0
#include "trowel/core/worker_pool.hpp"

#include <pthread.h>

#include <exception>
#include <string>

#include "trowel/core/log.hpp"

namespace trowel::core {

namespace {

// The outermost frame of a worker: nothing that a job throws may end the daemon.
void runGuarded(Job& job) {
  try {
    job();
  } catch (const std::exception& e) {
    logError("core", std::string("a job threw: ") + e.what());
  } catch (...) {
    logError("core", "a job threw something that is no exception");
  }
}

}  // namespace

void nameThread(const std::string& name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

WorkerPool::WorkerPool(std::size_t maxThreads, std::size_t maxWaiting, std::string name)
    : maxThreads_(maxThreads), maxWaiting_(maxWaiting), name_(std::move(name)) {}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::submit(Job& job) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= maxWaiting_) return false;
  }
  push(std::move(job));
  return true;
}

void WorkerPool::push(Job job) {
  std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(job));
  if (waiting_.size() > idle_ && threads_.size() < maxThreads_ && !stopping_)
    threads_.emplace_back([this, number = threads_.size()] { run(number); });
  wake_.notify_one();
}

void WorkerPool::run(std::size_t number) {
  nameThread(name_ + "-" + std::to_string(number));
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    runGuarded(job);
    job = nullptr;
    lock.lock();
  }
}

void WorkerPool::stop() {
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
  }
  wake_.notify_all();
  for (auto& thread : threads) thread.join();
  // What a strand pushed behind the last worker's back still runs, here.
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    runGuarded(job);
    lock.lock();
  }
}

bool Strand::submit(Job& job) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
    if (scheduled_) return true;
    scheduled_ = true;
  }
  Job next = [self = shared_from_this()] { self->runOne(); };
  if (pool_.submit(next)) return true;
  std::lock_guard lock(mutex_);
  scheduled_ = false;
  job = std::move(waiting_.front());
  waiting_.pop_front();
  return false;
}

void Strand::runOne() {
  Job job;
  {
    std::lock_guard lock(mutex_);
    job = std::move(waiting_.front());
    waiting_.pop_front();
  }
  runGuarded(job);
  job = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
      scheduled_ = false;
      return;
    }
  }
  pool_.push([self = shared_from_this()] { self->runOne(); });
}

}  // namespace trowel::core
