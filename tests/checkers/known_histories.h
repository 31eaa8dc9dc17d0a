// A collection of histories with known verdicts on linearizability, in the folder that
// TRIBUNAL_HISTORIES names, else beside the source tree.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

struct KnownHistory {
  std::string file;  // within the collection
  std::string model;
  std::string initial;  // as it is drawn; empty: none
  bool linearizable = false;
};

std::filesystem::path known_histories_folder();

// Those of INDEX.tsv and of from-tests/cases.edn that are judged by one of our models; none where
// there is no collection.
std::vector<KnownHistory> known_histories();

}  // namespace tribunal
