-- SPDX-License-Identifier: Apache-2.0
-- What is there, and the oldest schema a program may have been built with and still work; then which of our settings
-- this session lacks, if its startup options were dropped on the way. Set by other means, as of the role, they will do.
select coalesce(max(version), 0), coalesce(max(compatible_from), 0),
       array_to_string(array(
         select name
           from (values ('lock_timeout', '0'), ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '0'),
                        ('plan_cache_mode', 'auto'), ('enable_seqscan', 'on'), ('enable_hashjoin', 'on'),
                        ('enable_mergejoin', 'on'), ('jit', 'on')) as ours (name, unset)
          where current_setting('trunkline.options', true) is null and current_setting(name) = unset), ', ')
  from schema_migrations
