-- SPDX-License-Identifier: Apache-2.0
-- Counts those of the transactions $1 that still hold the structure lock, and lists their backends.
select count(distinct virtualtransaction), string_agg(distinct pid::text, ', ')
  from pg_locks
 where locktype = 'advisory' and granted and classid = 0 and objid = 1953655660 and objsubid = 1
   and database = (select oid from pg_database where datname = current_database())
   and virtualtransaction = any($1::text[])
