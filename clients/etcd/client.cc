#include "clients/etcd/client.h"

#include <fmt/format.h>

#include <map>

#include "clients/etcd/dialogue.h"
#include "clients/etcd/numbers.h"
#include "clients/etcd/two_steps.h"

namespace tribunal {
namespace {

std::string register_key(Key key) { return fmt::format("register/{}", key); }
std::string set_prefix(Key key) { return fmt::format("set/{}/", key); }
std::string lock_key(Key key) { return fmt::format("lock/{}", key); }
std::string group_key(Key key, Key which) { return fmt::format("group/{}/{}", key, which); }

ReadFrom reads_of(const Deployment& deployment) {
  const auto reads = deployment.options.find("reads");
  const bool by_member = reads != deployment.options.end() && reads->second == "serializable";
  return by_member ? ReadFrom::member : ReadFrom::quorum;
}

class EtcdClient final : public Client {
 public:
  EtcdClient(const std::string& address, const Deployment& deployment)
      : etcd_(etcd_endpoint(address), deployment, reads_of(deployment)) {}

  Call invoke(const Call& call) override {
    etcd_.begin();
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

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

  Call carry_out(Acquire call) {
    const std::string key = lock_key(call.key);
    TxnBody create;
    create.if_created_at(key, 0).put(key, "");
    call.fence = etcd_.change(create);
    if (!call.fence) throw Rejected("another holds it");
    held_[call.key] = *call.fence;
    return call;
  }

  // Only what this client acquired, by the revision that did it.
  Call carry_out(const Release& call) {
    const auto held = held_.find(call.key);
    if (held == held_.end()) throw Rejected("it does not hold it");
    const std::string key = lock_key(call.key);
    TxnBody free;
    free.if_created_at(key, held->second).erase(key);
    const auto freed = etcd_.change(free);
    held_.erase(held);
    if (!freed) throw Rejected("it no longer holds it");
    return call;
  }

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

  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of etcd does not serve it");
  }

  Dialogue etcd_;
  std::map<Key, Int> held_;  // locks, by the revision that acquired them
};

}  // namespace

std::unique_ptr<Client> connect_etcd(const std::string& address, const Deployment& deployment) {
  return std::make_unique<EtcdClient>(address, deployment);
}

std::string etcd_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? address + ":2379" : address;
}

}  // namespace tribunal
