-- Views for people and dashboards. The reporting user reads these and nothing else.

-- Every event in the log with its place and state for the writers' group.
CREATE VIEW v_event_log AS
SELECT
  r.generation,
  r.lane,
  CAST(r.last_seq - r.event_count + e.ordinal AS UNSIGNED) AS sequence,
  e.device,
  e.type,
  e.source,
  e.id,
  e.device_time,
  r.received_at,
  IF(r.last_seq - r.event_count + e.ordinal <= COALESCE(o.applied_seq, 0), 'applied', 'queued') AS state,
  JSON_EXTRACT(CONVERT(r.events USING utf8mb4), CONCAT('$[', e.ordinal - 1, ']')) AS payload
FROM log_records AS r
JOIN JSON_TABLE(
  CONVERT(r.events USING utf8mb4),
  '$[*]' COLUMNS (
    ordinal FOR ORDINALITY,
    device VARCHAR(64) PATH '$.subject',
    type VARCHAR(64) PATH '$.type',
    source VARCHAR(32) PATH '$.source',
    id VARCHAR(256) PATH '$.id',
    device_time VARCHAR(32) PATH '$.time'
  )
) AS e
LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = r.generation AND o.lane = r.lane;

-- Each lane: what came in, what is applied, who applies it.
CREATE VIEW v_lanes AS
SELECT
  l.generation,
  l.lane,
  l.head_seq,
  COALESCE(o.applied_seq, 0) AS applied_seq,
  l.head_seq - COALESCE(o.applied_seq, 0) AS lag_events,
  l.last_received_at,
  o.watermark,
  o.duplicates,
  o.late,
  o.owner,
  o.epoch
FROM log_lanes AS l
LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane;

-- Each device with its current values.
CREATE VIEW v_devices AS
SELECT
  d.device_id,
  d.serial_number,
  d.oui,
  d.product_class,
  d.manufacturer,
  d.model,
  d.first_seen_at,
  s.last_seen_at,
  s.reachability,
  s.reachability_reason,
  s.reachability_since,
  s.interval_seconds,
  s.wan_ip,
  s.sw_version,
  s.cpu_used_ratio,
  s.memory_used_ratio,
  s.uptime_seconds,
  s.temperature_celsius,
  s.rx_power_dbm,
  s.applied_events,
  s.duplicate_events,
  s.late_events
FROM devices AS d
JOIN device_state AS s ON s.device_id = d.device_id;
