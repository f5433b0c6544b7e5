// SPDX-License-Identifier: Apache-2.0
#include "admin/webhooks/keys_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>

#include "common/json/json_object.hpp"
#include "common/process/read_input.hpp"
#include "common/signature/signature.hpp"
#include "common/text/printable.hpp"

namespace trunkline::admin {
namespace {

struct keys_file {
  std::string text, error, path;
  // nullopt: the file does not exist.
  std::optional<struct stat> about;
};

std::string with_errno(const std::string& what) {
  return what + ": " + std::strerror(errno);
}

// Resolves symbolic links: replacing a link would leave the gateway with the old file.
std::string resolved(const std::string& path) {
  char* found = ::realpath(path.c_str(), nullptr);
  if (found == nullptr) return path;
  std::string out = found;
  std::free(found);
  return out;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

keys_file read_keys_file(const std::string& path) {
  keys_file out;
  out.path = resolved(path);
  struct stat about {};
  if (::stat(out.path.c_str(), &about) != 0) {
    if (errno != ENOENT) out.error = with_errno("cannot read " + out.path);
    return out;
  }
  out.about = about;
  if (!S_ISREG(about.st_mode)) {
    out.error = out.path + " is not a file";
    return out;
  }
  auto read = read_input(out.path);
  out.error = read.problem;
  out.text = std::move(read.bytes);
  signature::key_ring ring;
  for (const auto& line : signature::split_keys(out.text))
    if (!ring.add(line).empty()) out.error = out.path + " has invalid lines";
  return out;
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Locks the folder, so that two programs cannot overwrite each other's keys. Returns an error, or
// an empty string.
std::string lock(int folder, const std::string& name) {
  using clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds max_wait(5);
  for (const auto start = clock::now(); ::flock(folder, LOCK_EX | LOCK_NB) != 0;) {
    if (errno != EWOULDBLOCK && errno != EINTR) return with_errno("cannot lock " + name);
    if (clock::now() - start > max_wait)
      return "another program has held the lock of " + name +
             " for 5 s ('lslocks' shows which); add the key manually";
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return "";
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// The new file starts with mode 0600: other users can never read it before its mode is set.
std::string fill(int fd, const keys_file& old, const std::string& text) {
  if (old.about) {
    if (::fchown(fd, old.about->st_uid, old.about->st_gid) != 0)
      return with_errno("cannot keep the owner of " + old.path);
    if (::fchmod(fd, old.about->st_mode & 07777) != 0)
      return with_errno("cannot keep the mode of " + old.path);
  }
  if (!write_all(fd, text) || ::fsync(fd) != 0)
    return with_errno("cannot write next to " + old.path);
  return "";
}

std::string replace(const keys_file& old, const std::string& text) {
  std::string name = old.path + ".XXXXXX";
  const descriptor file(::mkstemp(name.data()));  // 0600
  if (file.get() < 0) return with_errno("cannot write next to " + old.path);
  std::string error = fill(file.get(), old, text);
  if (error.empty() && ::rename(name.c_str(), old.path.c_str()) != 0)
    error = with_errno("cannot replace " + old.path);
  if (!error.empty()) {
    ::unlink(name.c_str());
    return error;
  }
  const descriptor folder(::open(folder_of(old.path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
  return "";
}

}  // namespace

std::string key_line(openphone::generation which, const std::string& key) {
  return which == openphone::generation::v1 && !key.starts_with("whsec_") ? "legacy:" + key : key;
}

std::string check_keys_file(const std::string& path) {
  const auto old = read_keys_file(path);
  if (!old.error.empty()) return old.error;
  const auto folder = folder_of(old.path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return with_errno("cannot write in " + folder);
  return "";
}

std::string append_key(
    const std::string& path, const std::string& line, const std::string& comment
) {
  const auto name = folder_of(resolved(path));
  const descriptor folder(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return with_errno("cannot open " + name);
  if (auto error = lock(folder.get(), name); !error.empty()) return error;
  const auto old = read_keys_file(path);
  if (!old.error.empty()) return old.error;
  signature::key_ring ring;
  if (const auto error = ring.add(line); !error.empty())
    return "the gateway does not accept the provider's key: " + error;
  const auto known = signature::split_keys(old.text);
  if (std::count(known.begin(), known.end(), line) > 0) return "";
  std::string text = old.text;
  if (!text.empty() && text.back() != '\n') text += '\n';
  return replace(old, text + "# " + printable(comment) + "\n" + line + "\n");
}

}  // namespace trunkline::admin
