-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on conversations; $1: the id of the activity.
select c.id::text as id, c.openphone_id, c.party_key,
       to_char(c.last_activity_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_activity_at,
       c.last_activity_id
  from activities a
  join conversations c on c.id = a.conversation_id
 where a.openphone_id = $1
