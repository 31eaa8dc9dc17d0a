#include "checkers/staleness/curve.h"

#include <fmt/core.h>

#include <cmath>
#include <numeric>

#include "harness/record/figure.h"

namespace tribunal {

Interval wilson(std::uint64_t hits, std::uint64_t draws) {
  if (draws == 0) return {};
  constexpr double z = 1.959964;
  const auto n = static_cast<double>(draws);
  const double share = static_cast<double>(hits) / n, denominator = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / denominator;
  const double half = z * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / denominator;
  return {hits == 0 ? 0 : centre - half, hits == draws ? 1 : centre + half};
}

Curve Curve::operator-(const Curve& part) const {
  Curve rest = *this;
  for (std::size_t i = 0; i < curve_buckets; ++i) {
    rest.pairs[i] -= part.pairs[i];
    rest.fresh[i] -= part.fresh[i];
  }
  return rest;
}

std::uint64_t Curve::total() const {
  return std::accumulate(pairs.begin(), pairs.end(), std::uint64_t{0});
}

std::string time_since(std::int64_t nanoseconds) {
  const double milliseconds = static_cast<double>(nanoseconds) / 1e6;
  return milliseconds < 1000 ? fmt::format("{:g} ms", milliseconds)
                             : fmt::format("{:g} s", milliseconds / 1000);
}

std::string Curve::text() const {
  std::string text;
  for (std::size_t i = 0; i < curve_buckets; ++i) {
    if (pairs[i] == 0) continue;
    const Interval interval = wilson(fresh[i], pairs[i]);
    text += fmt::format("{}{} {:.4f} ({:.4f}-{:.4f}) of {}", text.empty() ? "" : "; ",
                        time_since(curve_from[i]),
                        static_cast<double>(fresh[i]) / static_cast<double>(pairs[i]), interval.low,
                        interval.high, grouped(pairs[i]));
  }
  return text;
}

std::optional<std::size_t> Curve::reaches(double share) const {
  for (std::size_t i = 0; i < curve_buckets; ++i) {
    if (pairs[i] != 0 && wilson(fresh[i], pairs[i]).low >= share) return i;
  }
  return std::nullopt;
}

}  // namespace tribunal
