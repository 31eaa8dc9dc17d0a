#include "clients/etcd/dialogue.h"

#include <fmt/format.h>

namespace tribunal {
namespace {

using std::chrono::steady_clock;

[[noreturn]] void give_up(Outcome outcome, const std::string& error) {
  if (outcome == Outcome::failed) throw Rejected(error);
  throw std::runtime_error(error);
}

}  // namespace

void Dialogue::begin() { until_ = steady_clock::now() + timeout_; }

// Throws where there is nothing left, before anything was sent.
Milliseconds Dialogue::left() const {
  const auto left = std::chrono::ceil<Milliseconds>(until_ - steady_clock::now());
  if (left.count() <= 0) throw Rejected(fmt::format("timed out after {} ms", timeout_.count()));
  return left;
}

// Sends the step and returns what `read` makes of its answer, which must not be believed when that
// is nonsense.
template <class F>
auto Dialogue::ask(std::string_view path, const std::string& body, Effect effect, const F& read) {
  const Exchange& exchange = connection_.post(path, body, left());
  answer_ = exchange.code == CURLE_OK ? read_answer(exchange.body) : Answer{};
  const Finding finding = find_outcome(exchange, answer_, effect, timeout_);
  if (finding.outcome != Outcome::ok) give_up(finding.outcome, finding.error);
  try {
    return read(answer_.object);
  } catch (const Nonsense& nonsense) {
    give_up(outcome_of_nonsense(effect), nonsense.what());
  }
}

Int Dialogue::put(std::string_view key, std::string_view value) {
  return ask("/v3/kv/put", put_body(key, value), Effect::writes, put_answer);
}

void Dialogue::erase(std::string_view key) {
  ask("/v3/kv/deleterange", delete_body(key), Effect::writes, put_answer);
}

std::vector<KeyValue> Dialogue::range(const KeyRange& range) {
  return ask("/v3/kv/range", range_body(range, reads_), Effect::reads,
             [&](const nlohmann::json& answer) {
               std::vector<KeyValue> pairs = range_answer(answer);
               require_within(pairs, range.first, range.end);
               return pairs;
             });
}

std::optional<KeyValue> Dialogue::smallest(const KeyRange& range) {
  return ask("/v3/kv/range", range_body(range, reads_, R"(,"limit":"1")"), Effect::reads,
             [&](const nlohmann::json& answer) {
               auto found = smallest_answer(answer);
               if (found) require_within({*found}, range.first, range.end);
               return found;
             });
}

std::optional<Int> Dialogue::change(const TxnBody& transaction) {
  return ask("/v3/kv/txn", transaction.text(), Effect::writes, [&](const nlohmann::json& answer) {
    return txn_answer(answer, transaction.actions());
  });
}

std::vector<std::vector<KeyValue>> Dialogue::look(const TxnBody& transaction) {
  return ask("/v3/kv/txn", transaction.text(), Effect::reads, [&](const nlohmann::json& answer) {
    return look_answer(answer, transaction.actions().size());
  });
}

void Dialogue::watch(const std::string& body,
                     const std::function<Wants(const WatchAnswer&)>& take) {
  bool over = false;
  const Exchange& exchange = stream_.follow("/v3/watch", body, left(), [&](std::string_view line) {
    try {
      const Wants wants = take(watch_answer(line));
      over = wants == Wants::nothing;
      return wants;
    } catch (const Nonsense& nonsense) {
      throw Rejected(nonsense.what());
    }
  });
  if (over) return;
  const Finding finding =
      find_outcome(exchange, read_answer(exchange.body), Effect::reads, timeout_);
  throw Rejected(exchange.status == 200 && exchange.code == CURLE_OK ? "the watch ended"
                                                                     : finding.error);
}

Grant Dialogue::grant(Int seconds) {
  return ask("/v3/lease/grant", fmt::format(R"({{"TTL":"{}"}})", seconds), Effect::reads,
             grant_answer);
}

}  // namespace tribunal
