-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on activities; $1: the id of the activity or card. No message text.
select id::text as id, openphone_id, activity_type, direction, from_number,
       array_to_string(to_numbers, ', ') as to_numbers, status,
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at,
       duration_seconds::text as duration_seconds, char_length(body)::text as body_characters,
       to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
  from activities
 where openphone_id = $1
