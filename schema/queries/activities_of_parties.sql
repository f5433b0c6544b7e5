-- SPDX-License-Identifier: Apache-2.0
-- Returns the activities whose contact may change because these numbers are own numbers now.
select id, openphone_id, contact_hint, case when contact_hint is null then parties end,
       conv_refs[1], party_keys[1], case when cardinality(party_keys) > 1 then party_keys end,
       round(date_part('epoch', active_at) * 1e6)::bigint, contact_id, conversation_id
  from activities
 where contact_hint is null and parties && $1::text[]
