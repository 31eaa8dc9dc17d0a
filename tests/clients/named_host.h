// A host of which only the names are asked, for what needs no machine behind it.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/cluster/command.h"
#include "harness/cluster/host.h"

namespace tribunal {

class NamedHost final : public Host {
 public:
  NamedHost(std::size_t index, std::string address, std::filesystem::path data = "/data")
      : index_(index),
        name_("n" + std::to_string(index + 1)),
        address_(std::move(address)),
        data_(std::move(data)) {}
  const std::string& name() const override { return name_; }
  std::size_t index() const override { return index_; }
  const std::string& address() const override { return address_; }
  std::filesystem::path data() const override { return data_; }
  CommandResult run(const std::vector<std::string>& command, Milliseconds deadline,
                    const std::string& input) override {
    return run_command(command, deadline, input);
  }
  int start(const Daemon&) override { throw std::logic_error("not asked"); }
  Tool& tool(const std::string&) override { throw std::logic_error("not asked"); }
  void signal_all(int) override {}
  std::vector<Process> processes() override { return {}; }
  std::optional<int> ended(int, Milliseconds) override { return std::nullopt; }
  bool probe(Host&, Milliseconds) override { return false; }

 private:
  std::size_t index_;
  std::string name_, address_;
  std::filesystem::path data_;
};

}  // namespace tribunal
