#include "checkers/sequential/order_problem.h"

#include <algorithm>

#include "checkers/flat_index.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

class Builder {
 public:
  Builder(const Versions& versions, std::span<const std::uint32_t> chosen, Numbers numbers)
      : versions_(versions), chosen_(chosen), numbers_kept_(numbers == Numbers::kept) {}

  OrderProblem build() {
    number_keys();
    add_steps();
    add_readers();
    for (std::uint32_t key = 0; key < problem_.keys; ++key) {
      const auto global = static_cast<std::size_t>(keys_.value(key).as_integer());
      if (versions_.ranked[global] && (versions_.listed[global] || numbers_kept_)) force(key);
    }
    return std::move(problem_);
  }

 private:
  static Value name(std::uint32_t number) { return Value::integer(number); }

  void number_keys() {
    keys_.reset(chosen_.size());
    numbers_.reset(chosen_.size() * 2);
    for (const std::uint32_t step : chosen_) keys_.number(name(versions_.steps[step].key));
    problem_.keys = static_cast<std::uint32_t>(keys_.size());
    for (std::uint32_t key = 0; key < problem_.keys; ++key) numbers_.number(keys_.value(key));
  }

  std::uint32_t version(std::uint32_t global) {
    return global == none ? none : numbers_.number(name(global));
  }

  void add_steps() {
    std::uint32_t session = none;
    for (const std::uint32_t place : chosen_) {
      SessionStep step = versions_.steps[place];
      if (step.session != session) {
        session = step.session;
        problem_.starts.push_back(static_cast<std::uint32_t>(problem_.steps.size()));
      }
      step.session = static_cast<std::uint32_t>(problem_.starts.size() - 1);
      step.place = static_cast<std::uint32_t>(problem_.steps.size()) - problem_.starts.back();
      step.key = keys_.number(name(step.key));
      step.wrote = version(step.wrote);
      step.read = version(step.read);
      problem_.steps.push_back(step);
    }
    problem_.starts.push_back(static_cast<std::uint32_t>(problem_.steps.size()));
  }

  void add_readers() {
    const std::size_t count = numbers_.size();
    problem_.writers.assign(count, none);
    problem_.reader_starts.assign(count + 1, 0);
    for (std::uint32_t i = 0; i < problem_.steps.size(); ++i) {
      const SessionStep& step = problem_.steps[i];
      if (step.wrote != none) problem_.writers[step.wrote] = i;
      if (step.read != none) ++problem_.reader_starts[step.read + 1];
    }
    for (std::size_t v = 0; v < count; ++v)
      problem_.reader_starts[v + 1] += problem_.reader_starts[v];
    problem_.readers.resize(problem_.reader_starts.back());
    auto next = problem_.reader_starts;
    for (std::uint32_t i = 0; i < problem_.steps.size(); ++i) {
      const std::uint32_t read = problem_.steps[i].read;
      if (read != none) problem_.readers[next[read]++] = i;
    }
  }

  // Each write of the key after the one that ranks before it and after that one's readers; what has
  // no rank comes after all that have one.
  void force(std::uint32_t key) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> order;  // rank, version
    for (std::uint32_t v = 0; v < problem_.writers.size(); ++v) {
      const std::uint32_t global = static_cast<std::uint32_t>(numbers_.value(v).as_integer());
      if (versions_.key_of[global] == keys_.value(key).as_integer())
        order.emplace_back(versions_.ranks[global], v);
    }
    std::sort(order.begin(), order.end());
    std::size_t last = 0;  // the ranked version before
    for (std::size_t i = 1; i < order.size(); ++i) {
      const std::uint32_t before = order[last].second, after = order[i].second;
      const std::uint32_t writer = problem_.writers[after];
      if (writer == none) continue;
      if (problem_.writers[before] != none)
        problem_.forced.emplace_back(problem_.writers[before], writer);
      for (const std::uint32_t reader : problem_.readers_of(before)) {
        if (reader != writer) problem_.forced.emplace_back(reader, writer);
      }
      if (order[i].first != none) last = i;
    }
  }

  const Versions& versions_;
  std::span<const std::uint32_t> chosen_;
  bool numbers_kept_;
  OrderProblem problem_;
  FlatIndex keys_, numbers_;
};

}  // namespace

OrderProblem order_problem(const Versions& versions, std::span<const std::uint32_t> chosen,
                           Numbers numbers) {
  return Builder(versions, chosen, numbers).build();
}

}  // namespace tribunal
