// The one clock and the one writer of a run's history.jsonl lines. Its order of events is what
// "real time" means to a checker: a call is recorded before it is sent and after its answer is in,
// so an interval is never too short. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "harness/record/call.h"
#include "harness/record/history.h"

namespace tribunal {

class Recorder {
 public:
  // Creates `file`; throws Error(environment) if it cannot. The clock starts at 0 now.
  explicit Recorder(const std::filesystem::path& file);
  ~Recorder();  // writes what is left; see close()

  // Nanoseconds since the run began, monotonic, as in the records.
  std::int64_t now() const;
  std::chrono::steady_clock::time_point began_at() const;

  // `intended`: when an open-loop generator meant the call to go out, in the same nanoseconds;
  // negative: no such time. Returns its time.
  std::int64_t invoked(std::uint32_t process, const Call& call, std::string_view node,
                       std::int64_t intended);
  // `call` completed for ok, as sent otherwise; `error` empty for ok. Returns its time.
  std::int64_t completed(std::uint32_t process, const Call& call, std::string_view node,
                         Outcome outcome, std::string_view error);
  // A record of the nemesis: `f` is "start-partition", "stop-partition", ...
  std::int64_t fault(std::string_view f, int fault, std::string_view detail);

  // Waits until all that was recorded is written. Throws Error(environment) if any write failed
  // (disk full, ...).
  void flush();
  void close();  // flush, and close the file

  std::uint64_t records() const;

 private:
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace tribunal
