-- SPDX-License-Identifier: Apache-2.0
-- Counts the rows that this session has inserted, updated and deleted, including those that were rolled back.
select relname, n_tup_ins, n_tup_upd, n_tup_del
  from pg_stat_xact_user_tables
 where n_tup_ins + n_tup_upd + n_tup_del > 0
