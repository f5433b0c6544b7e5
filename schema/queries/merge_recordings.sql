-- SPDX-License-Identifier: Apache-2.0
-- Joins recordings. Every column is the newest by (stamp, value). A key may occur only once per call.
insert into recordings as r
  (call_openphone_id, recording_id, url, url_at, content_type, content_type_at,
   duration_seconds, duration_at, size_bytes, size_at, started_at, started_at_at)
select call_openphone_id, recording_id,
       url, case when url is not null then stamp_at end,
       content_type, case when content_type is not null then stamp_at end,
       duration_seconds, case when duration_seconds is not null then stamp_at end,
       size_bytes, case when size_bytes is not null then stamp_at end,
       tl_time(started_at), case when started_at is not null then stamp_at end
  from (select *, coalesce(tl_time(stamp), '-infinity') as stamp_at
          from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::integer[], $7::bigint[],
                      $8::bigint[])
            as g (call_openphone_id, recording_id, stamp, url, content_type, duration_seconds, size_bytes,
                  started_at)) as f
 order by call_openphone_id collate "C", recording_id collate "C"
on conflict (call_openphone_id, recording_id) do update set
    url = case when coalesce((excluded.url_at, excluded.url) > (r.url_at, r.url), excluded.url_at is not null)
      then excluded.url else r.url end,
    url_at = greatest(r.url_at, excluded.url_at),
    content_type = case when coalesce((excluded.content_type_at, excluded.content_type) > (r.content_type_at, r.content_type), excluded.content_type_at is not null)
      then excluded.content_type else r.content_type end,
    content_type_at = greatest(r.content_type_at, excluded.content_type_at),
    duration_seconds = case when coalesce((excluded.duration_at, excluded.duration_seconds) > (r.duration_at, r.duration_seconds), excluded.duration_at is not null)
      then excluded.duration_seconds else r.duration_seconds end,
    duration_at = greatest(r.duration_at, excluded.duration_at),
    size_bytes = case when coalesce((excluded.size_at, excluded.size_bytes) > (r.size_at, r.size_bytes), excluded.size_at is not null)
      then excluded.size_bytes else r.size_bytes end,
    size_at = greatest(r.size_at, excluded.size_at),
    started_at = case when coalesce((excluded.started_at_at, excluded.started_at) > (r.started_at_at, r.started_at), excluded.started_at_at is not null)
      then excluded.started_at else r.started_at end,
    started_at_at = greatest(r.started_at_at, excluded.started_at_at)
  where coalesce((excluded.url_at, excluded.url) > (r.url_at, r.url), excluded.url_at is not null)
     or coalesce((excluded.content_type_at, excluded.content_type) > (r.content_type_at, r.content_type), excluded.content_type_at is not null)
     or coalesce((excluded.duration_at, excluded.duration_seconds) > (r.duration_at, r.duration_seconds), excluded.duration_at is not null)
     or coalesce((excluded.size_at, excluded.size_bytes) > (r.size_at, r.size_bytes), excluded.size_at is not null)
     or coalesce((excluded.started_at_at, excluded.started_at) > (r.started_at_at, r.started_at), excluded.started_at_at is not null)
