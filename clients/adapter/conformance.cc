#include "clients/adapter/conformance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <thread>

#include "clients/adapter/change.h"
#include "clients/adapter/client.h"
#include "clients/adapter/late_proxy.h"
#include "clients/adapter/process.h"
#include "clients/endpoints/fresh_keys.h"

namespace tribunal {
namespace {

using Mode = LateProxy::Mode;

struct Tried {
  Outcome outcome = Outcome::unknown;
  Call call;
  std::string error;
};

// Ends a check with what was wrong.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string in_words(const Tried& tried) {
  if (tried.outcome == Outcome::ok) return "ok";
  return fmt::format("{}: {}", tried.outcome == Outcome::failed ? "failed" : "unknown",
                     tried.error);
}

class Conformance {
 public:
  Conformance(const std::vector<std::string>& command, std::string address,
              const Deployment& deployment, Key base,
              const std::function<void(const ConformanceCheck&)>& tell)
      : command_(command),
        address_(std::move(address)),
        deployment_(deployment),
        base_(base),
        tell_(tell) {
    auto& all = deployment_.addresses;
    if (std::find(all.begin(), all.end(), address_) == all.end()) all = {address_};
  }

  bool run() {
    hello_ = ask_adapter(command_, Milliseconds(10'000));
    tell_({"it says hello", true,
           fmt::format("calls {}; so it serves the workloads {}", fmt::join(hello_.calls, ", "),
                       fmt::join(workloads_of_calls(hello_.calls), ", "))});
    first_ = connected();
    second_ = connected();
    await_adapters();
    if (serves({"read", "write"})) check("registers", [this] { return registers(); });
    if (serves({"read", "write", "cas"})) check("compare-and-set", [this] { return cas(); });
    if (serves({"read", "write", "delete"})) check("deletes", [this] { return deletes(); });
    if (serves({"add", "read-set"})) check("sets", [this] { return sets(); });
    if (serves({"append", "read-list"})) check("lists", [this] { return lists(); });
    if (serves({"increment", "read-counter"})) check("counters", [this] { return counters(); });
    if (serves({"enqueue", "dequeue"})) check("queues", [this] { return queues(); });
    if (serves({"acquire", "release"})) check("locks", [this] { return locks(); });
    if (serves({"generate"})) check("ids", [this] { return ids(); });
    if (serves({"transfer", "read-accounts"})) check("banks", [this] { return banks(); });
    if (serves({"read-many", "write-one"})) check("groups", [this] { return groups(); });
    if (serves({"write-all", "watch"})) check("watches", [this] { return watches(); });
    for (const auto& change : changes()) {
      if (!serves({change.name, change.read_name})) continue;
      check("a connection that dies before the answer", [&] { return lost(change, Mode::cut); });
      check("an answer that comes too late", [&] { return lost(change, Mode::hold); });
      check("nobody listens", [&] { return nobody(change); });
      break;
    }
    check("it ends when its input does", [this] { return ends(); });
    return all_passed_;
  }

 private:
  bool serves(const std::vector<std::string>& calls) const {
    return std::all_of(calls.begin(), calls.end(), [this](const std::string& call) {
      return std::find(hello_.calls.begin(), hello_.calls.end(), call) != hello_.calls.end();
    });
  }

  // To the same node by these addresses of all.
  std::unique_ptr<Client> connected(const std::vector<std::string>& addresses) {
    const auto& all = deployment_.addresses;
    auto deployment = deployment_;
    deployment.addresses = addresses;
    const auto own = std::find(all.begin(), all.end(), address_) - all.begin();
    return with_keys_from(
        base_, connect_adapter(command_, addresses[static_cast<std::size_t>(own)], deployment));
  }
  std::unique_ptr<Client> connected() { return connected(deployment_.addresses); }

  // One that begins slowly is no worse an adapter.
  void await_adapters() {
    for (Client* client : {first_.get(), second_.get()})
      for (int i = 0; i < 20; ++i) {
        const auto hello = tried(*client, Read{key_, {}, {}});
        if (hello.error != "the adapter did not answer in time") break;
      }
  }

  void check(const std::string& what, const std::function<std::string()>& body) {
    ConformanceCheck made{what, true, {}};
    ++key_;
    try {
      made.seen = body();
    } catch (const Wrong& wrong) {
      made.passed = false;
      made.seen = wrong.what();
    }
    all_passed_ = all_passed_ && made.passed;
    tell_(made);
  }

  static Tried tried(Client& client, const Call& call) {
    try {
      return {Outcome::ok, client.invoke(call), {}};
    } catch (const Rejected& rejected) {
      return {Outcome::failed, call, rejected.what()};
    } catch (const std::exception& lost) {
      return {Outcome::unknown, call, lost.what()};
    }
  }

  static void require(bool holds, const std::string& otherwise) {
    if (!holds) throw Wrong(otherwise);
  }

  template <class T>
  static T done(Client& client, const T& call) {
    const auto result = tried(client, call);
    require(result.outcome == Outcome::ok, fmt::format("'{}' should be done and is {}",
                                                       adapter_call_name(call), in_words(result)));
    return std::get<T>(result.call);
  }

  static void refused(Client& client, const Call& call, const std::string& why) {
    const auto result = tried(client, call);
    require(result.outcome == Outcome::failed,
            fmt::format("'{}' {} must be failed and is {}", adapter_call_name(call), why,
                        in_words(result)));
  }

  std::string registers() {
    const Key other = ++key_;
    require(!done(*first_, Read{other, {}, {}}).value, "a key that nobody wrote must read as null");
    for (const Int value : {Int{5}, Int{0}, Int{-3}, Int{4'503'599'627'370'497}}) {
      done(*first_, Write{key_, value, {}});
      const auto read = done(*second_, Read{key_, {}, {}});
      require(read.value == value, fmt::format("{} was written and {} is read", value,
                                               read.value ? fmt::to_string(*read.value) : "null"));
    }
    ++key_;
    require(!done(*second_, Read{key_, {}, {}}).value, "keys are not told apart");
    return "null before, every value after, by another process";
  }

  std::string cas() {
    refused(*first_, Cas{key_, 1, 2, {}}, "of a key that nobody wrote");
    done(*first_, Write{key_, 1, {}});
    done(*second_, Cas{key_, 1, 2, {}});
    refused(*first_, Cas{key_, 1, 3, {}}, "from another value");
    require(done(*first_, Read{key_, {}, {}}).value == 2, "a refused one must change nothing");
    return "done where the value is as said, failed where not";
  }

  std::string deletes() {
    done(*first_, Delete{key_});
    done(*first_, Write{key_, 1, {}});
    done(*first_, Delete{key_});
    require(!done(*second_, Read{key_, {}, {}}).value, "what was deleted must read as null");
    return "null after, and nothing to delete is no failure";
  }

  std::string sets() {
    require(done(*first_, ReadSet{key_, {}}).elements.empty(), "a fresh set must be empty");
    for (const Int element : {3, 1, 2}) done(*first_, Add{key_, element});
    auto elements = done(*second_, ReadSet{key_, {}}).elements;
    std::sort(elements.begin(), elements.end());
    require(elements == std::vector<Int>{1, 2, 3},
            fmt::format("1, 2 and 3 were added and {} is read", fmt::join(elements, " ")));
    if (!serves({"remove"})) return "empty before, all after";
    done(*second_, Remove{key_, 2});
    require(done(*first_, ReadSet{key_, {}}).elements.size() == 2,
            "what was removed is still there");
    return "empty before, all after, without what was removed";
  }

  std::string lists() {
    require(done(*first_, ReadList{key_, {}}).elements.empty(), "a fresh list must be empty");
    for (const Int element : {3, 1, 2}) done(*first_, Append{key_, element});
    const auto elements = done(*second_, ReadList{key_, {}}).elements;
    require(elements == std::vector<Int>{3, 1, 2},
            fmt::format("3, 1 and 2 were appended and {} is read", fmt::join(elements, " ")));
    return "all in their order";
  }

  std::string counters() {
    require(done(*first_, ReadCounter{key_, {}}).value.value_or(0) == 0,
            "a fresh counter must be 0 or null");
    done(*first_, Increment{key_, 5});
    done(*second_, Increment{key_, -2});
    const auto value = done(*first_, ReadCounter{key_, {}}).value.value_or(0);
    require(value == 3, fmt::format("5 and -2 were added and {} is read", value));
    return "the sum, negative increments too";
  }

  std::string queues() {
    require(!done(*first_, Dequeue{key_, {}}).element, "a fresh queue must give null");
    std::set<Int> left = {1, 2, 3};
    for (const Int element : left) done(*first_, Enqueue{key_, element});
    for (int i = 0; i < 3; ++i) {
      const auto element = done(*second_, Dequeue{key_, {}}).element;
      require(element && left.erase(*element) == 1, "each element must come out once");
    }
    require(!done(*first_, Dequeue{key_, {}}).element, "an empty queue must give null");
    return "each out once, null when it is empty";
  }

  std::string locks() {
    const auto one = done(*first_, Acquire{key_, {}}).fence;
    refused(*second_, Acquire{key_, {}}, "of a lock that another holds");
    refused(*second_, Release{key_}, "of a lock that it does not hold");
    done(*first_, Release{key_});
    const auto two = done(*second_, Acquire{key_, {}}).fence;
    require(!one || !two || *two > *one, "fences must grow");
    done(*second_, Release{key_});
    return "held by one at a time, freed by its holder only";
  }

  std::string ids() {
    std::set<Int> given;
    for (int i = 0; i < 10; ++i)
      for (Client* client : {first_.get(), second_.get()})
        require(given.insert(done(*client, Generate{key_, 0}).id).second, "an id came twice");
    return "20 different ones";
  }

  static Int sum(const ReadAccounts& read) {
    Int all = 0;
    for (const auto& [account, balance] : read.balances) all += balance;
    return all;
  }

  std::string banks() {
    constexpr Int total = bank_accounts * opening_balance;
    require(sum(done(*first_, ReadAccounts{key_, {}})) == total,
            fmt::format("every account begins with {}", opening_balance));
    done(*first_, Transfer{key_, 0, 1, 4});
    refused(*second_, Transfer{key_, 0, 1, opening_balance}, "of more than there is");
    const auto after = done(*second_, ReadAccounts{key_, {}});
    require(sum(after) == total, "money was made or lost");
    require(after.balances[0].second == opening_balance - 4, "the money did not move");
    return "money moves, none is made, none is owed";
  }

  std::string groups() {
    ReadMany all{key_, {{0, {}}, {1, {}}}};
    require(!done(*first_, all).registers[0].second, "a fresh register must read as null");
    done(*first_, WriteOne{key_, 1, 9});
    const auto read = done(*second_, all);
    require(!read.registers[0].second && read.registers[1].second == 9,
            "9 was written to the second and is not read there alone");
    return "each register on its own";
  }

  std::string watches() {
    done(*first_, WriteAll{key_, {0, 2}, 9, {}});
    const auto seen = done(*second_, WatchGroup{key_, 0, {}, {}});
    require(seen.changes.size() == 2, "a write of two registers is not seen whole");
    done(*first_, WriteAll{key_, {1}, 10, {}});
    const auto more = done(*second_, WatchGroup{key_, 0, {}, {}});
    require(more.from == *seen.version && more.changes.size() == 1 && more.changes[0].value == 10,
            "a second watch does not go on from where the first one ended");
    return "whole, one after the other";
  }

  // The answer to a change is kept back: nobody can know, so the adapter must not say failed if it
  // was done, and not ok at all; and when the answer comes late, it must not pass for the next one.
  std::string lost(const Change& change, Mode mode) {
    LateProxies proxy(deployment_.addresses);
    const auto client = connected(proxy.addresses());
    const Key known = key_, changed = ++key_;
    for (int i = 0; i < 20 && tried(*client, change.change(known)).outcome != Outcome::ok; ++i) {
    }
    const auto served = tried(*client, change.read(known));
    require(
        served.outcome == Outcome::ok,
        "it serves no calls by way of a proxy, whose address it was given: " + in_words(served));
    proxy.set(mode);
    const auto result = tried(*client, change.change(changed));
    // The server may be slower than the timeout of the call.
    for (int i = 0; i < 100 && !proxy.has_answered(); ++i)
      std::this_thread::sleep_for(Milliseconds(20));
    const bool kept_back = proxy.has_answered();
    proxy.set(Mode::pass);
    if (!kept_back) return "not seen: it does not go by the address that it is given";
    const auto direct = tried(*first_, change.read(changed));
    const bool took_effect = direct.outcome == Outcome::ok && change.is_done(direct.call);
    require(result.outcome != Outcome::ok,
            fmt::format("'{}' is ok, and no answer has reached it (or it was sent twice)",
                        change.name));
    require(result.outcome == Outcome::unknown || !took_effect,
            fmt::format("'{}' is {}, and it took effect: a lost answer is unknown", change.name,
                        in_words(result)));
    require(result.error != "the adapter did not answer in time",
            "it did not heed the timeout of the call and had to be killed");
    for (int i = 0; i < 5; ++i) {
      const auto next = tried(*client, change.read(++key_));
      require(next.outcome != Outcome::ok || !change.is_done(next.call),
              "the late answer passed for that of the next call");
      const auto old = tried(*client, change.read(known));
      require(old.outcome != Outcome::ok || change.is_done(old.call),
              "after it, an answer passed for that of another call");
    }
    return in_words(result);
  }

  std::string nobody(const Change& change) {
    const auto client = connected(LateProxies(deployment_.addresses).addresses());  // and gone
    Tried result;
    for (int i = 0; i < 20; ++i) {
      result = tried(*client, change.change(key_));
      if (result.error.find("hello") == std::string::npos &&
          result.error != "the adapter did not answer in time")
        break;
    }
    require(result.outcome != Outcome::ok, "it is ok where nobody was asked");
    return in_words(result);
  }

  std::string ends() {
    AdapterProcess process(command_, adapter_log(deployment_));
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    process.send(adapter_opening(address_, deployment_), until);
    std::string hello;
    process.receive(hello, until);
    process.close_input();
    require(process.await_end(std::chrono::steady_clock::now() + std::chrono::seconds(5)),
            "it still ran 5 s after the end of its input");
    return process.end();
  }

  const std::vector<std::string>& command_;
  const std::string address_;
  Deployment deployment_;
  const Key base_;
  const std::function<void(const ConformanceCheck&)>& tell_;
  AdapterHello hello_;
  std::unique_ptr<Client> first_, second_;
  Key key_ = 0;
  bool all_passed_ = true;
};

}  // namespace

bool check_adapter(const std::vector<std::string>& command, const std::string& address,
                   const Deployment& deployment, Key base,
                   const std::function<void(const ConformanceCheck&)>& tell) {
  return Conformance(command, address, deployment, base, tell).run();
}

}  // namespace tribunal
