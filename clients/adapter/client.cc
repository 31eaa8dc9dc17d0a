#include "clients/adapter/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "clients/adapter/process.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using Got = AdapterProcess::Got;

// From its start to its hello, over as many calls as that takes.
constexpr Milliseconds hello_patience{10'000};

// What its answer had to be taken for.
std::string said(Got got, AdapterProcess& process) {
  switch (got) {
    case Got::end:
      return fmt::format("the adapter ended ({})", process.end());
    case Got::too_long:
      return "the adapter writes a line without end";
    default:
      return "the adapter did not answer in time";
  }
}

class AdapterClient final : public Client {
 public:
  AdapterClient(std::vector<std::string> command, std::string address, const Deployment& deployment)
      : command_(std::move(command)), address_(std::move(address)), deployment_(deployment) {
    open();
  }

  Call invoke(const Call& call) override {
    const auto until = steady_clock::now() + deployment_.call_timeout;
    greet(until);
    const std::string name = adapter_call_name(call);
    if (std::find(hello_->calls.begin(), hello_->calls.end(), name) == hello_->calls.end())
      throw Rejected(fmt::format("the adapter does not serve '{}'", name));
    if (process_->has_more()) {
      close();
      throw Rejected("the adapter ended, or said what it was not asked");
    }
    return ask(call, until);
  }

 private:
  void open() {
    hello_.reset();
    process_ = std::make_unique<AdapterProcess>(command_, adapter_log(deployment_));
    opened_ = steady_clock::now();
    process_->send(adapter_opening(address_, deployment_), opened_);
  }

  void close() {
    process_->kill();
    process_.reset();
  }

  // Nothing of a call was sent yet: whatever goes wrong here had no effect.
  void greet(AdapterProcess::Time until) {
    if (!process_) open();
    if (hello_) return;
    std::string line;
    const Got got = process_->receive(line, until);
    std::string error = got == Got::line ? std::string() : said(got, *process_);
    if (got == Got::line) {
      try {
        hello_ = read_adapter_hello(line);
        return;
      } catch (const BadLine& bad) {
        error = fmt::format("the adapter's hello is none: {}", bad.what());
      }
    }
    const bool may_come =
        got == Got::nothing_in_time && steady_clock::now() < opened_ + hello_patience;
    if (!may_come) close();
    throw Rejected(words(error));
  }

  Call ask(const Call& call, AdapterProcess::Time until) {
    const auto left = std::chrono::floor<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) throw Rejected("the adapter took all the time to begin");
    ++id_;
    // A tenth of the time is for its answer to come.
    const auto sent = process_->send(
        adapter_request(id_, call, std::max(Milliseconds(1), left - left / 10)), until);
    if (sent == AdapterProcess::Sent::nothing) {
      close();
      throw Rejected("the adapter takes no calls");
    }
    std::string line;
    const Got got = sent == AdapterProcess::Sent::all ? process_->receive(line, until) : Got::end;
    if (got != Got::line) lose(call, said(got, *process_), true);
    AdapterReply reply;
    try {
      reply = read_adapter_reply(line, id_, call);
    } catch (const BadLine& bad) {
      lose(call, fmt::format("the adapter's answer is none: {}", bad.what()), true);
    }
    if (reply.outcome == Outcome::failed) throw Rejected(words(reply.error));
    if (reply.outcome == Outcome::unknown) lose(call, reply.error, false);
    return reply.call;
  }

  std::string words(const std::string& text) const {
    return adapter_words(text, deployment_.access.password);
  }

  // A read has no effect however it ended.
  [[noreturn]] void lose(const Call& call, const std::string& error, bool broken) {
    if (broken) close();
    if (is_adapter_read(call)) throw Rejected(words(error));
    throw std::runtime_error(words(error));
  }

  const std::vector<std::string> command_;
  const std::string address_;
  const Deployment deployment_;
  std::unique_ptr<AdapterProcess> process_;
  AdapterProcess::Time opened_{};
  std::optional<AdapterHello> hello_;
  std::int64_t id_ = 0;
};

}  // namespace

std::unique_ptr<Client> connect_adapter(const std::vector<std::string>& command,
                                        const std::string& address, const Deployment& deployment) {
  return std::make_unique<AdapterClient>(command, address, deployment);
}

std::filesystem::path adapter_log(const Deployment& deployment) {
  const std::string logs = deployment.notes->get("logs");
  return logs.empty() ? std::filesystem::path() : std::filesystem::path(logs) / "adapter.log";
}

AdapterHello ask_adapter(const std::vector<std::string>& command, Milliseconds deadline) {
  AdapterProcess process(command, {});
  const auto until = steady_clock::now() + deadline;
  process.send(adapter_opening("", Deployment{}), until);
  std::string line;
  const Got got = process.receive(line, until);
  std::string error;
  if (got != Got::line) {
    error = said(got, process);
  } else {
    try {
      return read_adapter_hello(line);
    } catch (const BadLine& bad) {
      error = fmt::format("it said '{}': {}", adapter_words(line, {}), bad.what());
    }
  }
  throw Error(Blame::environment,
              fmt::format("the adapter '{}' did not say hello: {}",
                          command.empty() ? "" : command[0], error),
              "an adapter's first line is {\"tribunal\":1,\"calls\":[...]}: docs/adapters.md");
}

}  // namespace tribunal
