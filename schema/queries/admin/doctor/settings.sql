-- SPDX-License-Identifier: Apache-2.0
-- Reads version, settings, number of connections, role and clock of the server.
select current_setting('server_version_num'), current_setting('server_version'),
  current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
  current_setting('max_connections'), current_setting('superuser_reserved_connections'),
  (select sum(numbackends) from pg_stat_database), pg_is_in_recovery(),
  extract(epoch from clock_timestamp()), current_setting('lock_timeout')
