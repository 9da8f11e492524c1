-- What the event log needs to survive: groups, parked devices, dead letters, skips, replay, rebuild, retention,
-- scheduled work under leases, and an audit of what operators did.

-- A generation is sealed when a newer one is opened; its lanes are applied to their end before any of the newer one.
-- `ready_at`: when the devices and parked events were moved to its lanes; before, nobody applies it.
ALTER TABLE log_generations
  ADD COLUMN sealed_at DATETIME(3) NULL,
  ADD COLUMN ready_at DATETIME(3) NULL,
  ADD COLUMN reason VARCHAR(255) NOT NULL DEFAULT '';

UPDATE log_generations SET ready_at = opened_at, reason = 'first';

-- Bytes of all events ever appended to the lane; with `applied_bytes` of a group, the size of its backlog.
ALTER TABLE log_lanes
  ADD COLUMN head_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0;

-- Counters of a group in a lane; moved in the state transaction. Of the positions up to applied_seq, parked_events are
-- in log_parked, dead_letters, discarded in log_dead_letters, skipped in log_skips; the rest was applied.
-- rebuild_seq: positions up to it are applied for the second time (rebuild); nothing of them is notified.
ALTER TABLE log_offsets
  ADD COLUMN applied_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN parked_events BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN parked_devices BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN dead_letters BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN discarded BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN skipped BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN rebuild_seq BIGINT UNSIGNED NOT NULL DEFAULT 0;

-- Consumer groups. Retention waits for a mandatory one; an optional one that falls behind it loses its place.
CREATE TABLE log_groups (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  mandatory BOOLEAN NOT NULL,
  created_at DATETIME(3) NOT NULL,
  -- Events that retention took before this (optional) group had them.
  lost_events BIGINT UNSIGNED NOT NULL DEFAULT 0,
  lost_at DATETIME(3) NULL,
  PRIMARY KEY (grp)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO log_groups (grp, mandatory, created_at) VALUES ('state', TRUE, SYSDATE(3));

-- Events that wait because their device's first one cannot be applied: copies, keyed by their position. The first of
-- a device (lowest position) has a reason and is tried again at next_attempt_at; those behind it wait for it.
-- home_*: the lane that owns them now, which differs from their position's after a change of generation.
CREATE TABLE log_parked (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  home_generation INT UNSIGNED NOT NULL,
  home_lane SMALLINT UNSIGNED NOT NULL,
  subject VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  received_at DATETIME(3) NOT NULL,
  event MEDIUMTEXT NOT NULL,
  parked_at DATETIME(3) NOT NULL,
  -- refused, data_error, unknown_type; empty for an event that waits behind another.
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  cause VARCHAR(1000) NOT NULL DEFAULT '',
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  first_failed_at DATETIME(3) NULL,
  next_attempt_at DATETIME(3) NULL,
  PRIMARY KEY (grp, generation, lane, seq),
  KEY by_home (grp, home_generation, home_lane, subject, generation, seq),
  KEY due (grp, home_generation, home_lane, next_attempt_at),
  -- Operators see the devices that have failed for the longest first; events behind another have no time.
  KEY by_age (grp, first_failed_at, subject)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Events that were given up, and what an operator asked for and became of them. Kept when settled: the books count them.
--   dead: waits for an operator. requeue, discard: asked for, the lane's owner will do it.
--   applied, discarded: done.
CREATE TABLE log_dead_letters (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  home_generation INT UNSIGNED NOT NULL,
  home_lane SMALLINT UNSIGNED NOT NULL,
  subject VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  type VARCHAR(64) NOT NULL,
  source VARCHAR(32) NOT NULL,
  event_id VARCHAR(256) NOT NULL,
  received_at DATETIME(3) NOT NULL,
  event MEDIUMTEXT NOT NULL,
  reason VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(1000) NOT NULL,
  attempts INT UNSIGNED NOT NULL,
  first_failed_at DATETIME(3) NOT NULL,
  dead_at DATETIME(3) NOT NULL,
  state ENUM ('dead', 'requeue', 'discard', 'applied', 'discarded') NOT NULL DEFAULT 'dead',
  asked_by VARCHAR(128) NULL,
  asked_at DATETIME(3) NULL,
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (grp, generation, lane, seq),
  KEY by_state (grp, state, home_generation, home_lane, generation, lane, seq),
  KEY by_subject (grp, subject, generation, seq),
  KEY by_time (grp, dead_at, generation, lane, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Ranges of a lane that an operator gave up because the log has a hole there. asked: the owner will do it.
CREATE TABLE log_skips (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  to_seq BIGINT UNSIGNED NOT NULL,
  -- Known once done: the first position that was skipped.
  from_seq BIGINT UNSIGNED NULL,
  state ENUM ('asked', 'done', 'refused') NOT NULL DEFAULT 'asked',
  reason VARCHAR(255) NOT NULL,
  detail VARCHAR(255) NOT NULL DEFAULT '',
  asked_by VARCHAR(128) NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (grp, generation, lane, to_seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Second passes over part of the log, beside the live stream; one row a lane with a position of its own.
CREATE TABLE log_replays (
  replay_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_at DATETIME(3) NOT NULL,
  until_at DATETIME(3) NOT NULL,
  reason VARCHAR(255) NOT NULL,
  asked_by VARCHAR(128) NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  PRIMARY KEY (replay_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE log_replay_lanes (
  replay_id INT UNSIGNED NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  -- The last position passed, the hour of its record, and the last to pass.
  done_seq BIGINT UNSIGNED NOT NULL,
  done_hour INT UNSIGNED NOT NULL,
  end_seq BIGINT UNSIGNED NOT NULL,
  applied BIGINT UNSIGNED NOT NULL DEFAULT 0,
  left_out BIGINT UNSIGNED NOT NULL DEFAULT 0,
  failed BIGINT UNSIGNED NOT NULL DEFAULT 0,
  state ENUM ('running', 'done', 'stopped', 'refused') NOT NULL DEFAULT 'running',
  detail VARCHAR(255) NOT NULL DEFAULT '',
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (replay_id, generation, lane),
  KEY by_lane (generation, lane, state)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Events that failed in a replay; it parks nothing.
CREATE TABLE log_replay_failures (
  replay_id INT UNSIGNED NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  seq BIGINT UNSIGNED NOT NULL,
  subject VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cause VARCHAR(1000) NOT NULL,
  PRIMARY KEY (replay_id, generation, lane, seq)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Rebuilds: the derived rows of a lane cleared and made again from the start of the log.
CREATE TABLE log_rebuilds (
  rebuild_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  state ENUM ('asked', 'clearing', 'applying', 'done', 'refused') NOT NULL DEFAULT 'asked',
  -- The offset when it began: the position at which it is done.
  until_seq BIGINT UNSIGNED NULL,
  reason VARCHAR(255) NOT NULL,
  detail VARCHAR(255) NOT NULL DEFAULT '',
  asked_by VARCHAR(128) NOT NULL,
  asked_at DATETIME(3) NOT NULL,
  settled_at DATETIME(3) NULL,
  PRIMARY KEY (rebuild_id),
  KEY by_lane (grp, generation, lane, state)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Low-water mark of the log (one row): readers, replay and rebuild refuse records of hours before it. It is moved in a
-- fenced transaction first; partitions wholly below it are dropped after.
CREATE TABLE log_retention (
  id TINYINT UNSIGNED NOT NULL,
  low_water_hour INT UNSIGNED NOT NULL,
  moved_at DATETIME(3) NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO log_retention (id, low_water_hour, moved_at) VALUES (1, 0, SYSDATE(3));

-- Scheduled work: who does it now, fenced by the epoch, and how it went.
CREATE TABLE job_leases (
  job VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  epoch BIGINT UNSIGNED NOT NULL DEFAULT 0,
  lease_until DATETIME(3) NULL,
  started_at DATETIME(3) NULL,
  finished_at DATETIME(3) NULL,
  outcome VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  detail VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (job)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What operators did and what came of it.
CREATE TABLE operator_audit (
  audit_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at DATETIME(3) NOT NULL,
  actor VARCHAR(128) NOT NULL,
  action VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target VARCHAR(255) NOT NULL,
  outcome VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (audit_id),
  KEY by_time (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every event in the log with its place and state for the writers' group: queued, applied, parked, dead, discarded.
CREATE OR REPLACE VIEW v_event_log AS
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
  CASE
    WHEN p.seq IS NOT NULL THEN 'parked'
    WHEN d.state = 'discarded' THEN 'discarded'
    WHEN d.state <> 'applied' THEN 'dead'
    WHEN r.last_seq - r.event_count + e.ordinal <= COALESCE(o.applied_seq, 0) THEN 'applied'
    ELSE 'queued'
  END AS state,
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
LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = r.generation AND o.lane = r.lane
LEFT JOIN log_parked AS p
  ON p.grp = 'state' AND p.generation = r.generation AND p.lane = r.lane
  AND p.seq = r.last_seq - r.event_count + e.ordinal
LEFT JOIN log_dead_letters AS d
  ON d.grp = 'state' AND d.generation = r.generation AND d.lane = r.lane
  AND d.seq = r.last_seq - r.event_count + e.ordinal;

-- Each lane: what came in, what is applied, what waits elsewhere, who applies it.
CREATE OR REPLACE VIEW v_lanes AS
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
  o.parked_events,
  o.parked_devices,
  o.dead_letters,
  o.discarded,
  o.skipped,
  o.owner,
  o.epoch
FROM log_lanes AS l
LEFT JOIN log_offsets AS o ON o.grp = 'state' AND o.generation = l.generation AND o.lane = l.lane;

-- Devices whose events wait, with the event that they wait for.
CREATE VIEW v_parked_devices AS
SELECT subject AS serial_number, generation, lane, seq AS sequence, reason, cause, attempts, first_failed_at,
  next_attempt_at, received_at
FROM log_parked
WHERE grp = 'state' AND reason <> '';

CREATE VIEW v_dead_letters AS
SELECT generation, lane, seq AS sequence, subject AS serial_number, type, source, event_id, received_at, reason, cause,
  attempts, first_failed_at, dead_at, state, asked_by, asked_at, settled_at, event
FROM log_dead_letters
WHERE grp = 'state';
