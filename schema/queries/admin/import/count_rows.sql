-- SPDX-License-Identifier: Apache-2.0
-- All rows of an old table, and those without an id or with a duplicate one.
select count(*), count(*) - count(distinct id) from {table}
