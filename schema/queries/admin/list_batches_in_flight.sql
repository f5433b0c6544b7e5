-- SPDX-License-Identifier: Apache-2.0
-- Transactions that hold the structure lock (structure_lock_shared.sql).
select distinct virtualtransaction
  from pg_locks
 where locktype = 'advisory' and granted and classid = 0 and objid = 1953655660 and objsubid = 1
   and database = (select oid from pg_database where datname = current_database())
