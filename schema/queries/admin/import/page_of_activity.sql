-- SPDX-License-Identifier: Apache-2.0
-- A page of at most $2 old rows after id $1.
select a.id, row_to_json(a)::text, c.openphone_id, k.phone
from activity a
left join conversation c on c.id = a.conversation_id
left join contact k on k.id = a.contact_id
where a.id > $1::bigint
order by a.id
limit $2::bigint
