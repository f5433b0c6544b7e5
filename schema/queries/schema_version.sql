-- SPDX-License-Identifier: Apache-2.0
-- Returns the schema version, the oldest schema version that a compatible program was built with, and the settings that
-- this session lacks because its startup options were dropped. Settings made in other ways, such as for the role, count.
select coalesce(max(version), 0), coalesce(max(compatible_from), 0),
       array_to_string(array(
         select name
           from (values ('lock_timeout', '0'), ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
                        ('plan_cache_mode', 'auto'), ('enable_seqscan', 'on'), ('enable_hashjoin', 'on'),
                        ('enable_mergejoin', 'on'), ('jit', 'on')) as ours (name, unset)
          where current_setting('trunkline.options', true) is null and current_setting(name) = unset), ', ')
  from schema_migrations
