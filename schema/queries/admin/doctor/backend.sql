-- SPDX-License-Identifier: Apache-2.0
-- Returns the process id of the server process of this connection.
select pg_backend_pid()
