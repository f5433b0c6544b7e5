-- SPDX-License-Identifier: Apache-2.0
-- Deletes the events with the keys $1, in hexadecimal digits, and their copies.
with deleted as (
  delete from webhook_events where event_key = any(array(select decode(k, 'hex') from unnest($1::text[]) k))
  returning event_key
)
delete from event_copies c using deleted where c.event_key = deleted.event_key
