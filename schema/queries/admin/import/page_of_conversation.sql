-- SPDX-License-Identifier: Apache-2.0
-- A page of at most $2 old rows after id $1.
select id, openphone_id
from conversation
where id > $1::bigint
order by id
limit $2::bigint
