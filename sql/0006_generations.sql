-- Changes of generation: a sealed one takes no append, and the next goes on behind it.

-- sealed: no flush goes into this lane any more; looked at by the statement that locks the head.
-- base_seq: sequences of the lane begin after it. It is the highest sequence of the generation before, so that a later
-- event of a device has a greater sequence whatever generations the two are in. head_seq - base_seq events were accepted.
ALTER TABLE log_lanes
  ADD COLUMN sealed BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN base_seq BIGINT UNSIGNED NOT NULL DEFAULT 0;

DROP PROCEDURE append_flush;

-- One flush in one call, so that no client round trip happens while a lane head is locked; whatever goes wrong, the
-- handler rolls back and no lock outlives the call.
--   p_index: 24 characters for each lane from p_first_lane to p_last_lane: how many events (6 digits), where its JSON
--   array begins in p_events (9 digits, from 1) and how many bytes it has (9 digits). A lane without events is zeros;
--   the last one has some.
-- Returns one row: repeated = 1 when this flush was in the log already, else 0.
-- Error 30001: there is no such lane. 30002: unknown producer or flush number. 30003: the generation is sealed; the
-- flush is in no generation then, and its number is free.
-- procedure
CREATE PROCEDURE append_flush(
  IN p_producer VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin,
  IN p_flush_no BIGINT UNSIGNED,
  IN p_generation INT UNSIGNED,
  IN p_first_lane SMALLINT UNSIGNED,
  IN p_last_lane SMALLINT UNSIGNED,
  IN p_index TEXT CHARACTER SET ascii COLLATE ascii_bin,
  IN p_events LONGBLOB
)
SQL SECURITY INVOKER
BEGIN
  DECLARE v_committed BIGINT UNSIGNED DEFAULT NULL;
  DECLARE v_sealed BOOLEAN DEFAULT NULL;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  START TRANSACTION;

  UPDATE log_producers
  SET flush_no = p_flush_no, flushed_at = SYSDATE(3)
  WHERE producer = p_producer AND flush_no = p_flush_no - 1;

  IF ROW_COUNT() = 1 THEN
    -- Heads are locked in ascending order. SYSDATE is the moment at which the row is in hand, not the statement's start.
    UPDATE log_lanes
    SET
      last_received_at = IF(
        CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 1, 6) AS UNSIGNED) = 0,
        last_received_at,
        GREATEST(last_received_at, SYSDATE(3))
      ),
      head_seq = head_seq + CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 1, 6) AS UNSIGNED),
      head_bytes = head_bytes + CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 16, 9) AS UNSIGNED)
    WHERE generation = p_generation AND lane BETWEEN p_first_lane AND p_last_lane AND sealed = FALSE
    ORDER BY lane;

    -- All lanes are sealed in one transaction, so the last one speaks for all that were locked above.
    SELECT sealed INTO v_sealed FROM log_lanes WHERE generation = p_generation AND lane = p_last_lane;
    IF v_sealed IS NULL THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append_flush: the generation has no such lane', MYSQL_ERRNO = 30001;
    END IF;
    IF v_sealed THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append_flush: the generation is sealed', MYSQL_ERRNO = 30003;
    END IF;

    INSERT INTO log_records (generation, lane, last_seq, received_hour, event_count, received_at, events)
    SELECT
      generation,
      lane,
      head_seq,
      TIMESTAMPDIFF(HOUR, '1970-01-01', last_received_at),
      CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 1, 6) AS UNSIGNED),
      last_received_at,
      SUBSTRING(
        p_events,
        CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 7, 9) AS UNSIGNED),
        CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 16, 9) AS UNSIGNED)
      )
    FROM log_lanes
    WHERE
      generation = p_generation AND lane BETWEEN p_first_lane AND p_last_lane
      AND CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 1, 6) AS UNSIGNED) > 0;

    COMMIT;
    SELECT 0 AS repeated;
  ELSE
    SELECT flush_no INTO v_committed FROM log_producers WHERE producer = p_producer FOR UPDATE;
    ROLLBACK;
    IF v_committed IS NULL OR v_committed <> p_flush_no THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append_flush: unknown producer or flush number', MYSQL_ERRNO = 30002;
    END IF;
    SELECT 1 AS repeated;
  END IF;
END
//

-- Seals the newest generation and opens the next one, in one transaction and one call: the heads of the old lanes are
-- locked in ascending order, as a flush locks them, so a flush comes wholly before the seal or wholly after it.
--   p_lanes: lanes of the new generation, at least 1. p_reason, p_actor, p_action: for the generation and the audit.
-- The number is the database's time in seconds where that is greater than the one before: also greater than any that
-- was given after the backup from which this database was restored.
-- Returns one row: generation, sealed_generation, base_seq.
-- Error 30004: another generation was opened at the same moment. 30005: a generation needs lanes.
-- procedure
CREATE PROCEDURE open_generation(
  IN p_lanes SMALLINT UNSIGNED,
  IN p_reason VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  IN p_actor VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  IN p_action VARCHAR(48) CHARACTER SET ascii COLLATE ascii_bin
)
SQL SECURITY INVOKER
BEGIN
  DECLARE v_old INT UNSIGNED DEFAULT NULL;
  DECLARE v_new INT UNSIGNED DEFAULT NULL;
  DECLARE v_at DATETIME(3) DEFAULT NULL;
  DECLARE v_base BIGINT UNSIGNED DEFAULT 0;
  DECLARE v_lane SMALLINT UNSIGNED DEFAULT 0;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    ROLLBACK;
    RESIGNAL;
  END;

  IF p_lanes IS NULL OR p_lanes < 1 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'open_generation: a generation needs lanes', MYSQL_ERRNO = 30005;
  END IF;

  START TRANSACTION;

  SELECT MAX(generation) INTO v_old FROM log_generations;

  UPDATE log_generations SET sealed_at = SYSDATE(3) WHERE generation = v_old AND sealed_at IS NULL;
  IF ROW_COUNT() = 0 THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'open_generation: another one was opened at this moment', MYSQL_ERRNO = 30004;
  END IF;

  UPDATE log_lanes SET sealed = TRUE WHERE generation = v_old ORDER BY lane;

  -- Nothing of the old generation was received after this moment, and nothing of the new one will be before it.
  SELECT GREATEST(MAX(last_received_at), SYSDATE(3)), MAX(head_seq) INTO v_at, v_base
  FROM log_lanes
  WHERE generation = v_old;
  SET v_new = GREATEST(v_old + 1, FLOOR(UNIX_TIMESTAMP(SYSDATE(3))));

  UPDATE log_generations SET sealed_at = v_at WHERE generation = v_old;
  INSERT INTO log_generations (generation, lanes, opened_at, reason) VALUES (v_new, p_lanes, v_at, p_reason);
  WHILE v_lane < p_lanes DO
    INSERT INTO log_lanes (generation, lane, head_seq, base_seq, last_received_at)
    VALUES (v_new, v_lane, v_base, v_base, v_at);
    SET v_lane = v_lane + 1;
  END WHILE;

  INSERT INTO operator_audit (at, actor, action, target, outcome, detail)
  VALUES (
    SYSDATE(3), p_actor, p_action, CONCAT('generation ', v_new), 'done',
    JSON_OBJECT('lanes', p_lanes, 'sealed_generation', v_old, 'reason', p_reason)
  );

  COMMIT;
  SELECT v_new AS generation, v_old AS sealed_generation, v_base AS base_seq;
END
//

-- Each lane: what came in, what is applied, what waits elsewhere, who applies it.
CREATE OR REPLACE VIEW v_lanes AS
SELECT
  l.generation,
  l.lane,
  l.base_seq,
  l.head_seq,
  COALESCE(o.applied_seq, l.base_seq) AS applied_seq,
  l.head_seq - COALESCE(o.applied_seq, l.base_seq) AS lag_events,
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
