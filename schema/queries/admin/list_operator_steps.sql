-- SPDX-License-Identifier: Apache-2.0
-- Returns the actions of operators on the event $1, newest first, at most $2.
select action, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), who, login, attempts::text,
       to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), nullif(reason, '')
  from operator_log
 where event_id = $1::bigint
 order by id desc
 limit $2::bigint
