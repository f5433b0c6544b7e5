// SPDX-License-Identifier: Apache-2.0
#include "common/redis/reply.hpp"

#include <hiredis/read.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <span>
#include <utility>

namespace trunkline::redis {
namespace {

void append_header(std::string& out, char mark, std::size_t number) {
  char text[24];
  text[0] = mark;
  char* end = std::to_chars(text + 1, text + sizeof text - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(text, end);
}

// Does not call reserve(): an exact size would defeat the doubling of a buffer that holds many
// commands.
template <class Texts>
void append_all(std::string& out, const Texts& args) {
  append_header(out, '*', args.size());
  for (const std::string_view arg : args) {
    append_header(out, '$', arg.size());
    out.append(arg).append("\r\n");
  }
}

}  // namespace

std::string_view reply::error_code() const {
  return is_error() ? std::string_view(text).substr(0, text.find(' ')) : std::string_view{};
}

void append_command(std::string& out, std::initializer_list<std::string_view> args) {
  append_all(out, args);
}
void append_command(std::string& out, const std::vector<std::string>& args) {
  append_all(out, args);
}

// hiredis calls a function per item, which builds the redis::reply in place, so that a string is
// copied once.
struct reply_reader::impl {
  redisReader* reader = nullptr;
  // The reply under construction; hiredis keeps pointers into it.
  reply root;

  // Returns the reply for one item. The vector of a parent grows only while none of its elements is
  // under construction, so the pointers of hiredis to the ancestors stay valid.
  static reply& item_of(const redisReadTask* task) {
    if (!task->parent) {
      auto& root = static_cast<impl*>(task->privdata)->root;
      root = reply{};
      return root;
    }
    return static_cast<reply*>(task->parent->obj)->elements.emplace_back();
  }

  // Returns nullptr if memory is exhausted, because exceptions must not pass through C. The reader
  // is then broken.
  template <class Fill>
  static void* build(const redisReadTask* task, Fill fill) {
    try {
      auto& built = item_of(task);
      fill(built);
      return &built;
    } catch (const std::exception&) {
      return nullptr;
    }
  }

  static void* on_string(const redisReadTask* task, char* bytes, std::size_t size) {
    return build(task, [&](reply& built) {
      built.type = task->type == REDIS_REPLY_ERROR    ? reply::kind::error
                   : task->type == REDIS_REPLY_STATUS ? reply::kind::status
                                                      : reply::kind::string;
      built.text.assign(bytes, size);
    });
  }

  static void* on_array(const redisReadTask* task, int size) {
    return build(task, [&](reply& built) {
      // The announced size is not trusted: a sender needs few bytes for "*2147483647".
      constexpr int max_reserved = 1024;
      built.type = reply::kind::array;
      built.elements.reserve(static_cast<std::size_t>(std::clamp(size, 0, max_reserved)));
    });
  }

  static void* on_integer(const redisReadTask* task, long long value) {
    return build(task, [&](reply& built) {
      built.type = reply::kind::integer;
      built.integer = value;
    });
  }

  static void* on_nil(const redisReadTask* task) {
    return build(task, [](reply& built) { built.type = reply::kind::nil; });
  }

  // The reader does not own root.
  static void on_free(void*) {}
};

reply_reader::reply_reader() : impl_(new impl) {
  static redisReplyObjectFunctions functions{
      impl::on_string, impl::on_array, impl::on_integer, impl::on_nil, impl::on_free};
  impl_->reader = redisReaderCreateWithFunctions(&functions);
  if (!impl_->reader) {
    delete impl_;
    throw std::bad_alloc();
  }
  impl_->reader->privdata = impl_;
  // Size of the buffer that is kept between replies. The default of 16 KiB would reallocate at each
  // read of a busy connection.
  impl_->reader->maxbuf = 1u << 20;
}

reply_reader::~reply_reader() {
  redisReaderFree(impl_->reader);
  delete impl_;
}

void reply_reader::feed(std::string_view bytes) {
  redisReaderFeed(impl_->reader, bytes.data(), bytes.size());
}

bool reply_reader::next(reply& out) {
  void* done = nullptr;
  if (redisReaderGetReply(impl_->reader, &done) != REDIS_OK || !done) return false;
  out = std::move(impl_->root);
  return true;
}

bool reply_reader::broken() const {
  return impl_->reader->err != 0;
}

}  // namespace trunkline::redis
