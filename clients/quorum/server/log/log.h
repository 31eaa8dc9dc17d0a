// An append-only file of records, one JSON text a line. A record that a crash tore in its middle is
// left out when the file is read again, and cut off.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

namespace tribunal::quorum {

enum class Durability {
  synced,    // on the disk itself: outlives a power failure
  written,   // handed to the kernel: outlives the process
  deferred,  // kept in memory for 400 ms, the lie of a database that acknowledges too early
};

// For any thread. Throws std::system_error where the file cannot be used; a node that cannot log
// must not go on.
class Log {
 public:
  // Gives every whole record there is to `replay`, in order, then appends behind them.
  Log(const std::filesystem::path& file, Durability durability,
      const std::function<void(const nlohmann::json&)>& replay);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Records are in the order of the calls. Returns a ticket for await().
  std::uint64_t append(const nlohmann::json& record);
  std::uint64_t last();  // ticket of the latest record
  // Until that record is as durable as promised; threads that wait together share one fsync.
  void await(std::uint64_t ticket);
  // Forgets all records.
  void clear();

 private:
  void write_out(const std::string& bytes);
  void write_when_due(const std::stop_token& stop);

  const Durability durability_;
  int file_ = -1;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  // With the time at which each is due to be written; guarded by mutex_.
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::string>> deferred_;
  std::uint64_t appended_ = 0;  // guarded by mutex_
  std::uint64_t synced_ = 0;    // guarded by mutex_
  bool syncing_ = false;        // guarded by mutex_
  std::jthread writer_;
};

}  // namespace tribunal::quorum
