// Plants in histories of watches.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "checkers/planting/kinds.h"

namespace tribunal {
namespace {

// One answer of a watch, to be taken apart and put together otherwise.
struct WatchAnswerParts {
  std::uint32_t place = 0;
  std::int64_t from = 0, bookmark = -1;
  std::vector<Value> changes;
};

std::span<const Value> parts_of(const History& history, Value value) {
  if (!history.values.is_list(value)) return {};
  return history.values.elements(value);
}

std::int64_t version_in(const History& history, Value change) {
  return parts_of(history, change)[0].as_integer();
}

std::vector<WatchAnswerParts> answers_in(const History& history) {
  std::vector<WatchAnswerParts> answers;
  for (std::uint32_t place = 0; place < history.operations.size(); ++place) {
    const Operation& operation = history.operations[place];
    if (operation.function != Function::watch || !operation.ok()) continue;
    const auto parts = parts_of(history, operation.value);
    if (parts.size() != 2) continue;
    const auto changes = parts_of(history, parts[1]);
    answers.push_back({place,
                       parts[0].as_integer(),
                       history.versions.empty() ? -1 : history.versions[place],
                       {changes.begin(), changes.end()}});
  }
  return answers;
}

Plant answered_otherwise(History& history, const WatchAnswerParts& answer, std::string proof) {
  const Value parts[] = {Value::integer(answer.from), history.values.list(answer.changes)};
  Operation operation = history.operations[answer.place];
  operation.value = history.values.list(parts);
  return {std::move(proof), {{answer.place, operation}}};
}

// Bends as many answers as are wanted of those that can be; `bend` says what is wrong with the
// answer then, or nothing where it had no place for it.
std::vector<Plant> bent(const PlantGround& ground,
                        const std::function<std::string(WatchAnswerParts&)>& bend) {
  auto answers = answers_in(ground.history);
  std::vector<Plant> plants;
  while (!answers.empty() && plants.size() < ground.most) {
    std::swap(answers.back(), answers[ground.random.below(answers.size())]);
    std::string wrong = bend(answers.back());
    if (!wrong.empty())
      plants.push_back(answered_otherwise(
          ground.history, answers.back(),
          fmt::format("the watch of event {} {}",
                      ground.history.operations[answers.back().place].began, wrong)));
    answers.pop_back();
  }
  return plants;
}

// Key and version of every acknowledged transaction, with the number of its registers.
using Told = std::map<std::pair<Value, std::int64_t>, std::size_t>;
Told told_in(const History& history) {
  Told told;
  for (std::uint32_t place = 0; place < history.operations.size(); ++place) {
    const Operation& operation = history.operations[place];
    if (operation.function != Function::txn || !operation.ok() || history.versions.empty())
      continue;
    if (history.versions[place] >= 0)
      told[{operation.key, history.versions[place]}] = parts_of(history, operation.value).size();
  }
  return told;
}

// A version that the answer must have, since its writer was told it, and shows in at least so many
// registers.
std::optional<std::int64_t> due_version(const PlantGround& ground, const Told& told,
                                        const WatchAnswerParts& answer, std::size_t registers) {
  const Value key = ground.history.operations[answer.place].key;
  std::set<std::int64_t> due;
  for (const Value change : answer.changes) {
    const std::int64_t version = version_in(ground.history, change);
    const auto known = told.find({key, version});
    if (known != told.end() && known->second >= registers && version <= answer.bookmark &&
        version > answer.from)
      due.insert(version);
  }
  if (due.empty()) return std::nullopt;
  return *std::next(due.begin(), static_cast<std::ptrdiff_t>(ground.random.below(due.size())));
}

}  // namespace

std::vector<Plant> plant_lost_changes(const PlantGround& ground) {
  const Told told = told_in(ground.history);
  return bent(ground, [&](WatchAnswerParts& answer) -> std::string {
    const auto version = due_version(ground, told, answer, 1);
    if (!version) return {};
    std::erase_if(answer.changes,
                  [&](Value change) { return version_in(ground.history, change) == *version; });
    return fmt::format(
        "has all changes from {} to {}, but not that of version {}, which was "
        "acknowledged",
        answer.from, answer.bookmark, *version);
  });
}

std::vector<Plant> plant_torn_transactions(const PlantGround& ground) {
  const Told told = told_in(ground.history);
  return bent(ground, [&](WatchAnswerParts& answer) -> std::string {
    const auto version = due_version(ground, told, answer, 2);
    if (!version) return {};
    answer.changes.erase(
        std::find_if(answer.changes.begin(), answer.changes.end(),
                     [&](Value change) { return version_in(ground.history, change) == *version; }));
    return fmt::format("lacks one register of the transaction of version {}", *version);
  });
}

std::vector<Plant> plant_disordered_changes(const PlantGround& ground) {
  return bent(ground, [&](WatchAnswerParts& answer) -> std::string {
    if (answer.changes.empty()) return {};
    std::swap(answer.changes.front(), answer.changes.back());
    const std::int64_t first = version_in(ground.history, answer.changes.front()),
                       last = version_in(ground.history, answer.changes.back());
    if (first <= last) return {};
    return fmt::format("shows version {} before version {}", first, last);
  });
}

std::vector<Plant> plant_repeated_changes(const PlantGround& ground) {
  return bent(ground, [&](WatchAnswerParts& answer) -> std::string {
    if (answer.changes.empty()) return {};
    answer.changes.push_back(answer.changes.back());
    return "shows its last change twice";
  });
}

std::vector<Plant> plant_foreign_changes(const PlantGround& ground) {
  std::int64_t unused = 1;
  for (const Operation& operation : ground.history.operations) {
    if (operation.function != Function::txn) continue;
    for (const Value step : parts_of(ground.history, operation.value)) {
      const auto parts = parts_of(ground.history, step);
      if (parts.size() == 3 && parts[2].is_integer())
        unused = std::max(unused, parts[2].as_integer() + 1);
    }
  }
  return bent(ground, [&](WatchAnswerParts& answer) -> std::string {
    if (answer.changes.empty()) return {};
    const auto parts = parts_of(ground.history, answer.changes.back());
    const Value change[] = {parts[0], parts[1], Value::integer(unused)};
    answer.changes.back() = ground.history.values.list(change);
    return fmt::format("shows the value {}, which nobody ever tried to write", unused);
  });
}

}  // namespace tribunal
