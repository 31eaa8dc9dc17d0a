#include "clients/zookeeper/client.h"

#include <fmt/format.h>
#include <zookeeper/zookeeper.h>

#include <map>

#include "clients/zookeeper/dialogue.h"
#include "clients/zookeeper/names.h"
#include "clients/zookeeper/options.h"

namespace tribunal {
namespace {

std::string node_path(std::string_view kind, Key key) { return fmt::format("/{}-{}", kind, key); }

class ZooClient final : public Client {
 public:
  ZooClient(const std::string& address, const Deployment& deployment)
      : zoo_(address, deployment),
        ephemeral_(zookeeper_option(deployment, "lock") == "ephemeral") {}

  Call invoke(const Call& call) override {
    zoo_.begin();
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

  // Who comes from another server has to know that this one is not behind it. ZooKeeper's own
  // clients tell the last transaction that they saw; libzookeeper has no way to be told.
  std::string token() const override { return "seen"; }
  void carry(const std::string&) override { zoo_.distrust(); }

 private:
  struct Found {
    std::optional<Int> value;
    ZooAnswer node;
  };

  // The number in a node; nothing if it is empty or not there.
  Found look(const std::string& path) {
    Found found;
    found.node = zoo_.ask({ZooVerb::get, path});
    if (found.node.code == ZOK && !found.node.data.empty())
      found.value = zoo_number(found.node.data);
    return found;
  }

  std::vector<std::string> children(const std::string& path) {
    return zoo_.ask({ZooVerb::children, path}).children;
  }

  // Writes over the version that was found, or makes the node where there was none.
  Int replace(const std::string& path, const Found& found, Int value) {
    const std::string text = fmt::to_string(value);
    const ZooAnswer written = found.node.code == ZOK
                                  ? zoo_.ask({ZooVerb::set, path, text, found.node.version})
                                  : zoo_.ask({ZooVerb::create, path, text});
    if (written.code != ZOK) throw Rejected("another was faster");
    return written.zxid;
  }

  Call carry_out(Read call) {
    zoo_.catch_up();
    const Found found = look(node_path("register", call.key));
    call.value = found.value;
    if (call.value) call.version = found.node.zxid;
    return call;
  }

  Call carry_out(Write call) {
    call.version = zoo_.put(node_path("register", call.key), fmt::to_string(call.value));
    return call;
  }

  // What it finds may be of the past, and then its version is, too.
  Call carry_out(Cas call) {
    const std::string path = node_path("register", call.key);
    const Found found = look(path);
    if (found.value != call.from) throw Rejected("value did not match");
    call.version = replace(path, found, call.to);
    return call;
  }

  // The node stays, since the versions of another in its place would begin again.
  Call carry_out(const Delete& call) {
    zoo_.ask({ZooVerb::set, node_path("register", call.key), ""});
    return call;
  }

  Call carry_out(const Add& call) {
    zoo_.create_below(node_path("set", call.key), {ZooVerb::create, fmt::to_string(call.element)});
    return call;
  }
  Call carry_out(const Remove& call) {
    zoo_.ask({ZooVerb::remove, fmt::format("{}/{}", node_path("set", call.key), call.element)});
    return call;
  }
  Call carry_out(ReadSet call) {
    zoo_.catch_up();
    for (const std::string& name : children(node_path("set", call.key)))
      call.elements.push_back(zoo_number(name));
    return call;
  }

  Call carry_out(const Append& call) {
    zoo_.create_below(node_path("list", call.key), zoo_in_sequence(call.element));
    return call;
  }
  Call carry_out(ReadList call) {
    zoo_.catch_up();
    for (const ZooName& one : zoo_sorted(children(node_path("list", call.key))))
      call.elements.push_back(one.element);
    return call;
  }

  Call carry_out(const Increment& call) {
    const std::string path = node_path("counter", call.key);
    const Found found = look(path);
    Int sum = 0;
    if (__builtin_add_overflow(found.value.value_or(0), call.by, &sum))
      throw Rejected("the counter is full");
    replace(path, found, sum);
    return call;
  }
  Call carry_out(ReadCounter call) {
    zoo_.catch_up();
    call.value = look(node_path("counter", call.key)).value;
    return call;
  }

  Call carry_out(const Enqueue& call) {
    zoo_.create_below(node_path("queue", call.key), zoo_in_sequence(call.element));
    return call;
  }
  // The first that nobody else has taken. That there is none is believed only of a server that has
  // all that was acknowledged, whatever the option `sync` says.
  Call carry_out(Dequeue call) {
    const std::string queue = node_path("queue", call.key);
    bool certain = zoo_.passes_quorum();
    zoo_.catch_up();
    while (true) {
      const std::vector<ZooName> waiting = zoo_sorted(children(queue));
      for (const ZooName& one : waiting) {
        if (zoo_.ask({ZooVerb::remove, queue + "/" + one.name}).code != ZOK) continue;
        call.element = one.element;
        return call;
      }
      if (waiting.empty() && certain) return call;
      zoo_.pass_quorum();
      certain = true;
    }
  }

  Call carry_out(Acquire call) {
    const std::string path = node_path("lock", call.key);
    const std::uint64_t session = zoo_.session_number();
    const ZooAnswer made =
        zoo_.ask({ephemeral_ ? ZooVerb::create_ephemeral : ZooVerb::create, path});
    if (made.code != ZOK) throw Rejected("another holds it");
    call.fence = made.zxid;
    held_[call.key] = session;
    return call;
  }

  // Only what this client acquired. A lock that went with its session is no longer its own.
  Call carry_out(const Release& call) {
    const auto held = held_.find(call.key);
    if (held == held_.end()) throw Rejected("it does not hold it");
    const bool lost = ephemeral_ && held->second != zoo_.session_number();
    held_.erase(held);
    if (lost) throw Rejected("its session has ended");
    constexpr int as_it_was_made = 0;
    if (zoo_.ask({ZooVerb::remove, node_path("lock", call.key), "", as_it_was_made}).code != ZOK)
      throw Rejected("it no longer holds it");
    return call;
  }

  Call carry_out(Generate call) {
    const ZooAnswer made = zoo_.create_below(node_path("ids", call.key), zoo_in_sequence(0));
    try {
      call.id = zoo_named(made.data).number;
    } catch (const Rejected& nonsense) {
      throw std::runtime_error(nonsense.what());  // it was made, whatever its name
    }
    return call;
  }

  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of ZooKeeper does not serve it");
  }

  ZooDialogue zoo_;
  bool ephemeral_;
  std::map<Key, std::uint64_t> held_;  // locks, by the session that they were got in
};

}  // namespace

std::unique_ptr<Client> connect_zookeeper(const std::string& address,
                                          const Deployment& deployment) {
  return std::make_unique<ZooClient>(address, deployment);
}

}  // namespace tribunal
