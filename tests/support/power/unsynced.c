/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into redis-server or postgres: keeps an undo log of what is written to regular files below
 * $UNSYNCED_FOLDER, with marks where an fsync began and ended. A power loss is then played by power.py: it kills the
 * server and takes back all that no finished fsync covers. Nothing is changed in what the server does.
 *
 * The log ($UNSYNCED_LOG) is a row of records: struct record, then the old bytes. Each is one write() to a file opened
 * with O_APPEND, so those of several processes do not mix. A write is two records, before and after it: one that was
 * still under way when an fsync began is not covered by that fsync.
 *
 * $UNSYNCED_SLOW: milliseconds that each fsync takes longer, so that a kill finds one under way.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { BEFORE = 'w', DONE = 'd', SYNC_BEGAN = 's', SYNC_ENDED = 'e', GONE = 'g' };

struct record {
  uint32_t kind;
  uint32_t old_bytes;  /* so many follow */
  uint64_t token;      /* the same in both records of a write or of an fsync */
  uint64_t inode;
  int64_t offset;      /* where the old bytes were */
  int64_t old_length;  /* of the file */
};

static int log_fd = -1;
static char folder[PATH_MAX];
static useconds_t slow;
static uint64_t counter;

#define REAL(name) (__extension__(__typeof__(&name)) real(#name))

static void* real(const char* name) {
  return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void begin(void) {
  const char* path = getenv("UNSYNCED_LOG");
  const char* where = getenv("UNSYNCED_FOLDER");
  const char* wait = getenv("UNSYNCED_SLOW");
  if (!path || !where || !realpath(where, folder)) return;
  if (wait) slow = (useconds_t)atoi(wait) * 1000;
  const int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return;
  log_fd = fcntl(fd, F_DUPFD_CLOEXEC, 200); /* out of the way of a server that counts its descriptors */
  close(fd);
}

/* A regular file below the folder, whatever it is called by now. */
static int watched(int fd, struct stat* about) {
  if (log_fd < 0 || fd == log_fd || fstat(fd, about) || !S_ISREG(about->st_mode) || !about->st_nlink) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  const size_t root = strlen(folder);
  return !strncmp(path, folder, root) && path[root] == '/';
}

static void note(struct record about, const void* bytes) {
  const struct iovec parts[] = {{&about, sizeof about}, {(void*)bytes, about.old_bytes}};
  if (REAL(writev)(log_fd, parts, 2) != (ssize_t)(sizeof about + about.old_bytes)) abort(); /* the test is void */
}

/* Before a change of [offset, offset + size): keeps what is there. Returns the token, 0 for a file of no interest. */
static uint64_t before(int fd, off_t offset, size_t size) {
  const int saved = errno;
  struct stat about;
  uint64_t token = 0;
  if (watched(fd, &about)) {
    if (offset < 0) {
      const int flags = fcntl(fd, F_GETFL);
      offset = flags & O_APPEND ? about.st_size : lseek(fd, 0, SEEK_CUR);
    }
    const off_t end = offset + (off_t)size < about.st_size ? offset + (off_t)size : about.st_size;
    const size_t kept = end > offset ? (size_t)(end - offset) : 0;
    char* old = kept ? malloc(kept) : NULL;
    if (kept) {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd); /* fd itself may be for writing only */
      const int reader = open(link, O_RDONLY | O_CLOEXEC);
      if (!old || reader < 0 || pread(reader, old, kept, offset) != (ssize_t)kept) abort();
      close(reader);
    }
    token = (uint64_t)getpid() << 32 | (uint32_t)__atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
    note((struct record){BEFORE, (uint32_t)kept, token, about.st_ino, offset, about.st_size}, old);
    free(old);
  }
  errno = saved;
  return token;
}

static void done(uint64_t token, enum kind kind) {
  const int saved = errno;
  if (token) note((struct record){kind, 0, token, 0, 0, 0}, NULL);
  errno = saved;
}

static size_t total(const struct iovec* parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; i++) sum += parts[i].iov_len;
  return sum;
}

/* offset -1: where the file stands. */
#define PASS(result, token, call) \
  do {                            \
    const result got = (call);    \
    done(token, DONE);            \
    return got;                   \
  } while (0)

ssize_t write(int fd, const void* data, size_t size) {
  const uint64_t token = before(fd, -1, size);
  PASS(ssize_t, token, REAL(write)(fd, data, size));
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  const uint64_t token = before(fd, -1, total(parts, count));
  PASS(ssize_t, token, REAL(writev)(fd, parts, count));
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  const uint64_t token = before(fd, offset, size);
  PASS(ssize_t, token, REAL(pwrite)(fd, data, size, offset));
}

ssize_t pwrite64(int fd, const void* data, size_t size, off_t offset) {
  return pwrite(fd, data, size, offset);
}

ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t offset) {
  const uint64_t token = before(fd, offset, total(parts, count));
  PASS(ssize_t, token, REAL(pwritev)(fd, parts, count, offset));
}

ssize_t pwritev64(int fd, const struct iovec* parts, int count, off_t offset) {
  return pwritev(fd, parts, count, offset);
}

int ftruncate(int fd, off_t length) {
  const uint64_t token = before(fd, length, (size_t)1 << 40);
  PASS(int, token, REAL(ftruncate)(fd, length));
}

int ftruncate64(int fd, off_t length) {
  return ftruncate(fd, length);
}

int posix_fallocate(int fd, off_t offset, off_t size) {
  const uint64_t token = before(fd, offset, 0); /* it changes the length at most */
  PASS(int, token, REAL(posix_fallocate)(fd, offset, size));
}

int posix_fallocate64(int fd, off_t offset, off_t size) {
  return posix_fallocate(fd, offset, size);
}

static int synced(int fd, int (*flush)(int)) {
  struct stat about;
  uint64_t token = 0;
  if (watched(fd, &about)) {
    token = (uint64_t)getpid() << 32 | (uint32_t)__atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED);
    note((struct record){SYNC_BEGAN, 0, token, about.st_ino, 0, about.st_size}, NULL);
    if (slow) usleep(slow);
  }
  const int got = flush(fd);
  if (!got) done(token, SYNC_ENDED);
  return got;
}

int fsync(int fd) {
  return synced(fd, REAL(fsync));
}

int fdatasync(int fd) {
  return synced(fd, REAL(fdatasync));
}

/* sync_file_range() is no promise of anything: it passes, and covers nothing. */

/* The number of a file that goes may be given to a new one, which has nothing to undo from before. */
static void gone(const char* path) {
  const int saved = errno;
  struct stat about;
  if (log_fd >= 0 && !lstat(path, &about) && S_ISREG(about.st_mode) && about.st_nlink == 1)
    note((struct record){GONE, 0, 0, about.st_ino, 0, 0}, NULL);
  errno = saved;
}

int unlink(const char* path) {
  gone(path);
  return REAL(unlink)(path);
}

int rename(const char* from, const char* to) {
  struct stat one, other;
  if (!lstat(from, &one) && !lstat(to, &other) && one.st_ino != other.st_ino) gone(to);
  return REAL(rename)(from, to);
}
