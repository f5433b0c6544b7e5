-- SPDX-License-Identifier: Apache-2.0
-- Under the exclusive structure lock: a link falls to a lesser provider id.
update conversation_links l set ref = g.ref, conversation_id = g.conversation_id
  from unnest($1::text[], $2::text[], $3::bigint[]) as g (party_key, ref, conversation_id)
 where l.party_key = g.party_key
