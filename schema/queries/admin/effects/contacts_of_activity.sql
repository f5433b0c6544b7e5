-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on contacts; $1: the id of the activity.
select c.id::text as id, c.phone, c.name, to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
  from activities a
  join contacts c on c.id = a.contact_id
 where a.openphone_id = $1
