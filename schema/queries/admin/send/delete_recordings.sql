-- SPDX-License-Identifier: Apache-2.0
-- Deletes the recordings of the calls $1.
delete from recordings where call_openphone_id = any($1::text[])
