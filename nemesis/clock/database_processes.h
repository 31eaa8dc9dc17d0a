// Which processes of this host are the database's: all but the host's own init and what the harness
// runs beside it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tribunal {

// Throws std::runtime_error where this program does not run on a host of a cell, so that nobody
// else's processes are ever touched.
void must_be_on_a_host();

// Whether a process or thread has begun on this host since it was last asked; much cheaper than
// looking at all there are.
class Beginnings {
 public:
  Beginnings();
  ~Beginnings();
  Beginnings(const Beginnings&) = delete;
  bool any();

 private:
  int file_;
  std::string last_;
};

std::vector<pid_t> numbered_processes();  // every process there is, cheaply
bool is_of_database(pid_t process);       // and has not ended
bool still_runs(pid_t process);           // not even as a zombie
std::string command_of(pid_t process);    // its short name

}  // namespace tribunal
