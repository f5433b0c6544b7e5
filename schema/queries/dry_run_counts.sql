-- SPDX-License-Identifier: Apache-2.0
-- Rows that this session has inserted, updated and deleted so far, rolled back ones included.
select relname, n_tup_ins, n_tup_upd, n_tup_del
  from pg_stat_xact_user_tables
 where n_tup_ins + n_tup_upd + n_tup_del > 0
