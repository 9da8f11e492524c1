-- What changed, for whoever follows: alerts, streams, hooks. Read by positions: they are in the order of commits, without
-- a hole, because the head is locked from the first row to the commit.

-- One row a lane, moved by its owner in the state transaction. 65535 is the lane of alerts, whose owner is the evaluator.
CREATE TABLE change_feed_heads (
  lane SMALLINT UNSIGNED NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE change_feed (
  lane SMALLINT UNSIGNED NOT NULL,
  position BIGINT UNSIGNED NOT NULL,
  made_at DATETIME(3) NOT NULL,
  -- 0: the change is none of one device.
  device_id INT UNSIGNED NOT NULL,
  -- When it happened.
  at DATETIME(3) NOT NULL,
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- FALSE: it was told before, and is made again by a rebuild. Nobody is notified of it.
  news BOOLEAN NOT NULL,
  -- Of the device at that time, where that was at hand; a row of label_sets, 0 for none.
  label_set_id INT UNSIGNED NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (lane, position)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
