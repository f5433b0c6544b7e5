-- SPDX-License-Identifier: Apache-2.0
-- Writes contact and conversation of activities.
update activities a set contact_id = g.contact_id, conversation_id = g.conversation_id, updated_at = now()
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as g (id, contact_id, conversation_id)
 where a.id = g.id
