-- SPDX-License-Identifier: Apache-2.0
-- What is there, and the oldest schema a program may have been built with and still work.
select coalesce(max(version), 0), coalesce(max(compatible_from), 0) from schema_migrations
