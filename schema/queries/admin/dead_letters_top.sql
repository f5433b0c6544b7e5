-- SPDX-License-Identifier: Apache-2.0
-- A time above all dead letters, in microseconds since 1970. Events that die later are not listed.
select (extract(epoch from now()) * 1000000)::bigint + 1
