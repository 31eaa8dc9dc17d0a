// The consistency profile: every model that a history can speak about, judged, and where in the
// lattice of models the history stands.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/parts/checker.h"

namespace tribunal {

struct ProfileRow {
  enum class Standing : std::uint8_t { refuted, not_refuted, undecided, not_applicable };
  std::string model;    // "causal"
  std::string checker;  // that judged it
  Standing standing = Standing::undecided;
  std::string why;  // not refuted: on what it was judged; else the reason
  Verdict verdict;
};

// One part of a history, such as the reads made outside of fault windows, and what it allows.
struct Profile {
  std::string scope;  // "whole history", "outside fault windows", "partition n1 | n2 n3 (4.0 s)"
  std::uint64_t reads = 0;
  std::vector<ProfileRow> rows;
  std::vector<std::string>
      strongest;                     // models not refuted that no stronger one not refuted implies
  std::vector<std::string> weakest;  // models refuted that imply no other refuted one
};

struct ProfileOptions {
  CheckOptions check;
  std::chrono::milliseconds time{60000};  // for the whole profile
  std::size_t memory = std::size_t{2} << 30;
  std::stop_token stop;
  std::size_t most_windows = 12;  // fault windows profiled one by one, the longest
};

// The whole history first; where it has fault windows, the reads outside of all of them, and those
// inside each. A part of a history keeps every write and leaves out the other reads (a
// compare-and-set left out of a part stays as a write), so that what refutes it refutes the whole.
// Changes outcomes of the history while it works and puts them back.
std::vector<Profile> profiles_of(History& history, const ProfileOptions& options);

std::string_view name_of(ProfileRow::Standing standing);  // "refuted", "not refuted", ...

// For a person at a terminal, and for a program.
std::string profile_text(const std::vector<Profile>& profiles);
std::string profile_json(const std::vector<Profile>& profiles);

}  // namespace tribunal
