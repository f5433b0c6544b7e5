-- SPDX-License-Identifier: Apache-2.0
-- The payload of row $1 as received, in hexadecimal: json keeps its text unchanged.
select encode(coalesce(raw, convert_to(payload::text, 'UTF8')), 'hex') from webhook_events where id = $1::bigint
