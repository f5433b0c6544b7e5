-- SPDX-License-Identifier: Apache-2.0
-- Begins the record of a deletion: operator $1, selection $2, reason $3. Returns its id.
insert into dead_deletions (person, selection, reason) values ($1, $2, $3) returning id
