-- SPDX-License-Identifier: Apache-2.0
-- The pause in effect as four columns (reason, operator, since, until), null if there is none. A pause ends by the
-- database's clock. to_jsonb(): an older schema lacks some of these columns.
(select coalesce(p.c ->> 'reason', '') from (select to_jsonb(c) as c from controls c
          where name = 'pause' and value = 'on'
            and (to_jsonb(c) ->> 'until' is null or (to_jsonb(c) ->> 'until')::timestamptz > now())) p),
(select coalesce(p.c ->> 'changed_by', '') from (select to_jsonb(c) as c from controls c
          where name = 'pause' and value = 'on'
            and (to_jsonb(c) ->> 'until' is null or (to_jsonb(c) ->> 'until')::timestamptz > now())) p),
(select to_char((p.c ->> 'changed_at')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
   from (select to_jsonb(c) as c from controls c
          where name = 'pause' and value = 'on'
            and (to_jsonb(c) ->> 'until' is null or (to_jsonb(c) ->> 'until')::timestamptz > now())) p),
(select to_char((p.c ->> 'until')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
   from (select to_jsonb(c) as c from controls c
          where name = 'pause' and value = 'on'
            and (to_jsonb(c) ->> 'until' is null or (to_jsonb(c) ->> 'until')::timestamptz > now())) p)
