-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on contacts; $1: the id of the card.
select c.id::text as id, c.phone, c.name, to_char(c.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
  from contact_cards k
  join contacts c on c.phone = any(k.phones)
 where k.card_id = $1
 order by c.phone
 limit 20
