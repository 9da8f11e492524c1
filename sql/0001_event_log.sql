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

-- One row an ingest process. flush_no is the last flush it committed: after a lost answer the same flush is sent
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
  -- The session that applies, so that whoever takes over from a stopped process can end it.
  apply_connection BIGINT UNSIGNED NULL,
  PRIMARY KEY (grp, member)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
