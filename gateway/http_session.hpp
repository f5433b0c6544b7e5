// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "gateway/session_context.hpp"

namespace boost::asio {
class io_context;
}

namespace trunkline::gateway {

// Serves the requests of an accepted, non-blocking stream socket. The session owns the socket and
// keeps itself alive until the connection ends.
void start_session(boost::asio::io_context&, session_context&, int socket);

}  // namespace trunkline::gateway
