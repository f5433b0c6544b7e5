-- SPDX-License-Identifier: Apache-2.0
-- Applied migrations, by version.
select version, name, checksum,
       to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
from schema_migrations
order by version
