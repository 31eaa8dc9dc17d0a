// Appends finished lines to a history and gives each its index and time. A thread of its own
// writes, so that the threads that add lines never wait for the disk unless it falls a whole buffer
// behind.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace tribunal {

// Every function may be called from any thread.
class HistoryWriter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit HistoryWriter(const std::filesystem::path& file);  // throws Error(environment)
  ~HistoryWriter();  // writes what is left; a failure that close() never told goes to standard
                     // error

  std::int64_t now() const;
  Clock::time_point began() const { return began_; }

  // Adds the record whose text after index and time is `rest`, newline included, and returns its
  // time. A negative `intended` is left out.
  std::int64_t add(std::string_view rest, std::int64_t intended);

  // As Recorder's.
  void flush();
  void close();
  std::uint64_t records() const;

 private:
  void wait_for_room(std::unique_lock<std::mutex>& lock);
  void throw_failure();  // pre: mutex_ is held
  void end();
  void write_until_closed();
  int write_all(std::string_view text) const;
  std::string complaint(std::string_view why) const;

  const std::string path_;
  int descriptor_;
  const Clock::time_point began_;

  mutable std::mutex mutex_;
  std::condition_variable work_, written_;
  std::string filling_;                // guarded by mutex_, as is all below but `writing_`
  std::string writing_;                // the thread's own
  std::uint64_t records_ = 0;          // added
  std::uint64_t handled_records_ = 0;  // written, or given up after a failure
  std::string failure_;                // the first one
  bool told_ = false;                  // it was thrown at someone
  bool idle_ = false;                  // the thread sleeps until a record comes
  bool urgent_ = false;                // someone waits in flush()
  bool closing_ = false;
  std::jthread thread_;
};

}  // namespace tribunal
