-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on contact cards; $1: the id of the card.
select id::text as id, card_id, deleted::text as deleted, array_to_string(phones, ', ') as phones,
       to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as updated_at
  from contact_cards
 where card_id = $1
