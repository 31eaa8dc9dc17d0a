#include "clients/etcd/client.h"

#include <fmt/format.h>

#include <sstream>

#include "clients/etcd/dialogue.h"
#include "clients/etcd/locks.h"
#include "clients/etcd/numbers.h"
#include "clients/etcd/options.h"
#include "clients/etcd/two_steps.h"
#include "clients/etcd/watch.h"

namespace tribunal {
namespace {

std::string register_key(Key key) { return fmt::format("register/{}", key); }
std::string set_prefix(Key key) { return fmt::format("set/{}/", key); }

bool is_set(const Deployment& deployment, const char* option, std::string_view value) {
  return etcd_option(deployment, option) == value;
}

Int lease_seconds(const Deployment& deployment) {
  return is_set(deployment, "lock", "lease") ? std::stoll(etcd_option(deployment, "lease-ttl")) : 0;
}

// The group that a session watched last, and up to which revision: "3 120".
std::string place_text(Key key, Int revision) { return fmt::format("{} {}", key, revision); }
std::optional<std::pair<Key, Int>> place_in(const std::string& text) {
  std::istringstream in(text);
  std::pair<Key, Int> place;
  if (in >> place.first >> place.second) return place;
  return std::nullopt;
}

class EtcdClient final : public Client {
 public:
  EtcdClient(const std::string& address, const Deployment& deployment)
      : etcd_(etcd_endpoint(address), deployment,
              is_set(deployment, "reads", "serializable") ? ReadFrom::member : ReadFrom::quorum),
        locks_(etcd_endpoint(address), deployment.access, lease_seconds(deployment)),
        bookmark_(is_set(deployment, "bookmark", "progress") ? Bookmark::progress
                                                             : Bookmark::marker) {}

  Call invoke(const Call& call) override {
    etcd_.begin();
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

  // From where a watch goes on at another member.
  std::string token() const override {
    return watched_ ? place_text(watched_->first, watched_->second) : std::string();
  }
  void carry(const std::string& token) override { watched_ = place_in(token); }

 private:
  Call carry_out(Read call) {
    const auto found = etcd_.range(one_key(register_key(call.key)));
    if (found.empty()) return call;
    sensible([&] { call.value = number_in(found[0]); });
    call.version = found[0].modified;
    return call;
  }

  Call carry_out(Write call) {
    call.version = etcd_.put(register_key(call.key), fmt::to_string(call.value));
    return call;
  }

  Call carry_out(Cas call) {
    const std::string key = register_key(call.key);
    TxnBody swap;
    swap.if_value(key, fmt::to_string(call.from)).put(key, fmt::to_string(call.to));
    call.version = etcd_.change(swap);
    if (!call.version) throw Rejected("value did not match");
    return call;
  }

  Call carry_out(const Delete& call) {
    etcd_.erase(register_key(call.key));
    return call;
  }

  Call carry_out(const Add& call) {
    etcd_.put(set_prefix(call.key) + element_text(call.element), "");
    return call;
  }

  Call carry_out(const Remove& call) {
    etcd_.erase(set_prefix(call.key) + element_text(call.element));
    return call;
  }

  Call carry_out(ReadSet call) {
    const std::string prefix = set_prefix(call.key);
    const auto found = etcd_.range(with_prefix(prefix));
    sensible([&] {
      for (const KeyValue& pair : found) call.elements.push_back(element_in(pair, prefix.size()));
    });
    return call;
  }

  Call carry_out(const Increment& call) { return increment(etcd_, call); }
  Call carry_out(const ReadCounter& call) { return read_counter(etcd_, call); }
  Call carry_out(const Append& call) { return append(etcd_, call); }
  Call carry_out(const ReadList& call) { return read_list(etcd_, call); }
  Call carry_out(const Enqueue& call) { return enqueue(etcd_, call); }
  Call carry_out(const Dequeue& call) { return dequeue(etcd_, call); }
  Call carry_out(const Transfer& call) { return transfer(etcd_, call); }
  Call carry_out(const ReadAccounts& call) { return read_accounts(etcd_, call); }

  Call carry_out(const Acquire& call) { return locks_.acquire(etcd_, call); }
  Call carry_out(const Release& call) { return locks_.release(etcd_, call); }

  // Revisions grow with every change to the store.
  Call carry_out(Generate call) {
    call.id = etcd_.put(fmt::format("ids/{}", call.key), "");
    return call;
  }

  Call carry_out(ReadMany call) {
    TxnBody reads;
    for (const auto& [which, value] : call.registers)
      reads.range(one_key(group_key(call.key, which)), etcd_.reads());
    const auto found = etcd_.look(reads);
    sensible([&] {
      for (std::size_t i = 0; i < found.size(); ++i) {
        require_within(found[i], group_key(call.key, call.registers[i].first), "");
        if (!found[i].empty()) call.registers[i].second = number_in(found[i][0]);
      }
    });
    return call;
  }

  Call carry_out(const WriteOne& call) {
    etcd_.put(group_key(call.key, call.which), fmt::to_string(call.value));
    return call;
  }

  Call carry_out(WriteAll call) {
    TxnBody writes;
    for (const Key which : call.which)
      writes.put(group_key(call.key, which), fmt::to_string(call.value));
    call.version = etcd_.change(writes);
    if (!call.version) throw std::runtime_error("it was not done though nothing was compared");
    return call;
  }

  Call carry_out(WatchGroup call) {
    call.from = watched_ && watched_->first == call.key ? watched_->second : 0;
    call = watch_group(etcd_, std::move(call), bookmark_);
    watched_ = {call.key, *call.version};
    return call;
  }

  Dialogue etcd_;
  EtcdLocks locks_;
  const Bookmark bookmark_;
  std::optional<std::pair<Key, Int>> watched_;  // last: the group, and up to which revision
};

}  // namespace

std::unique_ptr<Client> connect_etcd(const std::string& address, const Deployment& deployment) {
  return std::make_unique<EtcdClient>(address, deployment);
}

std::string etcd_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":2379" : address;
}

}  // namespace tribunal
