// A small server of the tests that libfaketime is for: it tells its clocks over UDP, and a thread
// of it waits on a condition variable until moments of its wall clock, 50 ms ahead each. An answer
// is "wall monotonic waits shortest longest": nanoseconds, how often it has waited, and how long,
// by a clock that nobody moves, since it was asked last. A number for a question begins this
// program anew, as a child that answers on that port.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int64_t second = 1000000000, wait_length = 50000000;
static pthread_mutex_t seen_mutex = PTHREAD_MUTEX_INITIALIZER;
static int64_t waits, shortest, longest;  // guarded by seen_mutex

static int64_t nanoseconds(struct timespec time) { return time.tv_sec * second + time.tv_nsec; }

static int64_t told(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return nanoseconds(now);
}

static int64_t unmoved(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return nanoseconds(now);
}

static void* wait_on(void* nothing) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&mutex);
  for (;;) {
    const int64_t until = told(CLOCK_REALTIME) + wait_length, begun = unmoved();
    const struct timespec moment = {until / second, until % second};
    while (pthread_cond_timedwait(&never, &mutex, &moment) == 0) {
    }
    const int64_t lasted = unmoved() - begun;
    pthread_mutex_lock(&seen_mutex);
    ++waits;
    if (shortest == 0 || lasted < shortest) shortest = lasted;
    if (lasted > longest) longest = lasted;
    pthread_mutex_unlock(&seen_mutex);
  }
  return nothing;
}

static void tell(int port) {
  const int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (bind(server, (struct sockaddr*)&own, sizeof own) != 0) _exit(1);
  for (;;) {
    char question[32] = {0}, answer[160];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    recvfrom(server, question, sizeof question - 1, 0, (struct sockaddr*)&from, &size);
    if (atoi(question) > 0 && fork() == 0)
      _exit(execl("/proc/self/exe", "clock_waiter", question, (char*)NULL));
    pthread_mutex_lock(&seen_mutex);
    snprintf(answer, sizeof answer, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
             told(CLOCK_REALTIME), told(CLOCK_MONOTONIC), waits, shortest, longest);
    shortest = longest = 0;
    pthread_mutex_unlock(&seen_mutex);
    sendto(server, answer, strlen(answer), 0, (struct sockaddr*)&from, size);
  }
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) return puts("clock_waiter 1") == EOF;
  if (argc != 2) return 64;
  signal(SIGCHLD, SIG_IGN);
  pthread_t thread;
  if (pthread_create(&thread, NULL, wait_on, NULL) != 0) return 1;
  tell(atoi(argv[1]));
}
