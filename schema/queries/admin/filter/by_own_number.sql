-- SPDX-License-Identifier: Apache-2.0
-- Condition: the event concerns this own number. It is in every second activity, so no index helps: the activity of
-- each event is looked up.
-- An event that was never applied has no activity, or an incomplete one: its payload is searched.
(exists (select from activities a
             where a.openphone_id = e.activity_id
               and (a.from_number = {phone}::text or {phone}::text = any(a.to_numbers) or {phone}::text = any(a.parties)))
   or (e.state not in ('processed', 'ignored')
      and (strpos(e.payload::text, {phone}::text) > 0 or position(convert_to({phone}::text, 'UTF8') in e.raw) > 0)))
