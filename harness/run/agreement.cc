#include "harness/run/agreement.h"

#include <algorithm>

namespace tribunal {
namespace {

// What a read says of its key, fit for comparing; of a set, whose order means nothing, sorted.
std::optional<std::vector<Int>> answer_of(const Call& call) {
  using Answer = std::optional<std::vector<Int>>;
  const auto one = [](const std::optional<Int>& value) -> Answer {
    return value ? std::vector<Int>{*value} : std::vector<Int>{};
  };
  return std::visit(overloaded{[&](const Read& read) { return one(read.value); },
                               [&](const ReadCounter& read) { return one(read.value.value_or(0)); },
                               // Of a queue being drained: that nothing is left.
                               [&](const Dequeue& taken) { return one(taken.element); },
                               [](const ReadList& read) -> Answer { return read.elements; },
                               [](const ReadSet& read) -> Answer {
                                 auto elements = read.elements;
                                 std::sort(elements.begin(), elements.end());
                                 return elements;
                               },
                               [](const auto&) -> Answer { return std::nullopt; }},
                    call);
}

}  // namespace

void Agreement::begin_round() {
  const std::scoped_lock lock(mutex_);
  before_ = looking_ && agreed() ? values() : std::map<Key, Answer>{};
  round_.clear();
  looking_ = true;
}

void Agreement::add(std::size_t node, const Call& answer) {
  if (!looking_) return;
  auto value = answer_of(answer);
  if (!value) return;
  const std::scoped_lock lock(mutex_);
  Seen& seen = round_[key_of(answer)];
  if (seen.nodes.empty()) seen.first = *value;
  seen.same = seen.same && seen.first == *value;
  seen.nodes.insert(node);
}

bool Agreement::agreed_twice() {
  const std::scoped_lock lock(mutex_);
  return agreed() && !before_.empty() && values() == before_;
}

bool Agreement::agreed() const {
  if (round_.empty()) return false;
  const std::size_t nodes = round_.begin()->second.nodes.size();
  return std::all_of(round_.begin(), round_.end(), [nodes](const auto& entry) {
    return entry.second.same && entry.second.nodes.size() == nodes;
  });
}

std::map<Key, std::vector<Int>> Agreement::values() const {
  std::map<Key, Answer> values;
  for (const auto& [key, seen] : round_) values[key] = seen.first;
  return values;
}

}  // namespace tribunal
