// Judges one key after another by the first method that has an answer: zones, the model's monitor,
// the search.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkers/linearizability/model_catalogue.h"
#include "checkers/linearizability/register_zones.h"
#include "checkers/linearizability/search.h"
#include "checkers/watch.h"

namespace tribunal {

// What became of one key.
struct KeyAnswer {
  enum class State : std::uint8_t { unjudged, linearizable, violated, spent };
  enum class Method : std::uint8_t { zones, monitor, search };
  State state = State::unjudged;
  Method method = Method::search;
  std::uint32_t event = 0;             // violated: the completion that made it impossible
  std::uint32_t begun = 0;             // spent: how far it came, in operations of the key
  std::string_view why;                // spent
  std::vector<std::uint32_t> witness;  // violated: operations impossible by themselves; empty: all
  ZoneFinding finding;                 // violated, a register by zones: of the whole
};

// Why the search was asked, for the first key of those.
struct Fallback {
  std::uint32_t key = UINT32_MAX;
  std::string why;
};

// One lane's; used by one thread.
class KeyJudge {
 public:
  KeyJudge(const History& history, const ModelKind& kind, const ModelOptions& options,
           const Budget& budget, std::size_t lanes, const SpareThreads* spare = nullptr);

  KeyAnswer judge(std::uint32_t key, std::span<const std::uint32_t> operations);
  // pre: the answer is that of these operations, and violated.
  Evidence evidence(const KeyAnswer& answer, std::span<const std::uint32_t> operations);

  const Fallback& fallback() const { return fallback_; }
  Watch& watch() { return watch_; }

 private:
  using State = KeyAnswer::State;
  using Method = KeyAnswer::Method;

  std::span<const std::uint32_t> without_nil_reads(std::span<const std::uint32_t> operations);
  bool by_zones(std::span<const std::uint32_t> operations);
  bool convict_by_zones(std::span<const std::uint32_t> operations);
  bool by_monitor(std::span<const std::uint32_t> operations);
  bool convict(std::span<const std::uint32_t> operations, std::vector<std::uint32_t> witness,
               Method method);
  bool proved(std::span<const std::uint32_t> operations, Method method);
  void by_search(std::span<const std::uint32_t> operations);
  SearchResult searched(std::span<const std::uint32_t> operations, std::uint64_t most_steps);
  void spend();

  const History& history_;
  const ModelKind& kind_;
  const ModelOptions& options_;
  Watch watch_;
  const SpareThreads* spare_;  // for the search of a key; null: none
  RegisterCalls calls_;
  bool register_like_ = false;  // zones may be asked
  std::optional<RegisterZones> zones_;
  std::vector<std::uint32_t> kept_;  // operations that are more than reads of nil
  KeyAnswer answer_;
  std::string why_not_;  // the methods before the search had no answer
  Fallback fallback_;
};

}  // namespace tribunal
