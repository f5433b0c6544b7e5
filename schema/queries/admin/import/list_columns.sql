-- SPDX-License-Identifier: Apache-2.0
-- Columns of the old tables that the search path finds and the role may read.
select c.relname, a.attname, c.relkind::text
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where pg_table_is_visible(c.oid)
  and c.relkind in ('r', 'p', 'v', 'm', 'f')
  and c.relname in ('phone_number', 'webhook_event', 'activity', 'conversation', 'contact')
  and has_column_privilege(c.oid, a.attnum, 'select')
