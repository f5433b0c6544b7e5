-- SPDX-License-Identifier: Apache-2.0
-- Records an applied migration, in the same transaction.
insert into schema_migrations (version, name, checksum, compatible_from)
values ($1::integer, $2, $3, $4::integer)
