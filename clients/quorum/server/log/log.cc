#include "clients/quorum/server/log/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

namespace tribunal::quorum {
namespace {

constexpr std::chrono::milliseconds deferral{400}, between_looks{20};

[[noreturn]] void give_up(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Returns the length of the whole records; what follows was torn.
std::uint64_t replay_whole(const std::filesystem::path& path,
                           const std::function<void(const nlohmann::json&)>& replay) {
  std::ifstream lines(path, std::ios::binary);
  std::uint64_t good = 0;
  for (std::string line; std::getline(lines, line);) {
    if (lines.eof()) break;  // no newline at its end
    const auto record = nlohmann::json::parse(line, nullptr, false);
    if (record.is_discarded()) break;
    replay(record);
    good += line.size() + 1;
  }
  return good;
}

}  // namespace

Log::Log(const std::filesystem::path& path, Durability durability,
         const std::function<void(const nlohmann::json&)>& replay)
    : durability_(durability) {
  const std::uint64_t good = replay_whole(path, replay);
  file_ = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0644);
  if (file_ < 0) give_up("open the log");
  if (ftruncate(file_, static_cast<off_t>(good)) != 0) give_up("cut the log");
  if (durability == Durability::deferred)
    writer_ = std::jthread([this](const std::stop_token& stop) { write_when_due(stop); });
}

Log::~Log() {
  writer_ = {};
  if (file_ >= 0) close(file_);
}

std::uint64_t Log::append(const nlohmann::json& record) {
  std::string line = record.dump();
  line += '\n';
  const std::scoped_lock lock(mutex_);
  if (durability_ == Durability::deferred) {
    deferred_.emplace_back(std::chrono::steady_clock::now() + deferral, std::move(line));
  } else {
    write_out(line);
  }
  return ++appended_;
}

std::uint64_t Log::last() {
  const std::scoped_lock lock(mutex_);
  return appended_;
}

void Log::await(std::uint64_t ticket) {
  if (durability_ != Durability::synced) return;
  std::unique_lock lock(mutex_);
  while (synced_ < ticket) {
    if (syncing_) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
      continue;
    }
    syncing_ = true;
    const std::uint64_t reached = appended_;
    lock.unlock();
    const int failed = fdatasync(file_);
    lock.lock();
    syncing_ = false;
    if (failed != 0) give_up("sync the log");
    synced_ = reached;
    changed_.notify_all();
  }
}

void Log::clear() {
  const std::scoped_lock lock(mutex_);
  deferred_.clear();
  if (ftruncate(file_, 0) != 0) give_up("clear the log");
}

void Log::write_out(const std::string& bytes) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = write(file_, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) give_up("write the log");
    written += static_cast<std::size_t>(count);
  }
}

void Log::write_when_due(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, between_looks, [] { return false; });
    for (const auto now = std::chrono::steady_clock::now();
         !deferred_.empty() && deferred_.front().first <= now; deferred_.pop_front())
      write_out(deferred_.front().second);
  }
}

}  // namespace tribunal::quorum
