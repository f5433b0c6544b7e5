-- SPDX-License-Identifier: Apache-2.0
-- Condition: the event concerns the contact with this phone number. Uses indexes: by contact, and by party for
-- activities without a contact hint.
-- An event that was never applied has no activity, or an incomplete one: its payload is searched.
(e.activity_id in (
     select openphone_id from activities where contact_id in (select id from contacts where phone = {phone}::text)
     union all
     select openphone_id from activities where contact_hint is null and parties @> array[{phone}::text]::text[]
     union all
     select card_id from contact_cards where phones @> array[{phone}::text]::text[])
   or (e.state not in ('processed', 'ignored')
      and (strpos(e.payload::text, {phone}::text) > 0 or position(convert_to({phone}::text, 'UTF8') in e.raw) > 0)))
