-- SPDX-License-Identifier: Apache-2.0
-- Effects of an event on recordings; $1: the id of the call.
select recording_id, duration_seconds::text as duration_seconds
  from recordings
 where call_openphone_id = $1
 order by recording_id
 limit 20
