#include "harness/cluster/host_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "harness/cluster/cell.h"
#include "harness/cluster/failed_step.h"
#include "harness/cluster/mount_tree.h"

namespace tribunal {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// Between clone and exec only system calls: other threads of the controller may hold any lock.
[[noreturn]] void become_host(int socket, char* const* arguments) {
  make_all_read_only();  // here, since the new program may open files of its own accord; it looks
                         // whether it was done
  ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  ::fcntl(socket, F_SETFD, 0);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::execve("/proc/self/exe", arguments, environ);
  ::_exit(127);
}

int start_init(int socket) {
  std::string number = std::to_string(socket), verb = cell_host_verb, name = "tribunal";
  const std::array<char*, 4> arguments{name.data(), verb.data(), number.data(), nullptr};
  const unsigned long flags =
      CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD;
  const long pid = ::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr);
  if (pid == 0) become_host(socket, arguments.data());
  return static_cast<int>(must(pid, "create the namespaces of a host"));
}

}  // namespace

HostLink::HostLink(std::string host, std::function<void(const std::string&)> arrived)
    : host_(std::move(host)), arrived_(std::move(arrived)) {
  try {
    auto [ours, theirs] = Channel::make_pair();
    init_ = start_init(theirs.number());
    channel_.emplace(std::move(ours));
  } catch (const FailedStep& failed) {
    throw cell_unavailable(failed);
  }
  listener_ = std::jthread([this] { listen(); });
}

HostLink::~HostLink() {
  ::kill(init_, SIGKILL);
  ::shutdown(channel_->number(), SHUT_RDWR);
  listener_.join();
  ::waitpid(init_, nullptr, 0);  // returns when the kernel has ended all the host's processes
}

HostLink::Ticket HostLink::send(json request, const std::vector<int>& descriptors) {
  Ticket ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    ticket = request["id"] = ++last_;
  }
  const std::scoped_lock lock(sending_);
  channel_->send(request, descriptors);  // when it fails, the answer does not come
  return ticket;
}

json HostLink::answer(Ticket ticket) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, Clock::now() + host_deadline,
                      [&] { return dead_ || answers_.contains(ticket); });
  if (!answers_.contains(ticket)) {
    complain_if_dead();
    throw Error(Blame::environment, fmt::format("host {} did not answer within {} s", host_,
                                                host_deadline.count() / 1000));
  }
  json answer = std::move(answers_.extract(ticket).mapped());
  if (answer.contains("failed"))
    throw Error(Blame::environment,
                fmt::format("host {} could not {}: {}", host_, answer["failed"].get<std::string>(),
                            std::strerror(answer["errno"])));
  return answer;
}

std::optional<int> HostLink::ended(int pid, Milliseconds deadline) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, Clock::now() + deadline,
                      [&] { return dead_ || statuses_.contains(pid); });
  if (const auto found = statuses_.find(pid); found != statuses_.end()) return found->second;
  complain_if_dead();
  return {};
}

void HostLink::complain_if_dead() const {
  if (dead_)
    throw Error(Blame::environment, fmt::format("host {} died: its init has ended", host_));
}

void HostLink::listen() {
  while (auto message = channel_->receive()) take(message->body);
  const std::scoped_lock lock(mutex_);
  dead_ = true;
  changed_.notify_all();
}

void HostLink::take(const json& message) {
  if (message.contains("arrived")) return arrived_(message["arrived"]);
  const std::scoped_lock lock(mutex_);
  if (message.contains("ended")) {
    statuses_[message["ended"]] = message["status"];
  } else {
    if (message.contains("pid"))
      statuses_.erase(message["pid"].get<int>());  // the number is in use again
    answers_[message["to"]] = message;
  }
  changed_.notify_all();
}

}  // namespace tribunal
