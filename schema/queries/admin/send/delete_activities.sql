-- SPDX-License-Identifier: Apache-2.0
-- Deletes the activities $1.
delete from activities where openphone_id = any($1::text[])
