-- SPDX-License-Identifier: Apache-2.0
-- Changes links to a lesser provider id. Needs the exclusive structure lock.
update conversation_links l set ref = g.ref, conversation_id = g.conversation_id
  from unnest($1::text[], $2::text[], $3::bigint[]) as g (party_key, ref, conversation_id)
 where l.party_key = g.party_key
