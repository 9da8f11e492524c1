-- When each path in was accepting, by the database's clock: silence of a device counts only while we listened.

-- One row an ingest process and path; the page shows them, and a process that beats no longer is gone.
CREATE TABLE intake_processes (
  process VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  path VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  service VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepting BOOLEAN NOT NULL,
  beat_at DATETIME(3) NOT NULL,
  PRIMARY KEY (process, path)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last moment at which any process accepted on the path.
CREATE TABLE intake_paths (
  path VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_at DATETIME(3) NOT NULL,
  PRIMARY KEY (path)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Closed gaps: nobody accepted on the path from started_at to ended_at.
CREATE TABLE intake_gaps (
  path VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_at DATETIME(3) NOT NULL,
  ended_at DATETIME(3) NOT NULL,
  PRIMARY KEY (path, started_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
