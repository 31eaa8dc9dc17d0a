#include "clients/quorum/client.h"

#include <fmt/format.h>

#include "clients/http/connection.h"
#include "clients/quorum/outcome.h"

namespace tribunal {
namespace {

using nlohmann::json;

// The answer came, but it is not what quorum sends.
struct Nonsense : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::optional<Int> value_of(const json& answer) {
  const auto at = answer.find("value");
  if (at == answer.end()) throw Nonsense("answer without a value");
  if (at->is_null()) return std::nullopt;
  if (!at->is_number_integer()) throw Nonsense("the value is no number");
  return at->get<Int>();
}

std::vector<Int> elements_of(const json& answer) {
  const auto at = answer.find("elements");
  if (at == answer.end() || !at->is_array()) throw Nonsense("answer without elements");
  std::vector<Int> elements;
  for (const json& element : *at) {
    if (!element.is_number_integer()) throw Nonsense("an element is no number");
    elements.push_back(element.get<Int>());
  }
  return elements;
}

Version version_of(const json& answer) {
  const auto at = answer.find("version");
  if (at == answer.end()) return std::nullopt;
  if (!at->is_number_integer()) throw Nonsense("the version is no number");
  return at->get<Int>();
}

class QuorumClient final : public Client {
 public:
  QuorumClient(const std::string& address, const Deployment& deployment)
      : connection_(quorum_endpoint(address)), timeout_(deployment.call_timeout) {}

  Call invoke(const Call& call) override {
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }
  std::string token() const override { return token_; }
  void carry(const std::string& token) override { token_ = token; }

 private:
  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of quorum does not serve this call");
  }

  Call carry_out(Read call) {
    return ask(Effect::reads, "read", "register", call.key, "", [&](const json& answer) -> Call {
      call.value = value_of(answer);
      call.version = version_of(answer);
      return call;
    });
  }
  Call carry_out(Write call) {
    return ask(Effect::writes, "write", "register", call.key, value(call.value),
               [&](const json& answer) -> Call {
                 call.version = version_of(answer);
                 return call;
               });
  }
  Call carry_out(Cas call) {
    return ask(Effect::writes, "cas", "register", call.key,
               fmt::format(R"(,"expected":{},"value":{})", call.from, call.to),
               [&](const json& answer) -> Call {
                 call.version = version_of(answer);
                 return call;
               });
  }
  Call carry_out(const Delete& call) { return change("delete", "register", call, ""); }
  Call carry_out(const Add& call) { return change("add", "set", call, value(call.element)); }
  Call carry_out(const Remove& call) { return change("remove", "set", call, value(call.element)); }
  Call carry_out(const Append& call) { return change("append", "list", call, value(call.element)); }
  Call carry_out(const Increment& call) {
    return change("increment", "counter", call, value(call.by));
  }
  Call carry_out(ReadSet call) { return read_elements("set", std::move(call)); }
  Call carry_out(ReadList call) { return read_elements("list", std::move(call)); }
  Call carry_out(ReadCounter call) {
    return ask(Effect::reads, "read", "counter", call.key, "", [&](const json& answer) -> Call {
      call.value = value_of(answer);
      return call;
    });
  }
  Call carry_out(Generate call) {
    return ask(Effect::writes, "generate", "register", call.key, "",
               [&](const json& answer) -> Call {
                 const auto id = value_of(answer);
                 if (!id) throw Nonsense("answer without an id");
                 call.id = *id;
                 return call;
               });
  }

  template <class One>
  Call change(std::string_view function, std::string_view kind, const One& call,
              std::string_view more) {
    return ask(Effect::writes, function, kind, call.key, more,
               [&](const json&) -> Call { return call; });
  }

  template <class One>
  Call read_elements(std::string_view kind, One call) {
    return ask(Effect::reads, "read", kind, call.key, "", [&](const json& answer) -> Call {
      call.elements = elements_of(answer);
      return std::move(call);
    });
  }

  static std::string value(Int value) { return fmt::format(R"(,"value":{})", value); }

  // Sends the call and returns what `complete` makes of a good answer, or throws as the outcome
  // demands.
  template <class F>
  Call ask(Effect effect, std::string_view function, std::string_view kind, Key key,
           std::string_view more, const F& complete) {
    request_ = fmt::format(R"({{"f":"{}","kind":"{}","key":{}{}{}{}}})", function, kind, key, more,
                           token_.empty() ? "" : R"(,"token":)", token_);
    const Exchange& exchange = connection_.post("/call", request_, timeout_);
    const json answer =
        exchange.code == CURLE_OK ? json::parse(exchange.body, nullptr, false) : json();
    const Finding finding = find_quorum_outcome(exchange, answer, effect, timeout_);
    if (finding.outcome != Outcome::ok) give_up(finding.outcome, finding.error);
    try {
      Call completed = complete(answer);
      if (const auto token = answer.find("token"); token != answer.end()) token_ = token->dump();
      return completed;
    } catch (const Nonsense& nonsense) {
      give_up(effect == Effect::reads ? Outcome::failed : Outcome::unknown, nonsense.what());
    }
  }

  [[noreturn]] static void give_up(Outcome outcome, const std::string& error) {
    if (outcome == Outcome::failed) throw Rejected(error);
    throw std::runtime_error(error);
  }

  HttpConnection connection_;
  Milliseconds timeout_;
  std::string request_;  // kept for its memory
  std::string token_;    // JSON, as the last answer gave it; empty: none yet
};

}  // namespace

std::unique_ptr<Client> connect_quorum(const std::string& address, const Deployment& deployment) {
  return std::make_unique<QuorumClient>(address, deployment);
}

std::string quorum_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":7000" : address;
}

}  // namespace tribunal
