// Reports of a history that no run folder surrounds.
#pragma once

#include <filesystem>

#include "harness/assemble/judge_folder.h"

namespace tribunal {

// A run folder of its own, gone with this object, for what is known of a bare history.
class BareReport {
 public:
  // `command`: what repeats the verdicts. A history without times is given some, a millisecond for
  // each record, so that its order can be shown. Throws Error(environment) if no folder can be
  // made.
  BareReport(const std::filesystem::path& file, Judged& judged, const std::string& command);
  ~BareReport();
  BareReport(const BareReport&) = delete;
  BareReport& operator=(const BareReport&) = delete;

  RunFolder folder() const { return RunFolder::open(path_); }

 private:
  void write_all(const std::filesystem::path& file, Judged& judged,
                 const std::string& command) const;

  std::filesystem::path parent_;  // made for this object
  std::filesystem::path path_;    // in it; reports show its name
};

}  // namespace tribunal
