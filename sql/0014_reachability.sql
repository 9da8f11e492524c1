-- How much is heard of each source and of each model, and when one of them was silent as a whole: what nobody can say
-- is not said of its devices.

-- What the owners of lanes have applied, by ten seconds of the time it was received in; each writes rows of its lanes.
CREATE TABLE heard_slots (
  slot_at DATETIME NOT NULL,
  -- 'source': a way in ('/webhook'); 'model': what devices say they are.
  kind ENUM ('source', 'model') NOT NULL,
  name VARCHAR(64) NOT NULL,
  lane SMALLINT UNSIGNED NOT NULL,
  reports INT UNSIGNED NOT NULL,
  -- How many devices these reports stand for: one that comes every ten minutes, for ten that come every minute.
  device_minutes DOUBLE NOT NULL,
  last_at DATETIME(3) NOT NULL,
  -- The shortest silence after which one of them is stale.
  shortest_stale_ms INT UNSIGNED NOT NULL,
  -- Devices that came back without a boot after they had missed reports, and the span of their gaps.
  returned INT UNSIGNED NOT NULL DEFAULT 0,
  shortest_return_ms INT UNSIGNED NULL,
  longest_return_ms INT UNSIGNED NULL,
  PRIMARY KEY (slot_at, kind, name, lane)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A source or model from which nothing, or next to nothing, came from started_at on; ended_at NULL: nor does now.
CREATE TABLE source_silences (
  kind ENUM ('source', 'model') NOT NULL,
  name VARCHAR(64) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NULL,
  found_at DATETIME(3) NOT NULL,
  usual_per_minute DOUBLE NOT NULL,
  device_count INT UNSIGNED NOT NULL,
  -- Of a model that came back with another interval: what is expected of its devices from ended_at on.
  interval_seconds INT UNSIGNED NULL,
  PRIMARY KEY (kind, name, started_at),
  KEY by_end (ended_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: up to when it is decided who is silent. Deadlines of devices beyond that wait.
CREATE TABLE source_watch (
  id TINYINT UNSIGNED NOT NULL,
  decided_until DATETIME(3) NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO source_watch (id, decided_until) VALUES (1, NULL);
