// Runs the hook for a vDSO as a process would, in memory of its own, and exits with 0 if every
// clock moves as its record says. C, so that a cross compiler and an emulator are all that another
// kind of machine takes; the structs repeat nemesis/clock/hook_data.h.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

extern const char tribunal_hook_begin[], tribunal_hook_end[], tribunal_hook_clock_gettime[],
    tribunal_hook_gettimeofday[];

struct slot {
  int64_t offset, slope, since, delta, period;
};
struct data {
  char magic[8];
  uint8_t generation, counting, unused[6];
  uint64_t image, image_length, counters[2];
  char originals[48];
  struct slot records[2][5];
};

static const int64_t second = 1000000000;
static struct data* hook;
static int (*hooked_clock_gettime)(clockid_t, struct timespec*);
static int (*hooked_gettimeofday)(struct timeval*, struct timezone*);
static int failures = 0;

static void expect(int holds, const char* what) {
  if (holds) return;
  printf("not so: %s\n", what);
  ++failures;
}

static int64_t true_time(clockid_t clock) {
  struct timespec now;
  syscall(SYS_clock_gettime, clock, &now);
  return now.tv_sec * second + now.tv_nsec;
}

static int64_t hooked_time(clockid_t clock) {
  struct timespec now = {0, -1};
  expect(hooked_clock_gettime(clock, &now) == 0, "it answers");
  expect(now.tv_nsec >= 0 && now.tv_nsec < second, "nanoseconds are less than a second");
  return now.tv_sec * second + now.tv_nsec;
}

static void put_hook_into_memory(void) {
  const size_t length = 4096;
  char* place = mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(place, tribunal_hook_begin, (size_t)(tribunal_hook_end - tribunal_hook_begin));
  mprotect(place, length, PROT_READ | PROT_WRITE | PROT_EXEC);
  __builtin___clear_cache(place, place + length);
  hook = (struct data*)place;
  hook->image = (uint64_t)place;
  hook->image_length = length;
  void* entry = place + (tribunal_hook_clock_gettime - tribunal_hook_begin);
  memcpy(&hooked_clock_gettime, &entry, sizeof entry);
  entry = place + (tribunal_hook_gettimeofday - tribunal_hook_begin);
  memcpy(&hooked_gettimeofday, &entry, sizeof entry);
}

// Puts one slot's motion in force.
static void move(int slot, struct slot motion) {
  const uint8_t next = (uint8_t)(hook->generation + 1);
  hook->records[next & 1][slot] = motion;
  hook->generation = next;
}

static void expect_ahead(clockid_t clock, int64_t by, const char* what) {
  const int64_t earlier = true_time(clock), said = hooked_time(clock), later = true_time(clock);
  expect(said >= earlier + by && said <= later + by, what);
}

static void try_offsets(void) {
  const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_TAI, CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
                              CLOCK_BOOTTIME};
  for (int slot = 0; slot < 5; ++slot) {
    expect_ahead(clocks[slot], 0, "at first it is true");
    move(slot, (struct slot){(slot + 1) * 3600 * second, 0, 0, 0, 0});
    expect_ahead(clocks[slot], (slot + 1) * 3600 * second, "an offset");
    move(slot, (struct slot){-5 * second, 0, 0, 0, 0});
    expect_ahead(clocks[slot], -5 * second, "behind");
  }
  struct timespec ignored;
  expect(hooked_clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ignored) == 0, "a clock of CPU time");
  expect(hooked_clock_gettime(99, &ignored) != 0, "there is no such clock");
}

static void try_gettimeofday(void) {
  move(0, (struct slot){3600 * second, 0, 0, 0, 0});
  struct timeval now;
  const int64_t earlier = true_time(CLOCK_REALTIME);
  expect(hooked_gettimeofday(&now, 0) == 0, "gettimeofday answers");
  const int64_t said = now.tv_sec * second + now.tv_usec * 1000;
  expect(said >= earlier + 3600 * second - 1000, "gettimeofday is ahead");
  expect(said <= true_time(CLOCK_REALTIME) + 3600 * second, "gettimeofday is not too far ahead");
  struct timezone zone = {7, 7};
  expect(hooked_gettimeofday(0, &zone) == 0 && zone.tz_dsttime != 7, "the zone is told");
}

static void try_motions(void) {
  const int64_t since = true_time(CLOCK_REALTIME) - second;
  move(0, (struct slot){0, -(1LL << 32), since, 0, 0});
  expect(hooked_time(CLOCK_REALTIME) == since, "a frozen clock");
  move(0, (struct slot){0, 1LL << 31, since, 0, 0});
  const int64_t earlier = true_time(CLOCK_REALTIME), said = hooked_time(CLOCK_REALTIME);
  const int64_t later = true_time(CLOCK_REALTIME);
  expect(said >= earlier + (earlier - since) / 2 - 1 && said <= later + (later - since) / 2 + 1,
         "half as fast again");
  for (int alternate = 0; alternate < 2; ++alternate) {  // in the middle of a period of an hour
    const int64_t hour = 3600 * second, begun = true_time(CLOCK_REALTIME) - hour / 2;
    move(0, (struct slot){0, 0, begun - alternate * hour, 7 * second, hour});
    expect_ahead(CLOCK_REALTIME, alternate * 7 * second, "a strobe");
  }
  move(0, (struct slot){-true_time(CLOCK_REALTIME) - second / 2, 0, 0, 0, 0});
  expect(hooked_time(CLOCK_REALTIME) < 0, "before the epoch");
}

static void try_counting(void) {
  hook->counting = 1;
  hooked_time(CLOCK_REALTIME);
  hooked_time(CLOCK_MONOTONIC);
  hooked_time(CLOCK_TAI);
  expect(hook->counting == 2, "it counts");
  expect(hook->counters[0] == 2 && hook->counters[1] == 1, "wall and monotonic readings");
}

int main(void) {
  put_hook_into_memory();
  try_offsets();
  try_gettimeofday();
  try_motions();
  try_counting();
  return failures == 0 ? 0 : 1;
}
