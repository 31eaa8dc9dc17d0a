#include "harness/workloads/generators.h"

#include <numeric>

namespace tribunal {
namespace {

class Endless : public Generator {
 public:
  explicit Endless(std::function<Call(const Context&, Random&)> draw) : draw_(std::move(draw)) {}
  Next next(const Context& context, Random& random) override {
    return Step{draw_(context, random), 0};
  }

 private:
  std::function<Call(const Context&, Random&)> draw_;
};

class Listed : public Generator {
 public:
  explicit Listed(std::vector<Step> steps) : steps_(std::move(steps)) {}
  Next next(const Context&, Random&) override {
    if (given_ == steps_.size()) return Exhausted{};
    return steps_[given_++];
  }

 private:
  std::vector<Step> steps_;
  std::size_t given_ = 0;
};

class Limited : public Generator {
 public:
  Limited(GeneratorPtr inner, std::uint64_t calls) : inner_(std::move(inner)), left_(calls) {}
  Next next(const Context& context, Random& random) override {
    if (left_ == 0) return Exhausted{};
    auto next = inner_->next(context, random);
    if (std::holds_alternative<Step>(next)) --left_;
    return next;
  }

 private:
  GeneratorPtr inner_;
  std::uint64_t left_;
};

class AtRate : public Generator {
 public:
  AtRate(GeneratorPtr inner, double interval) : inner_(std::move(inner)), interval_(interval) {}
  Next next(const Context& context, Random& random) override {
    auto next = inner_->next(context, random);
    if (auto* step = std::get_if<Step>(&next)) {
      step->intended =
          static_cast<std::int64_t>((static_cast<double>(given_++) + random.unit()) * interval_);
    }
    return next;
  }

 private:
  GeneratorPtr inner_;
  double interval_;  // nanoseconds
  std::uint64_t given_ = 0;
};

class Until : public Generator {
 public:
  Until(GeneratorPtr inner, std::int64_t duration)
      : inner_(std::move(inner)), duration_(duration) {}
  Next next(const Context& context, Random& random) override {
    if (context.now >= duration_) return Exhausted{};
    auto next = inner_->next(context, random);
    if (auto* step = std::get_if<Step>(&next); step && step->intended >= duration_)
      return Exhausted{};
    return next;
  }

 private:
  GeneratorPtr inner_;
  std::int64_t duration_;
};

class Sequence : public Generator {
 public:
  explicit Sequence(std::vector<GeneratorPtr> parts) : parts_(std::move(parts)) {}
  Next next(const Context& context, Random& random) override {
    for (; current_ < parts_.size(); ++current_) {
      auto next = parts_[current_]->next(context, random);
      if (!std::holds_alternative<Exhausted>(next)) return next;
    }
    return Exhausted{};
  }

 private:
  std::vector<GeneratorPtr> parts_;
  std::size_t current_ = 0;
};

}  // namespace

GeneratorPtr endless(std::function<Call(const Context&, Random&)> draw) {
  return std::make_unique<Endless>(std::move(draw));
}

GeneratorPtr listed(std::vector<Call> calls) {
  std::vector<Step> steps;
  for (auto& call : calls) steps.push_back({std::move(call)});
  return std::make_unique<Listed>(std::move(steps));
}

GeneratorPtr limited(GeneratorPtr inner, std::uint64_t calls) {
  return std::make_unique<Limited>(std::move(inner), calls);
}

GeneratorPtr at_rate(GeneratorPtr inner, double rate, std::size_t workers) {
  if (rate <= 0) return inner;
  return std::make_unique<AtRate>(std::move(inner), 1e9 * static_cast<double>(workers) / rate);
}

GeneratorPtr until(GeneratorPtr inner, std::int64_t duration) {
  return std::make_unique<Until>(std::move(inner), duration);
}

GeneratorPtr sequence(std::vector<GeneratorPtr> parts) {
  return std::make_unique<Sequence>(std::move(parts));
}

GeneratorPtr paced(GeneratorPtr inner, const Traffic& traffic, std::size_t worker) {
  inner = at_rate(std::move(inner), traffic.rate, traffic.workers);
  if (traffic.duration > 0) inner = until(std::move(inner), traffic.duration);
  if (traffic.operations > 0) {
    const auto share = traffic.operations / traffic.workers +
                       (worker < traffic.operations % traffic.workers ? 1 : 0);
    inner = limited(std::move(inner), share);
  }
  return inner;
}

GeneratorPtr every_replica(const std::vector<Key>& keys, const Traffic& traffic, std::size_t worker,
                           const std::function<Call(Key)>& read) {
  std::vector<Step> steps;
  for (std::size_t i = worker; i < keys.size(); i += traffic.workers) {
    for (std::size_t node = 0; node < traffic.nodes; ++node)
      steps.push_back({read(keys[i]), 0, (node + worker) % traffic.nodes});
  }
  return std::make_unique<Listed>(std::move(steps));
}

int weight_of(const Traffic& traffic, const std::string& kind) {
  const auto it = traffic.weights.find(kind);
  return it == traffic.weights.end() ? 0 : it->second;
}

std::size_t draw_weighted(const std::vector<int>& weights, Random& random) {
  const int total = std::accumulate(weights.begin(), weights.end(), 0);
  auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(total)));
  for (std::size_t i = 0;; ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
}

}  // namespace tribunal
