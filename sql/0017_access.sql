-- Who may ask and act over HTTP, beside the tokens of the configuration. Of a secret only its SHA-256 is kept.

CREATE TABLE access_tokens (
  token_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  digest BINARY(32) NOT NULL,
  -- By which the audit knows its holder.
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role ENUM ('viewer', 'support', 'operator') NOT NULL,
  -- Labels that a device must have to be seen by it, as a JSON object; empty: any device.
  labels VARCHAR(1024) NOT NULL DEFAULT '',
  made_at DATETIME(3) NOT NULL,
  made_by VARCHAR(128) NOT NULL,
  -- NULL: never.
  expires_at DATETIME(3) NULL,
  revoked_at DATETIME(3) NULL,
  revoked_by VARCHAR(128) NULL,
  PRIMARY KEY (token_id),
  UNIQUE KEY by_digest (digest)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Links that open a session once.
CREATE TABLE access_links (
  digest BINARY(32) NOT NULL,
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role ENUM ('viewer', 'support', 'operator') NOT NULL,
  labels VARCHAR(1024) NOT NULL DEFAULT '',
  made_at DATETIME(3) NOT NULL,
  made_by VARCHAR(128) NOT NULL,
  expires_at DATETIME(3) NOT NULL,
  used_at DATETIME(3) NULL,
  PRIMARY KEY (digest),
  KEY by_end (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
