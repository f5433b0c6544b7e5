-- SPDX-License-Identifier: Apache-2.0
-- Returns now and $1 milliseconds before it, in microseconds since 1970 by the clock of the database, and the pause.
select (extract(epoch from now()) * 1000000)::bigint,
  (extract(epoch from now() - $1::bigint * interval '1 millisecond') * 1000000)::bigint,
  {pause_columns}
