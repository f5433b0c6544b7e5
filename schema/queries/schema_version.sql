-- SPDX-License-Identifier: Apache-2.0
select coalesce(max(version), 0) from schema_migrations
