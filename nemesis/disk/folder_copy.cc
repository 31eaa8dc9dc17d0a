#include "nemesis/disk/folder_copy.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>
#include <system_error>
#include <vector>

namespace tribunal {
namespace {

template <class Number>
Number demand(Number result, const std::string& step) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), step);
  return result;
}

Descriptor open_at(int folder, const std::string& name, int flags, mode_t mode = 0) {
  return Descriptor(
      demand(::openat(folder, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode), "open " + name));
}

void copy_range(int from, int to, off_t begin, off_t end) {
  std::vector<char> buffer(1 << 18);
  while (begin < end) {
    const auto length =
        static_cast<std::size_t>(std::min<off_t>(end - begin, static_cast<off_t>(buffer.size())));
    const ssize_t n = demand(::pread(from, buffer.data(), length, begin), "read a file");
    if (n == 0) return;
    for (ssize_t done = 0; done < n;)
      done += demand(
          ::pwrite(to, buffer.data() + done, static_cast<std::size_t>(n - done), begin + done),
          "write a file");
    begin += n;
  }
}

std::uint64_t copy_file(int from, int to, off_t size) {
  std::uint64_t copied = 0;
  demand(::ftruncate(to, size), "set the size of a file");
  for (off_t end = 0; end < size;) {
    const off_t begin = ::lseek(from, end, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) break;  // a hole up to the end
    demand(begin, "look for data");
    end = demand(::lseek(from, begin, SEEK_HOLE), "look for a hole");
    copy_range(from, to, begin, end);
    copied += static_cast<std::uint64_t>(end - begin);
  }
  return copied;
}

void copy_attributes(int to, const std::string& name, const struct stat& status) {
  const timespec times[] = {status.st_atim, status.st_mtim};
  demand(::fchownat(to, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW),
         "set an owner");
  if (!S_ISLNK(status.st_mode))
    demand(::fchmodat(to, name.c_str(), status.st_mode & 07777, 0), "set a mode");
  demand(::utimensat(to, name.c_str(), times, AT_SYMLINK_NOFOLLOW), "set times");
}

void copy_link(int from, int to, const std::string& name) {
  char target[PATH_MAX + 1] = {};
  demand(::readlinkat(from, name.c_str(), target, PATH_MAX), "read a link");
  demand(::symlinkat(target, to, name.c_str()), "make a link");
}

std::uint64_t copy_entry(int from, int to, const std::string& name) {
  struct stat status {};
  demand(::fstatat(from, name.c_str(), &status, AT_SYMLINK_NOFOLLOW), "look at " + name);
  std::uint64_t copied = 0;
  if (S_ISDIR(status.st_mode)) {
    copied = copy_folder(open_folder(from, name).number(), make_folder(to, name).number(), {});
  } else if (S_ISREG(status.st_mode)) {
    copied = copy_file(open_at(from, name, O_RDONLY).number(),
                       open_at(to, name, O_RDWR | O_CREAT | O_EXCL, 0600).number(), status.st_size);
  } else if (S_ISLNK(status.st_mode)) {
    copy_link(from, to, name);
  } else {
    return 0;
  }
  copy_attributes(to, name, status);
  return copied;
}

}  // namespace

Descriptor open_folder(int parent, const std::string& name) {
  return open_at(parent, name, O_RDONLY | O_DIRECTORY);
}

Descriptor make_folder(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::system_error(errno, std::generic_category(), "make the folder " + name);
  return open_folder(parent, name);
}

void for_each_entry(int folder, const std::string& except,
                    const std::function<void(const std::string&)>& visit) {
  const auto close = [](DIR* entries) { ::closedir(entries); };
  std::vector<std::string> names;  // first all, since a visit may remove
  {
    Descriptor own = open_folder(folder, ".");
    const std::unique_ptr<DIR, decltype(close)> entries(::fdopendir(own.number()), close);
    if (!entries) throw std::system_error(errno, std::generic_category(), "read a folder");
    own.release();
    for (const dirent* entry = nullptr; (entry = ::readdir(entries.get())) != nullptr;)
      if (const std::string name = entry->d_name; name != "." && name != ".." && name != except)
        names.push_back(name);
  }
  for (const auto& name : names) visit(name);
}

std::uint64_t copy_folder(int from, int to, const std::string& except) {
  std::uint64_t copied = 0;
  for_each_entry(from, except,
                 [&](const std::string& name) { copied += copy_entry(from, to, name); });
  return copied;
}

std::uint64_t count_other_files(int one, int other, const std::string& except) {
  std::uint64_t count = 0;
  for_each_entry(one, except, [&](const std::string& name) {
    struct stat own {
    }, there{};
    if (::fstatat(one, name.c_str(), &own, AT_SYMLINK_NOFOLLOW) != 0) return;
    if (::fstatat(other, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) {
      ++count;
    } else if (S_ISDIR(own.st_mode) && S_ISDIR(there.st_mode)) {
      count +=
          count_other_files(open_folder(one, name).number(), open_folder(other, name).number(), {});
    } else if (S_ISREG(own.st_mode)) {
      count += own.st_size != there.st_size || own.st_mtim.tv_sec != there.st_mtim.tv_sec ||
               own.st_mtim.tv_nsec != there.st_mtim.tv_nsec;
    }
  });
  return count;
}

void empty_folder(int folder, const std::string& except) {
  for_each_entry(folder, except, [&](const std::string& name) {
    if (::unlinkat(folder, name.c_str(), 0) == 0) return;
    if (errno != EISDIR && errno != EPERM)
      throw std::system_error(errno, std::generic_category(), "remove " + name);
    empty_folder(open_folder(folder, name).number(), {});
    demand(::unlinkat(folder, name.c_str(), AT_REMOVEDIR), "remove " + name);
  });
}

}  // namespace tribunal
