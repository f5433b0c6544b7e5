/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: the wall clock is $CLOCK_OFFSET seconds off, the steady clock is not. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static time_t offset;

__attribute__((constructor)) static void begin(void) {
  const char* seconds = getenv("CLOCK_OFFSET");
  offset = seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t which, struct timespec* out) {
  const int got = (int)syscall(SYS_clock_gettime, which, out);
  if (!got && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) out->tv_sec += offset;
  return got;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
