-- SPDX-License-Identifier: Apache-2.0
-- Row numbers of dead letters that fulfil {filter}, newest first.
select e.id from webhook_events e where {filter} order by e.finished_at desc, e.id desc
