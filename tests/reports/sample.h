// Run folders as real runs leave them, made without a cluster: a simulated register, partitions
// that stall one node, receipts, verdicts and, where asked for, a stale read with its evidence.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/record/run_folder.h"

namespace tribunal {

struct Sample {
  std::uint64_t operations = 20'000;
  std::uint32_t workers = 10;
  std::int64_t keys = 100;
  std::uint64_t calls_a_second = 1'000;
  std::size_t faults = 3;
  Judgement judgement = Judgement::satisfied;  // violated: a stale read is planted and convicted
  std::string node_prefix = "n";
  std::string error = "etcdserver: request timed out";
  std::string claim = "every key is a linearizable register";
  std::uint64_t seed = 7;
};

RunFolder make_sample(const std::filesystem::path& parent, const Sample& sample);

// Every text of it (node, error, value, claim, note, detail, spec, ...) is `text`.
RunFolder make_hostile(const std::filesystem::path& parent, const std::string& text);

// A history without a record and no other file: a run killed as it began.
RunFolder make_empty(const std::filesystem::path& parent);

}  // namespace tribunal
