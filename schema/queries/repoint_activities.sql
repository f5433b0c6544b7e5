-- SPDX-License-Identifier: Apache-2.0
-- Moves activities without a provider conversation id to the new conversation of their least party key. Needs the
-- exclusive structure lock.
update activities a set conversation_id = g.now_in, updated_at = now()
  from unnest($1::text[], $2::bigint[], $3::bigint[]) as g (party_key, was_in, now_in)
 where a.conversation_id = g.was_in and a.conv_refs is null and a.party_keys[1] = g.party_key
