-- SPDX-License-Identifier: Apache-2.0
-- The conversations of the samples, formatted for reading: time, person, content.
set timezone = 'UTC';
with
shown as (
  select a.*, coalesce(p.name, p.phone, a.from_number, 'unknown') as person, c.openphone_id as place
  from activities a
  left join contacts p on p.id = a.contact_id
  left join conversations c on c.id = a.conversation_id
  where a.openphone_id similar to '(MSG|CALL|AC)DEMO[0-9]{4}'
),
timed as (
  -- A missed or forwarded call of the first generation has only the time of its status.
  select *, coalesce(occurred_at, nullif(status_at, '-infinity')) as at from shown
),
described as (
  select *,
    case direction when 'outgoing' then 'we to ' || person else person end as who,
    case activity_type
      when 'message' then coalesce(body, '(no text)') || ' [' || coalesce(status, '?') || ']'
        || coalesce(' error ' || error_code || ': ' || error_detail, '')
      else 'call, ' || coalesce(status, '?')
        || coalesce(', ' || make_interval(secs => duration_seconds), '')
        || coalesce(' to ' || (forwarded ->> 'to'), '')
    end as what
  from timed
),
lines as (
  select place, person, at, openphone_id, 0 as part, 0::bigint as n,
    to_char(at, 'YYYY-MM-DD HH24:MI:SS') || '  ' || rpad(who, 22) || '  ' || what as line
  from described
  union all
  select place, person, at, openphone_id, 1, n, '    file        ' || url
  from described, jsonb_array_elements_text(media_urls) with ordinality as media (url, n)
  union all
  select place, person, at, openphone_id, 2, 0, '    recording   ' || recording_url
    || coalesce(' (' || recording_duration_seconds || ' s'
    || coalesce(', ' || pg_size_pretty(recording_size_bytes), '') || ')', '')
  from described where recording_url is not null
  union all
  select place, person, at, openphone_id, 3, 0, '    summary     ' || replace(ai_summary, E'\n', ' ')
    || coalesce(' (' || ai_sentiment || ')', '')
  from described where ai_summary is not null
  union all
  select place, person, at, openphone_id, 4, n, '    key point   ' || point
  from described, jsonb_array_elements_text(ai_key_points) with ordinality as points (point, n)
  union all
  select place, person, at, openphone_id, 5, n, '    next step   ' || next
  from described, jsonb_array_elements_text(ai_next_steps) with ordinality as steps (next, n)
  union all
  select place, person, at, openphone_id, 6, n,
    '    ' || rpad(coalesce(entry ->> 'timestamp', ''), 10) || '  ' || (entry ->> 'speaker') || ': ' || (entry ->> 'text')
  from described, jsonb_array_elements(ai_transcript -> 'dialogue') with ordinality as dialogue (entry, n)
),
headed as (
  select place, min(at) as first, E'\n' || min(person) || ' (' || place || ')' as line from lines group by place
)
select line from (
  select first, h.place, null::timestamptz as at, '' as openphone_id, -1 as part, 0 as n, h.line from headed h
  union all
  select h.first, l.place, l.at, l.openphone_id, l.part, l.n, l.line from lines l join headed h using (place)
) ordered
order by first, place, at nulls first, openphone_id, part, n;
