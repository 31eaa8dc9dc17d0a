#include "clients/etcd/client.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "clients/etcd/answer.h"
#include "clients/etcd/base64.h"
#include "clients/http/connection.h"
#include "clients/etcd/outcome.h"

namespace tribunal {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

template <class T>
std::optional<T> decimal(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Int> element_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto digits = decimal<std::uint64_t>(text.substr(negative ? 1 : 0));
  if (!digits || *digits >= sign_bit) return std::nullopt;
  return static_cast<Int>(negative ? *digits - sign_bit : *digits);
}

std::string register_key(Key key) { return fmt::format("register/{}", key); }
std::string set_prefix(Key key) { return fmt::format("set/{}/", key); }

class EtcdClient final : public Client {
 public:
  EtcdClient(const std::string& address, const Deployment& deployment)
      : connection_(etcd_endpoint(address)), timeout_(deployment.call_timeout) {
    const auto reads = deployment.options.find("reads");
    serializable_ = reads != deployment.options.end() && reads->second == "serializable";
  }

  Call invoke(const Call& call) override {
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

 private:
  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of etcd does not serve this call");
  }

  Call carry_out(Read call) {
    const std::string key = register_key(call.key);
    begin("key", key);
    const nlohmann::json& answer = ask_range();
    return checked(Effect::reads, [&]() -> Call {
      const std::vector<KeyValue> found = range_answer(answer);
      if (found.empty()) return call;
      if (found.size() > 1 || found[0].key != key)
        throw Nonsense("the answer is about another key");
      call.value = decimal<Int>(found[0].value);
      if (!call.value) throw Nonsense("the value is no number");
      return call;
    });
  }

  Call carry_out(const Write& call) {
    return put(register_key(call.key), fmt::to_string(call.value), call);
  }

  Call carry_out(const Add& call) {
    return put(set_prefix(call.key) + element_text(call.element), "", call);
  }

  Call carry_out(const Cas& call) {
    const std::string key = register_key(call.key);
    request_.assign(R"({"compare":[{"target":"VALUE","result":"EQUAL")");
    add_field("key", key);
    add_field("value", fmt::to_string(call.from));
    request_ += R"(}],"success":[{"request_put":{)";
    add_first_field("key", key);
    add_field("value", fmt::to_string(call.to));
    request_ += "}}]}";
    const nlohmann::json& answer = ask("/v3/kv/txn", Effect::writes);
    if (!checked(Effect::writes, [&] { return txn_answer(answer); })) {
      throw Rejected("value did not match");
    }
    return call;
  }

  Call carry_out(ReadSet call) {
    const std::string prefix = set_prefix(call.key);
    std::string end = prefix;
    ++end.back();  // the first key behind all that begin with the prefix
    begin("key", prefix);
    add_field("range_end", end);
    request_ += R"(,"keys_only":true)";
    const nlohmann::json& answer = ask_range();
    return checked(Effect::reads, [&]() -> Call {
      for (const KeyValue& pair : range_answer(answer)) {
        if (!pair.key.starts_with(prefix)) throw Nonsense("the answer is about another key");
        const auto element = element_of(std::string_view(pair.key).substr(prefix.size()));
        if (!element) throw Nonsense("the element is no number");
        call.elements.push_back(*element);
      }
      return std::move(call);
    });
  }

  Call put(const std::string& key, const std::string& value, const Call& call) {
    begin("key", key);
    add_field("value", value);
    request_ += '}';
    const nlohmann::json& answer = ask("/v3/kv/put", Effect::writes);
    checked(Effect::writes, [&] { put_answer(answer); });
    return call;
  }

  const nlohmann::json& ask_range() {
    if (serializable_) request_ += R"(,"serializable":true)";
    request_ += '}';
    return ask("/v3/kv/range", Effect::reads);
  }

  // Sends request_ and returns the answer, or throws as the outcome demands.
  const nlohmann::json& ask(std::string_view path, Effect effect) {
    const Exchange& exchange = connection_.post(path, request_, timeout_);
    answer_ = exchange.code == CURLE_OK ? read_answer(exchange.body) : Answer{};
    const Finding finding = find_outcome(exchange, answer_, effect, timeout_);
    if (finding.outcome != Outcome::ok) give_up(finding.outcome, finding.error);
    return answer_.object;
  }

  // What `read` makes of an answer, which must not be believed when it makes nonsense of it.
  template <class F>
  static auto checked(Effect effect, const F& read) -> decltype(read()) {
    try {
      return read();
    } catch (const Nonsense& nonsense) {
      give_up(outcome_of_nonsense(effect), nonsense.what());
    }
  }

  [[noreturn]] static void give_up(Outcome outcome, const std::string& error) {
    if (outcome == Outcome::failed) throw Rejected(error);
    throw std::runtime_error(error);
  }

  void begin(std::string_view name, std::string_view bytes) {
    request_.assign("{");
    add_first_field(name, bytes);
  }
  void add_field(std::string_view name, std::string_view bytes) {
    request_ += ',';
    add_first_field(name, bytes);
  }
  void add_first_field(std::string_view name, std::string_view bytes) {
    request_.append("\"").append(name).append("\":\"");
    append_base64(request_, bytes);
    request_ += '"';
  }

  HttpConnection connection_;
  Milliseconds timeout_;
  bool serializable_ = false;
  std::string request_;  // kept for its memory
  Answer answer_;
};

}  // namespace

std::unique_ptr<Client> connect_etcd(const std::string& address, const Deployment& deployment) {
  return std::make_unique<EtcdClient>(address, deployment);
}

std::string etcd_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":2379" : address;
}

std::string element_text(Int element) {
  const auto bits = static_cast<std::uint64_t>(element);
  if (element >= 0) return fmt::format("{:019}", bits);
  return fmt::format("-{:019}", bits - sign_bit);  // '-' sorts before digits
}

}  // namespace tribunal
