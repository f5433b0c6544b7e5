-- SPDX-License-Identifier: Apache-2.0
-- A page of at most $2 old rows after id $1. The third column is null for infinity.
select id, payload::text,
       case when isfinite(created_at) then (extract(epoch from created_at) * 1000)::bigint end,
       created_at::text
from webhook_event
where id > $1::bigint
order by id
limit $2::bigint
