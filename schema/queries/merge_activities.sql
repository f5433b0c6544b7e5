-- SPDX-License-Identifier: Apache-2.0
-- The merge of activities: one fact a row joined into its
-- registers. G takes the greatest, L the least, U the union, N the newest by (time, value), and the status the
-- greatest (level, time, rank, text). Each join is commutative, associative and idempotent, so neither order nor
-- repetition matters. No id may come twice in one call. Rows are taken in order of id: no deadlocks.
-- A fact that adds nothing writes nothing, and its row is not returned.
-- contact_id and conversation_id are for new rows only.
-- Lists come as elements joined by '|', or as an array literal where that would not do (list_text in binary_rows.cpp).
-- Returned is what derived_columns.cpp reads of the registers and no more: printing arrays is slow.
insert into activities as a
  (openphone_id, activity_type, direction_k, from_number, to_numbers, user_id, line_id, answered_by,
   initiated_by, contact_hint, answered_at, completed_at, duration_r, active_at, unanswered, has_voicemail,
   ai_content_k, created_at, parties, conv_refs, party_keys, contact_ids, body, body_at, media_urls,
   media_types, media_at, error, error_at, recording_url, recording_url_at, recording_duration_seconds,
   recording_duration_at, recording_size_bytes, recording_size_at, ai_summary, ai_summary_at, ai_key_points,
   ai_key_points_at, ai_next_steps, ai_next_steps_at, ai_sentiment, ai_sentiment_at, ai_jobs, ai_jobs_at,
   ai_transcript, ai_transcript_raw, ai_transcript_at, voicemail, voicemail_at, forwarded, forwarded_at, menu,
   menu_at, status_r, status_level, status_at, status_rank, contact_id, conversation_id)
select openphone_id, activity_type, direction_k, from_number,
       case when starts_with(to_numbers, '{') then to_numbers::text[] else string_to_array(to_numbers, '|') end,
       user_id, line_id, answered_by, initiated_by, contact_hint, answered_at, completed_at, duration_r, active_at,
       unanswered, has_voicemail, ai_content_k, created_at,
       case when starts_with(parties, '{') then parties::text[] else string_to_array(parties, '|') end,
       case when starts_with(conv_refs, '{') then conv_refs::text[] else string_to_array(conv_refs, '|') end,
       case when starts_with(party_keys, '{') then party_keys::text[] else string_to_array(party_keys, '|') end,
       case when starts_with(contact_ids, '{') then contact_ids::text[] else string_to_array(contact_ids, '|') end,
       body, case when body is not null then stamp_at end, media_urls,
       media_types, case when media_urls is not null then stamp_at end, error,
       case when error is not null then stamp_at end, recording_url,
       case when recording_url is not null then stamp_at end, recording_duration_seconds,
       case when recording_duration_seconds is not null then stamp_at end, recording_size_bytes,
       case when recording_size_bytes is not null then stamp_at end, ai_summary,
       case when ai_summary is not null then stamp_at end, ai_key_points,
       case when ai_key_points is not null then stamp_at end, ai_next_steps,
       case when ai_next_steps is not null then stamp_at end, ai_sentiment,
       case when ai_sentiment is not null then stamp_at end, ai_jobs,
       case when ai_jobs is not null then stamp_at end, ai_transcript, ai_transcript_raw,
       case when ai_transcript is not null then stamp_at end, voicemail,
       case when voicemail is not null then stamp_at end, forwarded,
       case when forwarded is not null then stamp_at end, menu, case when menu is not null then stamp_at end,
       status_r, status_level, case when status_r is not null then stamp_at end, status_rank, contact_id,
       conversation_id
  from (select *, coalesce(stamp, '-infinity') as stamp_at
          from (select unnest($1::text[]) as openphone_id, unnest($2::text[]) as activity_type,
                       unnest($3::text[]) as direction_k, unnest($4::text[]) as from_number,
                       unnest($5::text[]) as to_numbers, unnest($6::text[]) as user_id,
                       unnest($7::text[]) as line_id, unnest($8::text[]) as answered_by,
                       unnest($9::text[]) as initiated_by, unnest($10::text[]) as contact_hint,
                       unnest($11::timestamptz[]) as answered_at, unnest($12::timestamptz[]) as completed_at,
                       unnest($13::integer[]) as duration_r, unnest($14::timestamptz[]) as active_at,
                       unnest($15::boolean[]) as unanswered, unnest($16::boolean[]) as has_voicemail,
                       unnest($17::text[]) as ai_content_k, unnest($18::timestamptz[]) as created_at,
                       unnest($19::text[]) as parties, unnest($20::text[]) as conv_refs,
                       unnest($21::text[]) as party_keys, unnest($22::text[]) as contact_ids,
                       unnest($23::timestamptz[]) as stamp, unnest($24::text[]) as body,
                       unnest($25::jsonb[]) as media_urls, unnest($26::jsonb[]) as media_types,
                       unnest($27::jsonb[]) as error, unnest($28::text[]) as recording_url,
                       unnest($29::integer[]) as recording_duration_seconds,
                       unnest($30::bigint[]) as recording_size_bytes, unnest($31::text[]) as ai_summary,
                       unnest($32::jsonb[]) as ai_key_points, unnest($33::jsonb[]) as ai_next_steps,
                       unnest($34::text[]) as ai_sentiment, unnest($35::jsonb[]) as ai_jobs,
                       unnest($36::jsonb[]) as ai_transcript, unnest($37::jsonb[]) as ai_transcript_raw,
                       unnest($38::jsonb[]) as voicemail, unnest($39::jsonb[]) as forwarded,
                       unnest($40::jsonb[]) as menu, unnest($41::text[]) as status_r,
                       unnest($42::smallint[]) as status_level, unnest($43::smallint[]) as status_rank,
                       unnest($44::bigint[]) as contact_id, unnest($45::bigint[]) as conversation_id) as g) as f
 order by openphone_id collate "C"
on conflict (openphone_id) do update set
    activity_type = greatest(a.activity_type, excluded.activity_type),
    direction_k = greatest(a.direction_k, excluded.direction_k),
    from_number = greatest(a.from_number, excluded.from_number),
    to_numbers = greatest(a.to_numbers, excluded.to_numbers),
    user_id = greatest(a.user_id, excluded.user_id),
    line_id = greatest(a.line_id, excluded.line_id),
    answered_by = greatest(a.answered_by, excluded.answered_by),
    initiated_by = greatest(a.initiated_by, excluded.initiated_by),
    contact_hint = greatest(a.contact_hint, excluded.contact_hint),
    answered_at = greatest(a.answered_at, excluded.answered_at),
    completed_at = greatest(a.completed_at, excluded.completed_at),
    duration_r = greatest(a.duration_r, excluded.duration_r),
    active_at = greatest(a.active_at, excluded.active_at),
    unanswered = greatest(a.unanswered, excluded.unanswered),
    has_voicemail = greatest(a.has_voicemail, excluded.has_voicemail),
    ai_content_k = greatest(a.ai_content_k, excluded.ai_content_k),
    created_at = least(a.created_at, excluded.created_at),
    parties = case when excluded.parties is null or excluded.parties <@ a.parties then a.parties
      when a.parties is null then excluded.parties else tl_union(a.parties, excluded.parties) end,
    conv_refs = case when excluded.conv_refs is null or excluded.conv_refs <@ a.conv_refs then a.conv_refs
      when a.conv_refs is null then excluded.conv_refs else tl_union(a.conv_refs, excluded.conv_refs) end,
    party_keys = case when excluded.party_keys is null or excluded.party_keys <@ a.party_keys then a.party_keys
      when a.party_keys is null then excluded.party_keys else tl_union(a.party_keys, excluded.party_keys) end,
    contact_ids = case when excluded.contact_ids is null or excluded.contact_ids <@ a.contact_ids then a.contact_ids
      when a.contact_ids is null then excluded.contact_ids else tl_union(a.contact_ids, excluded.contact_ids) end,
    body = case when coalesce((excluded.body_at, excluded.body) > (a.body_at, a.body), excluded.body_at is not null)
      then excluded.body else a.body end,
    body_at = greatest(a.body_at, excluded.body_at),
    media_urls = case when coalesce((excluded.media_at, excluded.media_urls::text collate "C", excluded.media_types::text collate "C") > (a.media_at, a.media_urls::text collate "C", a.media_types::text collate "C"), excluded.media_at is not null)
      then excluded.media_urls else a.media_urls end,
    media_types = case when coalesce((excluded.media_at, excluded.media_urls::text collate "C", excluded.media_types::text collate "C") > (a.media_at, a.media_urls::text collate "C", a.media_types::text collate "C"), excluded.media_at is not null)
      then excluded.media_types else a.media_types end,
    media_at = greatest(a.media_at, excluded.media_at),
    error = case when coalesce((excluded.error_at, excluded.error::text collate "C") > (a.error_at, a.error::text collate "C"), excluded.error_at is not null)
      then excluded.error else a.error end,
    error_at = greatest(a.error_at, excluded.error_at),
    recording_url = case when coalesce((excluded.recording_url_at, excluded.recording_url) > (a.recording_url_at, a.recording_url), excluded.recording_url_at is not null)
      then excluded.recording_url else a.recording_url end,
    recording_url_at = greatest(a.recording_url_at, excluded.recording_url_at),
    recording_duration_seconds = case when coalesce((excluded.recording_duration_at, excluded.recording_duration_seconds) > (a.recording_duration_at, a.recording_duration_seconds), excluded.recording_duration_at is not null)
      then excluded.recording_duration_seconds else a.recording_duration_seconds end,
    recording_duration_at = greatest(a.recording_duration_at, excluded.recording_duration_at),
    recording_size_bytes = case when coalesce((excluded.recording_size_at, excluded.recording_size_bytes) > (a.recording_size_at, a.recording_size_bytes), excluded.recording_size_at is not null)
      then excluded.recording_size_bytes else a.recording_size_bytes end,
    recording_size_at = greatest(a.recording_size_at, excluded.recording_size_at),
    ai_summary = case when coalesce((excluded.ai_summary_at, excluded.ai_summary) > (a.ai_summary_at, a.ai_summary), excluded.ai_summary_at is not null)
      then excluded.ai_summary else a.ai_summary end,
    ai_summary_at = greatest(a.ai_summary_at, excluded.ai_summary_at),
    ai_key_points = case when coalesce((excluded.ai_key_points_at, excluded.ai_key_points::text collate "C") > (a.ai_key_points_at, a.ai_key_points::text collate "C"), excluded.ai_key_points_at is not null)
      then excluded.ai_key_points else a.ai_key_points end,
    ai_key_points_at = greatest(a.ai_key_points_at, excluded.ai_key_points_at),
    ai_next_steps = case when coalesce((excluded.ai_next_steps_at, excluded.ai_next_steps::text collate "C") > (a.ai_next_steps_at, a.ai_next_steps::text collate "C"), excluded.ai_next_steps_at is not null)
      then excluded.ai_next_steps else a.ai_next_steps end,
    ai_next_steps_at = greatest(a.ai_next_steps_at, excluded.ai_next_steps_at),
    ai_sentiment = case when coalesce((excluded.ai_sentiment_at, excluded.ai_sentiment) > (a.ai_sentiment_at, a.ai_sentiment), excluded.ai_sentiment_at is not null)
      then excluded.ai_sentiment else a.ai_sentiment end,
    ai_sentiment_at = greatest(a.ai_sentiment_at, excluded.ai_sentiment_at),
    ai_jobs = case when coalesce((excluded.ai_jobs_at, excluded.ai_jobs::text collate "C") > (a.ai_jobs_at, a.ai_jobs::text collate "C"), excluded.ai_jobs_at is not null)
      then excluded.ai_jobs else a.ai_jobs end,
    ai_jobs_at = greatest(a.ai_jobs_at, excluded.ai_jobs_at),
    ai_transcript = case when coalesce((excluded.ai_transcript_at, excluded.ai_transcript::text collate "C", excluded.ai_transcript_raw::text collate "C") > (a.ai_transcript_at, a.ai_transcript::text collate "C", a.ai_transcript_raw::text collate "C"), excluded.ai_transcript_at is not null)
      then excluded.ai_transcript else a.ai_transcript end,
    ai_transcript_raw = case when coalesce((excluded.ai_transcript_at, excluded.ai_transcript::text collate "C", excluded.ai_transcript_raw::text collate "C") > (a.ai_transcript_at, a.ai_transcript::text collate "C", a.ai_transcript_raw::text collate "C"), excluded.ai_transcript_at is not null)
      then excluded.ai_transcript_raw else a.ai_transcript_raw end,
    ai_transcript_at = greatest(a.ai_transcript_at, excluded.ai_transcript_at),
    voicemail = case when coalesce((excluded.voicemail_at, excluded.voicemail::text collate "C") > (a.voicemail_at, a.voicemail::text collate "C"), excluded.voicemail_at is not null)
      then excluded.voicemail else a.voicemail end,
    voicemail_at = greatest(a.voicemail_at, excluded.voicemail_at),
    forwarded = case when coalesce((excluded.forwarded_at, excluded.forwarded::text collate "C") > (a.forwarded_at, a.forwarded::text collate "C"), excluded.forwarded_at is not null)
      then excluded.forwarded else a.forwarded end,
    forwarded_at = greatest(a.forwarded_at, excluded.forwarded_at),
    menu = case when coalesce((excluded.menu_at, excluded.menu::text collate "C") > (a.menu_at, a.menu::text collate "C"), excluded.menu_at is not null)
      then excluded.menu else a.menu end,
    menu_at = greatest(a.menu_at, excluded.menu_at),
    status_r = case when coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null)
      then excluded.status_r else a.status_r end,
    status_level = case when coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null)
      then excluded.status_level else a.status_level end,
    status_at = case when coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null)
      then excluded.status_at else a.status_at end,
    status_rank = case when coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null)
      then excluded.status_rank else a.status_rank end,
    updated_at = now()
  where not a.erased and (
       coalesce(excluded.activity_type > a.activity_type, excluded.activity_type is not null)
    or coalesce(excluded.direction_k > a.direction_k, excluded.direction_k is not null)
    or coalesce(excluded.from_number > a.from_number, excluded.from_number is not null)
    or coalesce(excluded.to_numbers > a.to_numbers, excluded.to_numbers is not null)
    or coalesce(excluded.user_id > a.user_id, excluded.user_id is not null)
    or coalesce(excluded.line_id > a.line_id, excluded.line_id is not null)
    or coalesce(excluded.answered_by > a.answered_by, excluded.answered_by is not null)
    or coalesce(excluded.initiated_by > a.initiated_by, excluded.initiated_by is not null)
    or coalesce(excluded.contact_hint > a.contact_hint, excluded.contact_hint is not null)
    or coalesce(excluded.answered_at > a.answered_at, excluded.answered_at is not null)
    or coalesce(excluded.completed_at > a.completed_at, excluded.completed_at is not null)
    or coalesce(excluded.duration_r > a.duration_r, excluded.duration_r is not null)
    or coalesce(excluded.active_at > a.active_at, excluded.active_at is not null)
    or coalesce(excluded.unanswered > a.unanswered, excluded.unanswered is not null)
    or coalesce(excluded.has_voicemail > a.has_voicemail, excluded.has_voicemail is not null)
    or coalesce(excluded.ai_content_k > a.ai_content_k, excluded.ai_content_k is not null)
    or coalesce(excluded.created_at < a.created_at, excluded.created_at is not null)
    or coalesce(not excluded.parties <@ a.parties, excluded.parties is not null)
    or coalesce(not excluded.conv_refs <@ a.conv_refs, excluded.conv_refs is not null)
    or coalesce(not excluded.party_keys <@ a.party_keys, excluded.party_keys is not null)
    or coalesce(not excluded.contact_ids <@ a.contact_ids, excluded.contact_ids is not null)
    or coalesce((excluded.body_at, excluded.body) > (a.body_at, a.body), excluded.body_at is not null)
    or coalesce((excluded.media_at, excluded.media_urls::text collate "C", excluded.media_types::text collate "C") > (a.media_at, a.media_urls::text collate "C", a.media_types::text collate "C"), excluded.media_at is not null)
    or coalesce((excluded.error_at, excluded.error::text collate "C") > (a.error_at, a.error::text collate "C"), excluded.error_at is not null)
    or coalesce((excluded.recording_url_at, excluded.recording_url) > (a.recording_url_at, a.recording_url), excluded.recording_url_at is not null)
    or coalesce((excluded.recording_duration_at, excluded.recording_duration_seconds) > (a.recording_duration_at, a.recording_duration_seconds), excluded.recording_duration_at is not null)
    or coalesce((excluded.recording_size_at, excluded.recording_size_bytes) > (a.recording_size_at, a.recording_size_bytes), excluded.recording_size_at is not null)
    or coalesce((excluded.ai_summary_at, excluded.ai_summary) > (a.ai_summary_at, a.ai_summary), excluded.ai_summary_at is not null)
    or coalesce((excluded.ai_key_points_at, excluded.ai_key_points::text collate "C") > (a.ai_key_points_at, a.ai_key_points::text collate "C"), excluded.ai_key_points_at is not null)
    or coalesce((excluded.ai_next_steps_at, excluded.ai_next_steps::text collate "C") > (a.ai_next_steps_at, a.ai_next_steps::text collate "C"), excluded.ai_next_steps_at is not null)
    or coalesce((excluded.ai_sentiment_at, excluded.ai_sentiment) > (a.ai_sentiment_at, a.ai_sentiment), excluded.ai_sentiment_at is not null)
    or coalesce((excluded.ai_jobs_at, excluded.ai_jobs::text collate "C") > (a.ai_jobs_at, a.ai_jobs::text collate "C"), excluded.ai_jobs_at is not null)
    or coalesce((excluded.ai_transcript_at, excluded.ai_transcript::text collate "C", excluded.ai_transcript_raw::text collate "C") > (a.ai_transcript_at, a.ai_transcript::text collate "C", a.ai_transcript_raw::text collate "C"), excluded.ai_transcript_at is not null)
    or coalesce((excluded.voicemail_at, excluded.voicemail::text collate "C") > (a.voicemail_at, a.voicemail::text collate "C"), excluded.voicemail_at is not null)
    or coalesce((excluded.forwarded_at, excluded.forwarded::text collate "C") > (a.forwarded_at, a.forwarded::text collate "C"), excluded.forwarded_at is not null)
    or coalesce((excluded.menu_at, excluded.menu::text collate "C") > (a.menu_at, a.menu::text collate "C"), excluded.menu_at is not null)
    or coalesce((excluded.status_level, excluded.status_at, excluded.status_rank, excluded.status_r)
               > (a.status_level, a.status_at, a.status_rank, a.status_r), excluded.status_level is not null))
returning id, openphone_id, contact_hint, case when contact_hint is null then parties end,
       conv_refs[1], party_keys[1], case when cardinality(party_keys) > 1 then party_keys end,
       round(date_part('epoch', active_at) * 1e6)::bigint, contact_id, conversation_id
