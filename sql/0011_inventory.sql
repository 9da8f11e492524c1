-- Inventory: boxes, the lines they serve, the keys both are known by, and labels. Written by the API; the owners of
-- lanes only read it, and keep what is in force for each device in tables of their own.

-- A combination of labels, given once however many lines have it, and never changed.
CREATE TABLE label_sets (
  label_set_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  -- SHA-256 of the names and values, cut to 16 bytes.
  digest BINARY(16) NOT NULL,
  PRIMARY KEY (label_set_id),
  UNIQUE KEY by_digest (digest)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE label_set_values (
  label_set_id INT UNSIGNED NOT NULL,
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value VARCHAR(64) NOT NULL,
  PRIMARY KEY (label_set_id, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One row: whoever changes the inventory locks it first, and counts it up. Of two states of a box the one with the
-- higher revision is in force.
CREATE TABLE inventory_clock (
  id TINYINT UNSIGNED NOT NULL,
  revision BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT INTO inventory_clock (id, revision) VALUES (1, 0);

-- What a customer has, whichever box serves it. Labels belong to the line and move to its new box.
CREATE TABLE inventory_lines (
  line_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  service_id VARCHAR(64) NOT NULL,
  -- 0: no labels.
  label_set_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (line_id),
  UNIQUE KEY by_service (service_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A box that the inventory knows, whether or not it has ever been heard. OUI and product class empty: not known.
CREATE TABLE inventory_boxes (
  box_id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  serial_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  oui VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  product_class VARCHAR(64) NOT NULL DEFAULT '',
  -- 0: none.
  line_id INT UNSIGNED NOT NULL DEFAULT 0,
  admin_state ENUM ('in_service', 'suspended', 'maintenance', 'retired') NOT NULL DEFAULT 'in_service',
  -- Those of its line; of a box without a line its own.
  label_set_id INT UNSIGNED NOT NULL DEFAULT 0,
  revision BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (box_id),
  UNIQUE KEY identity (serial_number, oui, product_class),
  KEY by_line (line_id),
  KEY by_revision (revision)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which box served a line from when to when.
CREATE TABLE inventory_line_boxes (
  line_id INT UNSIGNED NOT NULL,
  valid_from DATETIME(3) NOT NULL,
  box_id INT UNSIGNED NOT NULL,
  valid_until DATETIME(3) NULL,
  PRIMARY KEY (line_id, valid_from, box_id),
  KEY by_box (box_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a box (PON serial number, MAC address) or a line (the rest) is known by elsewhere, in its normal form.
CREATE TABLE inventory_keys (
  kind ENUM ('pon_serial', 'mac', 'pppoe_user', 'subscriber', 'circuit') NOT NULL,
  value VARCHAR(128) NOT NULL,
  -- One of the two; the other is 0.
  box_id INT UNSIGNED NOT NULL DEFAULT 0,
  line_id INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, value, box_id, line_id),
  KEY by_box (box_id),
  KEY by_line (line_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE inventory_imports (
  import_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state ENUM ('running', 'done', 'failed', 'interrupted') NOT NULL,
  actor VARCHAR(128) NOT NULL,
  started_at DATETIME(3) NOT NULL,
  touched_at DATETIME(3) NOT NULL,
  finished_at DATETIME(3) NULL,
  total_bytes BIGINT UNSIGNED NOT NULL,
  read_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0,
  added INT UNSIGNED NOT NULL DEFAULT 0,
  changed INT UNSIGNED NOT NULL DEFAULT 0,
  unchanged INT UNSIGNED NOT NULL DEFAULT 0,
  unmatched INT UNSIGNED NOT NULL DEFAULT 0,
  ambiguous INT UNSIGNED NOT NULL DEFAULT 0,
  refused INT UNSIGNED NOT NULL DEFAULT 0,
  -- Of its last batch that is committed, and of the last one whose commands are in the log.
  first_revision BIGINT UNSIGNED NOT NULL DEFAULT 0,
  written_revision BIGINT UNSIGNED NOT NULL DEFAULT 0,
  told_revision BIGINT UNSIGNED NOT NULL DEFAULT 0,
  problem VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (import_id),
  KEY by_start (started_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Rows of an import that somebody has to look at.
CREATE TABLE inventory_import_rows (
  import_id VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  row_no INT UNSIGNED NOT NULL,
  outcome ENUM ('changed', 'unmatched', 'ambiguous', 'refused') NOT NULL,
  code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  detail VARCHAR(255) NOT NULL,
  -- The row as read, as JSON, cut.
  content VARCHAR(1024) NOT NULL,
  PRIMARY KEY (import_id, row_no)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What is in force for a device; written by the owner of its lane. A device without a row has no labels, and is in service.
CREATE TABLE device_inventory (
  device_id INT UNSIGNED NOT NULL,
  admin_state ENUM ('in_service', 'suspended', 'maintenance', 'retired') NOT NULL,
  label_set_id INT UNSIGNED NOT NULL,
  revision BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (device_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The fleet summary by label, kept and not counted: moved in the lane's state transaction, summed on read. Of the
-- devices in service, except `admin_state`, which counts all. 'model' and 'firmware' are labels too; '': not known.
CREATE TABLE fleet_label_counts (
  lane SMALLINT UNSIGNED NOT NULL,
  label VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value VARCHAR(64) NOT NULL,
  reachability ENUM ('unknown', 'online', 'stale', 'offline') NOT NULL,
  devices BIGINT NOT NULL,
  PRIMARY KEY (lane, label, value, reachability),
  KEY by_label (label)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Devices with their lines, for people and dashboards.
CREATE VIEW v_inventory AS
SELECT b.serial_number, b.oui, b.product_class, b.admin_state, l.service_id,
  (SELECT GROUP_CONCAT(v.name, '=', v.value ORDER BY v.name SEPARATOR ', ')
   FROM label_set_values AS v WHERE v.label_set_id = b.label_set_id) AS labels
FROM inventory_boxes AS b
LEFT JOIN inventory_lines AS l ON l.line_id = b.line_id;
