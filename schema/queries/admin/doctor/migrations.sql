-- SPDX-License-Identifier: Apache-2.0
-- Returns the version of the schema.
select coalesce(max(version), 0) from schema_migrations
