#include "clients/endpoints/running.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "clients/adapter/ready.h"
#include "clients/endpoints/fresh_keys.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

class EndpointHost final : public Host {
 public:
  EndpointHost(std::size_t index, std::string address)
      : index_(index), name_(fmt::format("n{}", index + 1)), address_(std::move(address)) {}

  const std::string& name() const override { return name_; }
  std::size_t index() const override { return index_; }
  const std::string& address() const override { return address_; }
  std::filesystem::path data() const override { out_of_reach(); }
  CommandResult run(const std::vector<std::string>&, Milliseconds, const std::string&) override {
    out_of_reach();
  }
  int start(const Daemon&) override { out_of_reach(); }
  Tool& tool(const std::string&) override { out_of_reach(); }
  void signal_all(int) override { out_of_reach(); }
  std::vector<Process> processes() override { return {}; }
  std::optional<int> ended(int, Milliseconds) override { return {}; }
  bool probe(Host&, Milliseconds) override { out_of_reach(); }

 private:
  [[noreturn]] void out_of_reach() const {
    throw Error(Blame::usage,
                fmt::format("{} is an endpoint: of {} nothing but its clients is in reach", name_,
                            address_),
                "leave out --endpoints, so that Tribunal starts the database itself");
  }

  const std::size_t index_;
  const std::string name_, address_;
};

// What the client of a built-in database can do with an endpoint.
struct Reach {
  const char* database;
  bool tls;
  std::vector<std::string> options;  // those that are the client's, not the server's
};

const std::vector<Reach>& reaches() {
  static const std::vector<Reach> all = {
      {"etcd", true, {"reads", "lock", "lease-ttl", "bookmark"}},
  };
  return all;
}

}  // namespace

Database running_database(const Database& database, Key base) {
  Database made;
  made.name = database.name;
  made.summary = database.summary;
  made.workloads = database.workloads;
  made.options = database.options;
  made.promises = database.promises;
  made.find = [](const std::string&) { return std::pair<std::string, std::string>(); };
  made.start = [](Host&, const Deployment&) {};
  made.role = [](Host&, const Deployment&) { return std::string(); };
  made.connect = [connect = database.connect, base](const std::string& address,
                                                    const Deployment& deployment) {
    return with_keys_from(base, connect(address, deployment));
  };
  made.ready = [asker = std::make_shared<ReadinessAsker>(made.connect)](
                   Host& host, const Deployment& deployment, Milliseconds deadline) {
    return asker->answers(host.address(), deployment, deadline);
  };
  return made;
}

std::unique_ptr<Cluster> endpoints_cluster(const std::vector<std::string>& endpoints) {
  std::vector<std::unique_ptr<Host>> hosts;
  for (const auto& endpoint : endpoints)
    hosts.push_back(std::make_unique<EndpointHost>(hosts.size(), endpoint));
  return std::make_unique<Cluster>(std::move(hosts));
}

void check_endpoints(const std::string& database, const Access& access,
                     const std::map<std::string, std::string>& chosen) {
  const auto& all = reaches();
  const auto reach = std::find_if(all.begin(), all.end(),
                                  [&](const Reach& one) { return one.database == database; });
  if (reach == all.end())
    throw Error(Blame::usage,
                fmt::format("--endpoints: the built-in client of {} only speaks to what Tribunal "
                            "has started",
                            database),
                "an adapter of your own (docs/adapters.md), or: etcd");
  if (access.tls && !reach->tls)
    throw Error(Blame::usage, fmt::format("the client of {} does not serve TLS yet", database),
                "an adapter of your own, which is handed the certificates");
  if (!access.user.empty() || !access.password.empty())
    throw Error(Blame::usage,
                fmt::format("the client of {} does not log in by user and password yet", database),
                "a client certificate (--access-file with certificate and key), or an adapter");
  for (const auto& [name, value] : chosen)
    if (std::find(reach->options.begin(), reach->options.end(), name) == reach->options.end())
      throw Error(Blame::usage,
                  fmt::format("--set {}={}: that is said when {} is started, and it runs already",
                              name, value, database),
                  fmt::format("with --endpoints: {}", fmt::join(reach->options, ", ")));
}

}  // namespace tribunal
