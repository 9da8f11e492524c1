-- The event log: lanes with gap-free sequences, one record a flush and lane, consumer groups with offsets and leases.

-- A generation is the log between two changes of its shape; positions are (generation, lane, sequence).
CREATE TABLE log_generations (
  generation INT UNSIGNED NOT NULL,
  lanes SMALLINT UNSIGNED NOT NULL,
  opened_at DATETIME(3) NOT NULL,
  PRIMARY KEY (generation)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Head of each lane. Locked by a flush from its first insert to its commit, so commit order is sequence order.
CREATE TABLE log_lanes (
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  head_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
  last_received_at DATETIME(3) NOT NULL,
  PRIMARY KEY (generation, lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row an ingest process. producer and flush_no name a flush; flush_no is the last flush it committed: after a lost answer the same flush is sent
-- again under its number, and the number tells whether it is in the log already.
CREATE TABLE log_producers (
  producer VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  flush_no BIGINT UNSIGNED NOT NULL DEFAULT 0,
  started_at DATETIME(3) NOT NULL,
  flushed_at DATETIME(3) NOT NULL,
  PRIMARY KEY (producer)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The log itself: the events of one flush for one lane, as a JSON array, holding sequences
-- last_seq - event_count + 1 to last_seq. received_hour (hours since 1970, UTC) is the partition.
CREATE TABLE log_records (
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  last_seq BIGINT UNSIGNED NOT NULL,
  received_hour INT UNSIGNED NOT NULL,
  event_count INT UNSIGNED NOT NULL,
  received_at DATETIME(3) NOT NULL,
  events MEDIUMBLOB NOT NULL,
  PRIMARY KEY (generation, lane, last_seq, received_hour)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin
PARTITION BY RANGE (received_hour) (PARTITION p_rest VALUES LESS THAN MAXVALUE);

-- Position, owner and counters of a consumer group in a lane. Moving the offset is the fence of every state
-- transaction: it must match owner and epoch.
CREATE TABLE log_offsets (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation INT UNSIGNED NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  applied_seq BIGINT UNSIGNED NOT NULL DEFAULT 0,
  applied_hour INT UNSIGNED NOT NULL DEFAULT 0,
  watermark DATETIME(3) NULL,
  duplicates BIGINT UNSIGNED NOT NULL DEFAULT 0,
  late BIGINT UNSIGNED NOT NULL DEFAULT 0,
  owner VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  epoch BIGINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (grp, generation, lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The members of a group and their leases, on the database's clock.
CREATE TABLE log_members (
  grp VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  member VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lease_until DATETIME(3) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  host VARCHAR(255) NOT NULL,
  version VARCHAR(32) NOT NULL,
  PRIMARY KEY (grp, member)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The first generation: sixteen lanes.
INSERT INTO log_generations (generation, lanes, opened_at) VALUES (UNIX_TIMESTAMP(), 16, SYSDATE(3));

INSERT INTO log_lanes (generation, lane, last_received_at)
SELECT generation, low.n + 4 * high.n, SYSDATE(3)
FROM log_generations
JOIN (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) AS low
JOIN (SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) AS high;

-- One flush in one call, so that no client round trip happens while a lane head is locked; whatever goes wrong, the
-- handler rolls back and no lock outlives the call.
--   p_index: 24 characters for each lane from p_first_lane to p_last_lane: how many events (6 digits), where its JSON
--   array begins in p_events (9 digits, from 1) and how many bytes it has (9 digits). A lane without events is zeros.
-- Returns one row: repeated = 1 when this flush was in the log already, else 0.
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
  DECLARE v_lanes INT DEFAULT 0;
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
      head_seq = head_seq + CAST(SUBSTRING(p_index, (lane - p_first_lane) * 24 + 1, 6) AS UNSIGNED)
    WHERE generation = p_generation AND lane BETWEEN p_first_lane AND p_last_lane
    ORDER BY lane;
    SET v_lanes = ROW_COUNT();

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

    IF ROW_COUNT() = 0 OR v_lanes = 0 THEN
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'append_flush: the generation has no such lane', MYSQL_ERRNO = 30001;
    END IF;

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
