#include "tests/nemesis/disk_exercise.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/record/random.h"

namespace tribunal {
namespace {

std::string outcome(long result) {
  return result < 0 ? std::strerror(errno) : std::to_string(result);
}

// One of the two folders, and what is open in it.
struct Twin {
  std::string folder;
  std::vector<int> open = {};

  std::string path(const std::string& name) const { return folder + "/" + name; }
};

// A call with all its parameters drawn, made on each folder.
using Step = std::function<std::string(Twin&)>;

std::string any_name(Random& random) {
  const std::string name(1, static_cast<char>('a' + random.below(6)));
  return random.below(3) == 0
             ? std::string("d") + static_cast<char>('1' + random.below(2)) + "/" + name
             : name;
}

std::string any_folder(Random& random) {
  return std::string("d") + static_cast<char>('1' + random.below(2));
}

Step draw_open(Random& random) {
  static constexpr int flags[] = {O_RDWR | O_CREAT,           O_RDWR,
                                  O_RDWR | O_CREAT | O_TRUNC, O_RDONLY,
                                  O_RDWR | O_APPEND,          O_RDWR | O_CREAT | O_EXCL,
                                  O_RDWR | O_CREAT | O_DSYNC};
  return [name = any_name(random), flag = flags[random.below(7)]](Twin& twin) {
    const int file = ::open(twin.path(name).c_str(), flag | O_CLOEXEC, 0640);
    if (file >= 0) twin.open.push_back(file);
    return "open " + name + ": " + (file < 0 ? std::strerror(errno) : "ok");
  };
}

std::string read_all(int file) {
  std::string bytes(200'000, '\0');
  const ssize_t n = ::pread(file, bytes.data(), bytes.size(), 0);
  bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return fmt::format("{} bytes {:x}", n, std::hash<std::string>()(bytes));
}

std::string store_mapped(int file, std::uint64_t place, char byte) {
  struct stat status {};
  ::fstat(file, &status);
  if (status.st_size == 0) return "nothing to map";
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const map = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) return std::string("map: ") + std::strerror(errno);
  static_cast<char*>(map)[place % size] = byte;
  const long result = ::msync(map, size, MS_SYNC);
  ::munmap(map, size);
  return "map: " + outcome(result);
}

std::string status_of_open(int file) {
  struct stat status {};
  const int result = ::fstat(file, &status);
  return fmt::format("stat {} size {} links {} mode {:o}", result, status.st_size, status.st_nlink,
                     status.st_mode);
}

Step draw_on_open(Random& random) {
  const std::uint64_t kind = random.below(10), place = random.below(40'000),
                      length = 1 + random.below(9000), which = random.next();
  const char byte = static_cast<char>('a' + random.below(26));
  return [=](Twin& twin) -> std::string {
    if (twin.open.empty()) return "none open";
    const std::size_t index = which % twin.open.size();
    const int file = twin.open[index];
    const std::string bytes(length, byte);
    const auto offset = static_cast<off_t>(place), size = static_cast<off_t>(length);
    if (kind < 3) return "write " + outcome(::pwrite(file, bytes.data(), length, offset));
    if (kind == 3) return "append " + outcome(::write(file, bytes.data(), length));
    if (kind == 4) return "cut " + outcome(::ftruncate(file, offset));
    if (kind == 5) return "sync " + outcome(place % 2 ? ::fsync(file) : ::fdatasync(file));
    if (kind == 6) return store_mapped(file, place, byte);
    if (kind == 7) return "read " + read_all(file) + " " + status_of_open(file);
    if (kind == 8) {
      static constexpr int modes[] = {0, FALLOC_FL_KEEP_SIZE,
                                      FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE};
      return "allocate " + outcome(::fallocate(file, modes[place % 3], offset, size));
    }
    ::close(file);
    twin.open.erase(twin.open.begin() + static_cast<std::ptrdiff_t>(index));
    return "closed";
  };
}

Step draw_on_names(Random& random) {
  const std::uint64_t kind = random.below(9);
  const std::string a = any_name(random), b = any_name(random), folder = any_folder(random),
                    other = any_folder(random);
  const unsigned flags = static_cast<unsigned>(random.below(3));  // RENAME_NOREPLACE, _EXCHANGE
  return [=](Twin& twin) -> std::string {
    const std::string from = twin.path(a), to = twin.path(b);
    if (kind == 0) return "unlink " + outcome(::unlink(from.c_str()));
    if (kind <= 2)
      return "rename " + outcome(::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags));
    if (kind == 3) return "link " + outcome(::link(from.c_str(), to.c_str()));
    if (kind == 4) return "mkdir " + outcome(::mkdir(twin.path(folder).c_str(), 0750));
    if (kind == 5) return "rmdir " + outcome(::rmdir(twin.path(folder).c_str()));
    if (kind == 6) return "symlink " + outcome(::symlink(b.c_str(), from.c_str()));
    if (kind == 7) return "chmod " + outcome(::chmod(from.c_str(), 0600 + (flags << 3)));
    return "rename folder " +
           outcome(::rename(twin.path(folder).c_str(), twin.path(other).c_str()));
  };
}

std::vector<std::string> tree(const std::string& top, const std::string& below) {
  std::vector<std::string> lines;
  const std::string folder = top + "/" + below;
  DIR* const entries = ::opendir(folder.c_str());
  if (entries == nullptr) return {below + " cannot be listed"};
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(entries)) names.emplace_back(entry->d_name);
  ::closedir(entries);
  std::sort(names.begin(), names.end());
  for (const auto& name : names) {
    if (name == "." || name == "..") continue;
    const std::string path = folder + "/" + name;
    struct stat status {};
    ::lstat(path.c_str(), &status);
    std::string line = fmt::format("{}{} {:o}", below, name, status.st_mode);
    if (S_ISREG(status.st_mode)) {
      const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      line += fmt::format(" links {} {}", status.st_nlink, read_all(file));
      ::close(file);
    } else if (S_ISLNK(status.st_mode)) {
      char target[PATH_MAX + 1] = {};
      [[maybe_unused]] const auto n = ::readlink(path.c_str(), target, PATH_MAX);
      line += std::string(" to ") + target;
    }
    lines.push_back(line);
    if (S_ISDIR(status.st_mode))
      for (auto& deeper : tree(top, below + name + "/")) lines.push_back(std::move(deeper));
  }
  return lines;
}

int do_the_same(std::uint64_t seed, long steps, Twin first, Twin second) {
  Random random(seed);
  for (long i = 0; i < steps; ++i) {
    const std::uint64_t kind = random.below(10);
    const Step step = kind < 2   ? draw_open(random)
                      : kind < 6 ? draw_on_open(random)
                                 : draw_on_names(random);
    const std::string a = step(first), b = step(second);
    if (a != b) {
      std::cout << "step " << i << ": " << a << " | " << b << "\n";
      return 1;
    }
    if (i % 50 != 49) continue;
    const auto left = tree(first.folder, ""), right = tree(second.folder, "");
    if (left == right) continue;
    for (const auto& line : left) std::cout << "1 " << line << "\n";
    for (const auto& line : right) std::cout << "2 " << line << "\n";
    std::cout << "after step " << i << "\n";
    return 1;
  }
  return 0;
}

void put(const std::string& path, const std::string& bytes, off_t offset) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  [[maybe_unused]] const auto n = ::pwrite(file, bytes.data(), bytes.size(), offset);
  ::close(file);
}

void sync_path(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::fsync(file);
  ::close(file);
}

// What each file holds after a power cut is in its name.
int write_files(const std::string& folder) {
  const std::string synced(10'000, 's'), late(5'000, 'l');
  for (const std::string name :
       {"kept", "kept-first-part", "kept-before-overwriting", "kept-whole"})
    put(folder + "/" + name, synced, 0);
  put(folder + "/kept-under-its-old-name", synced, 0);
  put(folder + "/kept-though-removed", synced, 0);
  for (const std::string name : {"kept", "kept-first-part", "kept-before-overwriting", "kept-whole",
                                 "kept-under-its-old-name", "kept-though-removed"})
    sync_path(folder + "/" + name);
  put(folder + "/kept-first-part", late, 10'000);
  put(folder + "/kept-before-overwriting", late, 2'000);
  if (::truncate((folder + "/kept-whole").c_str(), 100) != 0) return 1;
  ::rename((folder + "/kept-under-its-old-name").c_str(), (folder + "/gone-new-name").c_str());
  ::unlink((folder + "/kept-though-removed").c_str());
  put(folder + "/gone", late, 0);
  return 0;
}

int call_once(const std::string& folder, const std::string& call) {
  const std::string path = folder + "/called";
  const std::string bytes(4096, 'c');
  int file = -1;
  long result = -1;
  if (call == "append" || call == "overwrite") {
    file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    struct stat status {};
    if (file >= 0) ::fstat(file, &status);
    const off_t place = call == "append" ? status.st_size : 0;
    result = file < 0 ? -1 : ::pwrite(file, bytes.data(), bytes.size(), place);
  } else if (call == "create") {
    result = file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  } else if (call == "read") {
    std::string read(4096, '\0');
    file = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
    result = file < 0 ? -1 : ::pread(file, read.data(), read.size(), 0);
    if (result > 0)
      std::cout << std::count_if(read.begin(), read.begin() + result, [](char c) {
        return c != 'c';
      }) << " ";
  } else if (call == "mkdir") {
    result = ::mkdir((folder + "/made").c_str(), 0700);
  } else if (call == "remove") {
    result = ::rmdir((folder + "/made").c_str());
  } else if (call == "fsync") {
    file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    result = file < 0 ? -1 : ::fsync(file);
  }
  std::cout << (result < 0 ? std::strerror(errno) : "ok") << "\n";
  return 0;
}

// Bytes of what is read are counted from their place, so that none can stand for another.
bool is_what_was_written(const std::string& bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != static_cast<char>('A' + i / 1000 % 26)) return false;
  return true;
}

std::string read_directly(const std::string& path) {
  constexpr std::size_t most = std::size_t{4} << 20;
  const std::unique_ptr<char, decltype(&std::free)> pages(
      static_cast<char*>(std::aligned_alloc(4096, most)), &std::free);
  const int file = ::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC);
  const ssize_t n = ::pread(file, pages.get(), most, 0);
  ::close(file);
  if (n < 0) throw std::runtime_error(std::strerror(errno));
  return {pages.get(), static_cast<std::size_t>(n)};
}

// Like a database it makes sure of what it finds before it goes on.
int work(const std::string& folder) {
  const std::string path = folder + "/log";
  const int log = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (log < 0) return 1;
  const std::string found = read_directly(path);
  auto size = static_cast<off_t>(found.size()) / 1000 * 1000;
  // A disk without power may have kept the length of a file and not its last bytes.
  const std::size_t last = found.find_last_not_of('\0');
  if (last != std::string::npos && last + 1 < found.size())
    size = static_cast<off_t>(last + 1) / 1000 * 1000;
  for (std::uint64_t turn = 0;; ++turn) {
    if (!is_what_was_written(read_directly(path).substr(0, static_cast<std::size_t>(size))))
      return 1;
    const std::string bytes(1000, static_cast<char>('A' + size / 1000 % 26));
    if (::pwrite(log, bytes.data(), bytes.size(), size) != 1000) return 1;
    if (turn % 2 == 1 && ::fsync(log) != 0) return 1;
    size += 1000;
    ::usleep(5'000);
  }
}

}  // namespace

int be_disk_exercise(int argc, char** argv) {
  const std::vector<std::string> words(argv + 2, argv + argc);
  if (words.size() == 5 && words[0] == "same")
    return do_the_same(std::stoull(words[1]), std::stol(words[2]), {words[3]}, {words[4]});
  if (words.size() == 2 && words[0] == "write") return write_files(words[1]);
  if (words.size() == 2 && words[0] == "work") return work(words[1]);
  if (words.size() == 3 && words[0] == "call") return call_once(words[1], words[2]);
  return 64;
}

}  // namespace tribunal
