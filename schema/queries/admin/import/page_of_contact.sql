-- SPDX-License-Identifier: Apache-2.0
-- A page of at most $2 old rows after id $1.
select t.id, row_to_json(t)::text
from contact t
where t.id > $1::bigint
order by t.id
limit $2::bigint
