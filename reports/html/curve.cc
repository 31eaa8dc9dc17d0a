#include "reports/html/curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

#include "reports/escape.h"

namespace tribunal {
namespace {

constexpr std::string_view measured = "fresh by time since the write";
constexpr std::string_view outside_faults = "fresh by time since the write, outside every fault";
constexpr double left = 56, right = 708, top = 16, bottom = 200;

struct Bucket {
  std::string from, pairs;  // "10 ms", "1,234"
  double since = 0;         // milliseconds
  double share = 0, low = 0, high = 0;
};

// "10 ms 0.9120 (0.8900-0.9300) of 1,234; 20 ms ..."; empty: it is something else.
std::vector<Bucket> buckets_of(std::string_view text) {
  std::vector<Bucket> buckets;
  while (!text.empty()) {
    const std::string item(text.substr(0, text.find(';')));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    Bucket bucket;
    std::array<char, 4> unit{};
    std::array<char, 32> pairs{};
    const int read =
        std::sscanf(item.c_str(), " %lf %3[ms] %lf (%lf-%lf) of %31[0-9,]", &bucket.since,
                    unit.data(), &bucket.share, &bucket.low, &bucket.high, pairs.data());
    const std::string_view name = unit.data();
    const bool sound = read == 6 && (name == "ms" || name == "s") && bucket.since >= 0 &&
                       bucket.low >= 0 && bucket.low <= bucket.share &&
                       bucket.share <= bucket.high && bucket.high <= 1;
    if (!sound) return {};
    bucket.from = fmt::format("{:g} {}", bucket.since, name);
    if (name == "s") bucket.since *= 1000;
    if (!buckets.empty() && bucket.since <= buckets.back().since) return {};
    bucket.pairs = pairs.data();
    buckets.push_back(std::move(bucket));
  }
  return buckets;
}

std::vector<Bucket> curve_of(const Verdict& verdict, std::string_view name) {
  for (const auto& [figure, value] : verdict.figures) {
    if (figure == name) return buckets_of(value);
  }
  return {};
}

class Drawing {
 public:
  Drawing(std::vector<Bucket> all, std::vector<Bucket> calm)
      : all_(std::move(all)), calm_(std::move(calm)) {
    double least = 1;
    for (const auto* buckets : {&all_, &calm_}) {
      for (const Bucket& bucket : *buckets) least = std::min(least, bucket.low);
    }
    for (const double bound : {0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.96, 0.98, 0.99, 0.996, 0.999}) {
      if (bound <= least) floor_ = bound;
    }
  }

  std::string draw() const {
    return "<svg viewBox=\"0 0 720 250\" role=\"img\" aria-label=\"Share of fresh reads by the "
           "time "
           "since a write, with its 95 % interval\">\n" +
           grid() + band() + line(all_, "all") + line(calm_, "calm") + points() + "</svg>\n";
  }

 private:
  // Buckets lie side by side: each is about twice as far from the write as the one before.
  double x(double since) const {
    const auto place =
        std::lower_bound(all_.begin(), all_.end(), since,
                         [](const Bucket& bucket, double time) { return bucket.since < time; });
    const double width = (right - left) / static_cast<double>(all_.size());
    return left + (static_cast<double>(place - all_.begin()) + 0.5) * width;
  }
  double y(double share) const { return bottom - (share - floor_) / (1 - floor_) * (bottom - top); }

  std::string grid() const {
    std::string text;
    for (int i = 0; i <= 4; ++i) {
      const double share = floor_ + (1 - floor_) * i / 4;
      text += fmt::format(
          "<line class=\"grid\" x1=\"{:g}\" x2=\"{:g}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
          "<text class=\"share\" x=\"{:g}\" y=\"{:.1f}\">{:g} %</text>\n",
          left, right, y(share), y(share), left - 6, y(share) + 4, 100 * share);
    }
    const std::size_t every = all_.size() > 10 ? 2 : 1;
    for (std::size_t i = 0; i < all_.size(); i += every) {
      text += fmt::format("<text class=\"time\" x=\"{:.1f}\" y=\"{:g}\">{}</text>\n",
                          x(all_[i].since), bottom + 18, markup_escaped(all_[i].from));
    }
    return text + fmt::format(
                      "<text class=\"time\" x=\"{:g}\" y=\"{:g}\">time since the write was "
                      "acknowledged, from</text>\n",
                      (left + right) / 2, bottom + 38);
  }

  std::string band() const {
    std::string points;
    for (const Bucket& bucket : all_)
      points += fmt::format("{:.1f},{:.1f} ", x(bucket.since), y(bucket.high));
    for (auto bucket = all_.rbegin(); bucket != all_.rend(); ++bucket)
      points += fmt::format("{:.1f},{:.1f} ", x(bucket->since), y(bucket->low));
    return fmt::format("<polygon class=\"band\" points=\"{}\"/>\n", points);
  }

  std::string line(const std::vector<Bucket>& buckets, std::string_view kind) const {
    if (buckets.empty()) return {};
    std::string points;
    for (const Bucket& bucket : buckets)
      points += fmt::format("{:.1f},{:.1f} ", x(bucket.since), y(bucket.share));
    return fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", kind, points);
  }

  // With a bar for the interval, which a band shows badly where there is but one bucket.
  std::string points() const {
    std::string text;
    for (const Bucket& bucket : all_) {
      text += fmt::format(
          "<line class=\"interval\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" "
          "y2=\"{2:.1f}\"/><circle cx=\"{0:.1f}\" cy=\"{3:.1f}\" r=\"3.5\"><title>from {4}: "
          "{5:.2f} "
          "% fresh ({6:.2f} to {7:.2f} %) of {8} pairs</title></circle>\n",
          x(bucket.since), y(bucket.high), y(bucket.low), y(bucket.share),
          markup_escaped(bucket.from), 100 * bucket.share, 100 * bucket.low, 100 * bucket.high,
          markup_escaped(bucket.pairs));
    }
    return text;
  }

  std::vector<Bucket> all_, calm_;
  double floor_ = 0;  // the smallest share drawn
};

}  // namespace

std::string curve_html(const Verdict& verdict) {
  std::vector<Bucket> all = curve_of(verdict, measured);
  if (all.empty()) return {};
  std::vector<Bucket> calm = curve_of(verdict, outside_faults);
  const bool both = !calm.empty();
  return "<figure class=\"curve\"><figcaption>How fresh reads are: the share that sees a write, or "
         "a "
         "newer one, by the time since the write was acknowledged; the band is the 95 % interval" +
         std::string(both ? ", the dashed line what was read outside every fault" : "") +
         "</figcaption>\n" + Drawing(std::move(all), std::move(calm)).draw() + "</figure>\n";
}

}  // namespace tribunal
