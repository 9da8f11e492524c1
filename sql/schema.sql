-- Written by `npm run dump:schema`: the schema after all migrations, in the words of MariaDB 10.11.

CREATE TABLE `access_links` (
  `digest` binary(32) NOT NULL,
  `name` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` enum('viewer','support','operator') NOT NULL,
  `labels` varchar(1024) NOT NULL DEFAULT '',
  `made_at` datetime(3) NOT NULL,
  `made_by` varchar(128) NOT NULL,
  `expires_at` datetime(3) NOT NULL,
  `used_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`digest`),
  KEY `by_end` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `access_tokens` (
  `token_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `digest` binary(32) NOT NULL,
  `name` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` enum('viewer','support','operator') NOT NULL,
  `labels` varchar(1024) NOT NULL DEFAULT '',
  `made_at` datetime(3) NOT NULL,
  `made_by` varchar(128) NOT NULL,
  `expires_at` datetime(3) DEFAULT NULL,
  `revoked_at` datetime(3) DEFAULT NULL,
  `revoked_by` varchar(128) DEFAULT NULL,
  PRIMARY KEY (`token_id`),
  UNIQUE KEY `by_digest` (`digest`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `alert_positions` (
  `lane` smallint(5) unsigned NOT NULL,
  `position` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `alerts` (
  `alert_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `open_key` varchar(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `rule` varchar(64) NOT NULL,
  `kind` enum('device','group') NOT NULL,
  `severity` enum('warning','critical') NOT NULL,
  `state` enum('pending','firing','resolved') NOT NULL,
  `device_id` int(10) unsigned NOT NULL DEFAULT 0,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `lane` smallint(5) unsigned NOT NULL DEFAULT 0,
  `group_label` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `group_value` varchar(160) NOT NULL DEFAULT '',
  `labels` text NOT NULL,
  `summary` varchar(255) NOT NULL,
  `started_at` datetime(3) NOT NULL,
  `ended_at` datetime(3) DEFAULT NULL,
  `pending_at` datetime(3) NOT NULL,
  `fired_at` datetime(3) DEFAULT NULL,
  `clear_since` datetime(3) DEFAULT NULL,
  `resolved_at` datetime(3) DEFAULT NULL,
  `cause` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'unknown',
  `evidence` text NOT NULL,
  `missing` int(10) unsigned NOT NULL DEFAULT 0,
  `due` int(10) unsigned NOT NULL DEFAULT 0,
  `members` int(10) unsigned NOT NULL DEFAULT 0,
  `most_missing` int(10) unsigned NOT NULL DEFAULT 0,
  `device_seconds` bigint(20) unsigned NOT NULL DEFAULT 0,
  `parent_id` bigint(20) unsigned DEFAULT NULL,
  `quiet` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `notification` enum('none','sent','digest','digested') NOT NULL DEFAULT 'none',
  `notified_at` datetime(3) DEFAULT NULL,
  `end_notified_at` datetime(3) DEFAULT NULL,
  `acknowledged_by` varchar(128) DEFAULT NULL,
  `acknowledged_at` datetime(3) DEFAULT NULL,
  `acknowledge_note` varchar(255) NOT NULL DEFAULT '',
  `traceparent` char(55) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  PRIMARY KEY (`alert_id`),
  UNIQUE KEY `by_key` (`open_key`),
  KEY `by_state` (`state`,`started_at`),
  KEY `by_device` (`device_id`,`started_at`),
  KEY `by_parent` (`parent_id`),
  KEY `by_end` (`resolved_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `change_feed` (
  `lane` smallint(5) unsigned NOT NULL,
  `position` bigint(20) unsigned NOT NULL,
  `made_at` datetime(3) NOT NULL,
  `device_id` int(10) unsigned NOT NULL,
  `at` datetime(3) NOT NULL,
  `kind` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `news` tinyint(1) NOT NULL,
  `label_set_id` int(10) unsigned DEFAULT NULL,
  `data` text NOT NULL,
  `traceparent` char(55) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  PRIMARY KEY (`lane`,`position`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `change_feed_heads` (
  `lane` smallint(5) unsigned NOT NULL,
  `position` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `coverage_metrics` (
  `model` varchar(64) NOT NULL,
  `firmware` varchar(64) NOT NULL,
  `metric` varchar(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `seen` bigint(20) unsigned NOT NULL,
  `no_reading` bigint(20) unsigned NOT NULL,
  `first_at` datetime(3) NOT NULL,
  `last_at` datetime(3) NOT NULL,
  PRIMARY KEY (`model`,`firmware`,`metric`),
  KEY `by_last` (`last_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `coverage_models` (
  `model` varchar(64) NOT NULL,
  `firmware` varchar(64) NOT NULL,
  `manufacturer` varchar(64) NOT NULL DEFAULT '',
  `reports` bigint(20) unsigned NOT NULL,
  `looked_at` bigint(20) unsigned NOT NULL,
  `surveyed` bigint(20) unsigned NOT NULL,
  `first_at` datetime(3) NOT NULL,
  `last_at` datetime(3) NOT NULL,
  PRIMARY KEY (`model`,`firmware`),
  KEY `by_last` (`last_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `coverage_paths` (
  `model` varchar(64) NOT NULL,
  `path` varchar(256) NOT NULL,
  `type` varchar(32) NOT NULL,
  `form` varchar(32) NOT NULL,
  `firmware` varchar(64) NOT NULL,
  `seen` bigint(20) unsigned NOT NULL,
  `first_at` datetime(3) NOT NULL,
  `last_at` datetime(3) NOT NULL,
  PRIMARY KEY (`model`,`path`),
  KEY `by_last` (`last_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `ddl_room` (
  `id` tinyint(3) unsigned NOT NULL,
  `filler` mediumblob NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `device_conditions` (
  `device_id` int(10) unsigned NOT NULL,
  `rule` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `severity` enum('warning','critical') NOT NULL,
  `since` datetime(3) NOT NULL,
  `opened_at` datetime(3) NOT NULL,
  `metric` varchar(128) NOT NULL DEFAULT '',
  `value` double DEFAULT NULL,
  `text` varchar(255) NOT NULL,
  PRIMARY KEY (`device_id`,`rule`),
  KEY `by_rule` (`rule`,`severity`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `device_events` (
  `device_id` int(10) unsigned NOT NULL,
  `at` datetime(3) NOT NULL,
  `kind` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `identity` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `data` text NOT NULL,
  PRIMARY KEY (`device_id`,`at`,`kind`,`identity`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `device_inventory` (
  `device_id` int(10) unsigned NOT NULL,
  `admin_state` enum('in_service','suspended','maintenance','retired') NOT NULL,
  `label_set_id` int(10) unsigned NOT NULL,
  `revision` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`device_id`),
  KEY `by_labels` (`label_set_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `device_state` (
  `device_id` int(10) unsigned NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `last_seq` bigint(20) unsigned NOT NULL,
  `last_seen_at` datetime(3) NOT NULL,
  `device_time` datetime(3) DEFAULT NULL,
  `source` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `interval_seconds` int(10) unsigned DEFAULT NULL,
  `reachability` enum('unknown','online','stale','offline') NOT NULL,
  `reachability_reason` varchar(64) NOT NULL,
  `reachability_since` datetime(3) NOT NULL,
  `wan_ip` varchar(45) DEFAULT NULL,
  `sw_version` varchar(64) DEFAULT NULL,
  `cpu_used_ratio` double DEFAULT NULL,
  `memory_used_ratio` double DEFAULT NULL,
  `uptime_seconds` double DEFAULT NULL,
  `temperature_celsius` double DEFAULT NULL,
  `rx_power_dbm` double DEFAULT NULL,
  `applied_events` bigint(20) unsigned NOT NULL,
  `duplicate_events` bigint(20) unsigned NOT NULL,
  `late_events` bigint(20) unsigned NOT NULL,
  `memory` mediumtext NOT NULL,
  `health` enum('unknown','ok','degraded','critical') NOT NULL DEFAULT 'unknown',
  `health_reason` varchar(128) NOT NULL DEFAULT '',
  `health_since` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `devices` (
  `device_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `product_class` varchar(64) NOT NULL DEFAULT '',
  `manufacturer` varchar(64) DEFAULT NULL,
  `model` varchar(64) DEFAULT NULL,
  `source` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `first_seen_at` datetime(3) NOT NULL,
  PRIMARY KEY (`device_id`),
  UNIQUE KEY `identity` (`serial_number`,`oui`,`product_class`),
  KEY `by_lane` (`lane`,`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erasure_devices` (
  `device_id` int(10) unsigned NOT NULL,
  `erasure_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (`device_id`),
  KEY `by_erasure` (`erasure_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erasure_keys` (
  `key_id` char(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `secret` binary(32) NOT NULL,
  `made_at` datetime(3) NOT NULL,
  PRIMARY KEY (`key_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erasure_subjects` (
  `erasure_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `product_class` varchar(64) NOT NULL DEFAULT '',
  `erased_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`erasure_id`,`serial_number`),
  KEY `by_serial` (`serial_number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erasure_tombstones` (
  `subject_hash` binary(32) NOT NULL,
  `erasure_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `key_id` char(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `identity_hash` binary(32) NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `seq` bigint(20) unsigned NOT NULL,
  `erased_at` datetime(3) NOT NULL,
  PRIMARY KEY (`subject_hash`,`erasure_id`),
  KEY `by_erasure` (`erasure_id`),
  KEY `by_time` (`erased_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `erasures` (
  `erasure_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `state` enum('asked','erasing','done') NOT NULL DEFAULT 'asked',
  `actor` varchar(128) NOT NULL,
  `reason` varchar(255) NOT NULL,
  `asked_at` datetime(3) NOT NULL,
  `told_at` datetime(3) DEFAULT NULL,
  `settled_at` datetime(3) DEFAULT NULL,
  `devices` int(10) unsigned NOT NULL DEFAULT 0,
  `inventory` int(10) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`erasure_id`),
  KEY `by_state` (`state`,`asked_at`),
  KEY `by_time` (`asked_at`,`erasure_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `expected_devices` (
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `product_class` varchar(64) NOT NULL DEFAULT '',
  PRIMARY KEY (`serial_number`,`oui`,`product_class`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `fleet_counts` (
  `lane` smallint(5) unsigned NOT NULL,
  `reachability` enum('unknown','online','stale','offline') NOT NULL,
  `devices` bigint(20) NOT NULL,
  PRIMARY KEY (`lane`,`reachability`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `fleet_health_counts` (
  `lane` smallint(5) unsigned NOT NULL,
  `reachability` enum('unknown','online','stale','offline') NOT NULL,
  `health` enum('ok','degraded','critical') NOT NULL,
  `devices` bigint(20) NOT NULL,
  PRIMARY KEY (`lane`,`reachability`,`health`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `fleet_label_counts` (
  `lane` smallint(5) unsigned NOT NULL,
  `label` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `value` varchar(64) NOT NULL,
  `reachability` enum('unknown','online','stale','offline') NOT NULL,
  `devices` bigint(20) NOT NULL,
  PRIMARY KEY (`lane`,`label`,`value`,`reachability`),
  KEY `by_label` (`label`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `health_references` (
  `day` int(10) unsigned NOT NULL,
  `metric` varchar(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `model` varchar(64) NOT NULL,
  `firmware` varchar(64) NOT NULL,
  `devices` int(10) unsigned NOT NULL,
  `mean` double NOT NULL,
  PRIMARY KEY (`day`,`metric`,`model`,`firmware`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `health_rule_sets` (
  `version` char(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `first_loaded_at` datetime(3) NOT NULL,
  `last_loaded_at` datetime(3) NOT NULL,
  `rules` smallint(5) unsigned NOT NULL,
  `content` mediumtext NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `heard_slots` (
  `slot_at` datetime NOT NULL,
  `kind` enum('source','model') NOT NULL,
  `name` varchar(64) NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `reports` int(10) unsigned NOT NULL,
  `device_minutes` double NOT NULL,
  `last_at` datetime(3) NOT NULL,
  `shortest_stale_ms` int(10) unsigned NOT NULL,
  `returned` int(10) unsigned NOT NULL DEFAULT 0,
  `shortest_return_ms` int(10) unsigned DEFAULT NULL,
  `longest_return_ms` int(10) unsigned DEFAULT NULL,
  PRIMARY KEY (`slot_at`,`kind`,`name`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history_days` (
  `day` int(10) unsigned NOT NULL,
  `device_id` int(10) unsigned NOT NULL,
  `payload` mediumblob NOT NULL,
  PRIMARY KEY (`day`,`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
 PARTITION BY RANGE (`day`)
(PARTITION `p_rest` VALUES LESS THAN MAXVALUE ENGINE = InnoDB);

CREATE TABLE `history_due` (
  `day` int(10) unsigned NOT NULL,
  `device_group` int(10) unsigned NOT NULL,
  PRIMARY KEY (`day`,`device_group`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history_fresh` (
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `chunk_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `made_at` datetime(3) NOT NULL,
  `device_ids` mediumblob NOT NULL,
  `payload` mediumblob NOT NULL,
  PRIMARY KEY (`generation`,`lane`,`chunk_id`),
  KEY `by_number` (`chunk_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history_hours` (
  `day` int(10) unsigned NOT NULL,
  `device_id` int(10) unsigned NOT NULL,
  `payload` mediumblob NOT NULL,
  PRIMARY KEY (`day`,`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
 PARTITION BY RANGE (`day`)
(PARTITION `p_rest` VALUES LESS THAN MAXVALUE ENGINE = InnoDB);

CREATE TABLE `history_marks` (
  `tier` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `low_water` int(10) unsigned NOT NULL,
  `moved_at` datetime(3) NOT NULL,
  PRIMARY KEY (`tier`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history_runs` (
  `device_group` int(10) unsigned NOT NULL,
  `slice` int(10) unsigned NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `run_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `device_ids` mediumblob NOT NULL,
  `payload` mediumblob NOT NULL,
  PRIMARY KEY (`device_group`,`slice`,`generation`,`lane`,`run_id`),
  KEY `by_number` (`run_id`),
  KEY `by_slice` (`slice`,`device_group`),
  KEY `by_lane` (`generation`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `history_samples` (
  `slice` int(10) unsigned NOT NULL,
  `device_id` int(10) unsigned NOT NULL,
  `payload` mediumblob NOT NULL,
  PRIMARY KEY (`slice`,`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
 PARTITION BY RANGE (`slice`)
(PARTITION `p_rest` VALUES LESS THAN MAXVALUE ENGINE = InnoDB);

CREATE TABLE `identity_findings` (
  `device_id` int(10) unsigned NOT NULL,
  `kind` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `other_id` int(10) unsigned NOT NULL DEFAULT 0,
  `at` datetime(3) NOT NULL,
  `data` text NOT NULL,
  PRIMARY KEY (`device_id`,`kind`,`other_id`),
  KEY `by_other` (`other_id`),
  KEY `by_time` (`at`,`device_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `intake_gaps` (
  `path` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `started_at` datetime(3) NOT NULL,
  `ended_at` datetime(3) NOT NULL,
  PRIMARY KEY (`path`,`started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `intake_paths` (
  `path` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `accepted_at` datetime(3) NOT NULL,
  PRIMARY KEY (`path`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `intake_processes` (
  `process` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `path` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `service` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `accepting` tinyint(1) NOT NULL,
  `beat_at` datetime(3) NOT NULL,
  PRIMARY KEY (`process`,`path`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_boxes` (
  `box_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `product_class` varchar(64) NOT NULL DEFAULT '',
  `line_id` int(10) unsigned NOT NULL DEFAULT 0,
  `admin_state` enum('in_service','suspended','maintenance','retired') NOT NULL DEFAULT 'in_service',
  `label_set_id` int(10) unsigned NOT NULL DEFAULT 0,
  `revision` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`box_id`),
  UNIQUE KEY `identity` (`serial_number`,`oui`,`product_class`),
  KEY `by_line` (`line_id`),
  KEY `by_revision` (`revision`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_clock` (
  `id` tinyint(3) unsigned NOT NULL,
  `revision` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_import_rows` (
  `import_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `row_no` int(10) unsigned NOT NULL,
  `outcome` enum('changed','unmatched','ambiguous','refused') NOT NULL,
  `code` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `detail` varchar(255) NOT NULL,
  `content` varchar(1024) NOT NULL,
  PRIMARY KEY (`import_id`,`row_no`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_imports` (
  `import_id` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `state` enum('running','done','failed','interrupted') NOT NULL,
  `actor` varchar(128) NOT NULL,
  `started_at` datetime(3) NOT NULL,
  `touched_at` datetime(3) NOT NULL,
  `finished_at` datetime(3) DEFAULT NULL,
  `total_bytes` bigint(20) unsigned NOT NULL,
  `read_bytes` bigint(20) unsigned NOT NULL DEFAULT 0,
  `added` int(10) unsigned NOT NULL DEFAULT 0,
  `changed` int(10) unsigned NOT NULL DEFAULT 0,
  `unchanged` int(10) unsigned NOT NULL DEFAULT 0,
  `unmatched` int(10) unsigned NOT NULL DEFAULT 0,
  `ambiguous` int(10) unsigned NOT NULL DEFAULT 0,
  `refused` int(10) unsigned NOT NULL DEFAULT 0,
  `first_revision` bigint(20) unsigned NOT NULL DEFAULT 0,
  `written_revision` bigint(20) unsigned NOT NULL DEFAULT 0,
  `told_revision` bigint(20) unsigned NOT NULL DEFAULT 0,
  `problem` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`import_id`),
  KEY `by_start` (`started_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_keys` (
  `kind` enum('pon_serial','mac','pppoe_user','subscriber','circuit') NOT NULL,
  `value` varchar(128) NOT NULL,
  `box_id` int(10) unsigned NOT NULL DEFAULT 0,
  `line_id` int(10) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`kind`,`value`,`box_id`,`line_id`),
  KEY `by_box` (`box_id`),
  KEY `by_line` (`line_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_line_boxes` (
  `line_id` int(10) unsigned NOT NULL,
  `valid_from` datetime(3) NOT NULL,
  `box_id` int(10) unsigned NOT NULL,
  `valid_until` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`line_id`,`valid_from`,`box_id`),
  KEY `by_box` (`box_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inventory_lines` (
  `line_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `service_id` varchar(64) NOT NULL,
  `label_set_id` int(10) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`line_id`),
  UNIQUE KEY `by_service` (`service_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `job_leases` (
  `job` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `owner` varchar(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `epoch` bigint(20) unsigned NOT NULL DEFAULT 0,
  `lease_until` datetime(3) DEFAULT NULL,
  `started_at` datetime(3) DEFAULT NULL,
  `finished_at` datetime(3) DEFAULT NULL,
  `outcome` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `detail` varchar(255) NOT NULL DEFAULT '',
  `succeeded_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`job`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `label_set_values` (
  `label_set_id` int(10) unsigned NOT NULL,
  `name` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `value` varchar(64) NOT NULL,
  PRIMARY KEY (`label_set_id`,`name`),
  KEY `by_value` (`name`,`value`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `label_sets` (
  `label_set_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `digest` binary(16) NOT NULL,
  PRIMARY KEY (`label_set_id`),
  UNIQUE KEY `by_digest` (`digest`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_dead_letters` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `seq` bigint(20) unsigned NOT NULL,
  `home_generation` int(10) unsigned NOT NULL,
  `home_lane` smallint(5) unsigned NOT NULL,
  `subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `type` varchar(64) NOT NULL,
  `source` varchar(32) NOT NULL,
  `event_id` varchar(256) NOT NULL,
  `received_at` datetime(3) NOT NULL,
  `event` mediumtext NOT NULL,
  `reason` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `cause` varchar(1000) NOT NULL,
  `attempts` int(10) unsigned NOT NULL,
  `first_failed_at` datetime(3) NOT NULL,
  `dead_at` datetime(3) NOT NULL,
  `state` enum('dead','requeue','discard','applied','discarded') NOT NULL DEFAULT 'dead',
  `asked_by` varchar(128) DEFAULT NULL,
  `asked_at` datetime(3) DEFAULT NULL,
  `settled_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`grp`,`generation`,`lane`,`seq`),
  KEY `by_state` (`grp`,`state`,`home_generation`,`home_lane`,`generation`,`lane`,`seq`),
  KEY `by_subject` (`grp`,`subject`,`generation`,`seq`),
  KEY `by_time` (`grp`,`dead_at`,`generation`,`lane`,`seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_generations` (
  `generation` int(10) unsigned NOT NULL,
  `lanes` smallint(5) unsigned NOT NULL,
  `opened_at` datetime(3) NOT NULL,
  `sealed_at` datetime(3) DEFAULT NULL,
  `ready_at` datetime(3) DEFAULT NULL,
  `reason` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`generation`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_groups` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `mandatory` tinyint(1) NOT NULL,
  `created_at` datetime(3) NOT NULL,
  `lost_events` bigint(20) unsigned NOT NULL DEFAULT 0,
  `lost_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`grp`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_lanes` (
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `head_seq` bigint(20) unsigned NOT NULL DEFAULT 0,
  `last_received_at` datetime(3) NOT NULL,
  `head_bytes` bigint(20) unsigned NOT NULL DEFAULT 0,
  `sealed` tinyint(1) NOT NULL DEFAULT 0,
  `base_seq` bigint(20) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`generation`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_members` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `member` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `lease_until` datetime(3) NOT NULL,
  `started_at` datetime(3) NOT NULL,
  `host` varchar(255) NOT NULL,
  `version` varchar(32) NOT NULL,
  PRIMARY KEY (`grp`,`member`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_offsets` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `applied_seq` bigint(20) unsigned NOT NULL DEFAULT 0,
  `applied_hour` int(10) unsigned NOT NULL DEFAULT 0,
  `watermark` datetime(3) DEFAULT NULL,
  `duplicates` bigint(20) unsigned NOT NULL DEFAULT 0,
  `late` bigint(20) unsigned NOT NULL DEFAULT 0,
  `owner` varchar(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `epoch` bigint(20) unsigned NOT NULL DEFAULT 0,
  `applied_bytes` bigint(20) unsigned NOT NULL DEFAULT 0,
  `parked_events` bigint(20) unsigned NOT NULL DEFAULT 0,
  `parked_devices` bigint(20) unsigned NOT NULL DEFAULT 0,
  `dead_letters` bigint(20) unsigned NOT NULL DEFAULT 0,
  `discarded` bigint(20) unsigned NOT NULL DEFAULT 0,
  `skipped` bigint(20) unsigned NOT NULL DEFAULT 0,
  `rebuild_seq` bigint(20) unsigned NOT NULL DEFAULT 0,
  `quarantined` bigint(20) unsigned NOT NULL DEFAULT 0,
  `erased` bigint(20) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`grp`,`generation`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_parked` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `seq` bigint(20) unsigned NOT NULL,
  `home_generation` int(10) unsigned NOT NULL,
  `home_lane` smallint(5) unsigned NOT NULL,
  `subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `received_at` datetime(3) NOT NULL,
  `event` mediumtext NOT NULL,
  `parked_at` datetime(3) NOT NULL,
  `reason` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `cause` varchar(1000) NOT NULL DEFAULT '',
  `attempts` int(10) unsigned NOT NULL DEFAULT 0,
  `first_failed_at` datetime(3) DEFAULT NULL,
  `next_attempt_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`grp`,`generation`,`lane`,`seq`),
  KEY `by_home` (`grp`,`home_generation`,`home_lane`,`subject`,`generation`,`seq`),
  KEY `due` (`grp`,`home_generation`,`home_lane`,`next_attempt_at`),
  KEY `by_age` (`grp`,`first_failed_at`,`subject`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_producers` (
  `producer` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `flush_no` bigint(20) unsigned NOT NULL DEFAULT 0,
  `started_at` datetime(3) NOT NULL,
  `flushed_at` datetime(3) NOT NULL,
  PRIMARY KEY (`producer`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_rebuilds` (
  `rebuild_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `state` enum('asked','clearing','applying','done','refused') NOT NULL DEFAULT 'asked',
  `until_seq` bigint(20) unsigned DEFAULT NULL,
  `reason` varchar(255) NOT NULL,
  `detail` varchar(255) NOT NULL DEFAULT '',
  `asked_by` varchar(128) NOT NULL,
  `asked_at` datetime(3) NOT NULL,
  `settled_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`rebuild_id`),
  KEY `by_lane` (`grp`,`generation`,`lane`,`state`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_records` (
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `last_seq` bigint(20) unsigned NOT NULL,
  `received_hour` int(10) unsigned NOT NULL,
  `event_count` int(10) unsigned NOT NULL,
  `received_at` datetime(3) NOT NULL,
  `events` mediumblob NOT NULL,
  PRIMARY KEY (`generation`,`lane`,`last_seq`,`received_hour`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
 PARTITION BY RANGE (`received_hour`)
(PARTITION `p_rest` VALUES LESS THAN MAXVALUE ENGINE = InnoDB);

CREATE TABLE `log_replay_failures` (
  `replay_id` int(10) unsigned NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `seq` bigint(20) unsigned NOT NULL,
  `subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `cause` varchar(1000) NOT NULL,
  PRIMARY KEY (`replay_id`,`generation`,`lane`,`seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_replay_lanes` (
  `replay_id` int(10) unsigned NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `done_seq` bigint(20) unsigned NOT NULL,
  `done_hour` int(10) unsigned NOT NULL,
  `end_seq` bigint(20) unsigned NOT NULL,
  `applied` bigint(20) unsigned NOT NULL DEFAULT 0,
  `left_out` bigint(20) unsigned NOT NULL DEFAULT 0,
  `failed` bigint(20) unsigned NOT NULL DEFAULT 0,
  `state` enum('running','done','stopped','refused') NOT NULL DEFAULT 'running',
  `detail` varchar(255) NOT NULL DEFAULT '',
  `settled_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`replay_id`,`generation`,`lane`),
  KEY `by_lane` (`generation`,`lane`,`state`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_replays` (
  `replay_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `from_at` datetime(3) NOT NULL,
  `until_at` datetime(3) NOT NULL,
  `reason` varchar(255) NOT NULL,
  `asked_by` varchar(128) NOT NULL,
  `asked_at` datetime(3) NOT NULL,
  PRIMARY KEY (`replay_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_retention` (
  `id` tinyint(3) unsigned NOT NULL,
  `low_water_hour` int(10) unsigned NOT NULL,
  `moved_at` datetime(3) NOT NULL,
  `wanted_hour` int(10) unsigned NOT NULL DEFAULT 0,
  `held_by` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_skips` (
  `grp` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `to_seq` bigint(20) unsigned NOT NULL,
  `from_seq` bigint(20) unsigned DEFAULT NULL,
  `state` enum('asked','done','refused') NOT NULL DEFAULT 'asked',
  `reason` varchar(255) NOT NULL,
  `detail` varchar(255) NOT NULL DEFAULT '',
  `asked_by` varchar(128) NOT NULL,
  `asked_at` datetime(3) NOT NULL,
  `settled_at` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`grp`,`generation`,`lane`,`to_seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `maintenance_windows` (
  `window_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `matchers` text NOT NULL,
  `starts_at` datetime(3) NOT NULL,
  `ends_at` datetime(3) DEFAULT NULL,
  `weekly` text DEFAULT NULL,
  `reason` varchar(255) NOT NULL,
  `made_by` varchar(128) NOT NULL,
  `made_at` datetime(3) NOT NULL,
  PRIMARY KEY (`window_id`),
  KEY `by_end` (`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `operator_audit` (
  `audit_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `at` datetime(3) NOT NULL,
  `actor` varchar(128) NOT NULL,
  `action` varchar(48) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `target` varchar(255) NOT NULL,
  `outcome` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `detail` text NOT NULL,
  PRIMARY KEY (`audit_id`),
  KEY `by_time` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `outbox` (
  `receiver` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `position` bigint(20) unsigned NOT NULL,
  `made_at` datetime(3) NOT NULL,
  `message_id` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `kind` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `alert_id` bigint(20) unsigned NOT NULL,
  `body` text NOT NULL,
  `state` enum('waiting','sent','dead') NOT NULL DEFAULT 'waiting',
  `attempts` int(10) unsigned NOT NULL DEFAULT 0,
  `settled_at` datetime(3) DEFAULT NULL,
  `traceparent` char(55) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  PRIMARY KEY (`receiver`,`position`),
  KEY `by_message` (`message_id`),
  KEY `by_state` (`state`,`settled_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `outbox_receivers` (
  `receiver` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `position` bigint(20) unsigned NOT NULL DEFAULT 0,
  `attempts` int(10) unsigned NOT NULL DEFAULT 0,
  `next_at` datetime(3) DEFAULT NULL,
  `failing_since` datetime(3) DEFAULT NULL,
  `last_ok_at` datetime(3) DEFAULT NULL,
  `last_error` varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (`receiver`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `quarantined_identities` (
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `product_class` varchar(64) NOT NULL,
  `reason` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `source` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `events` bigint(20) unsigned NOT NULL,
  `first_at` datetime(3) NOT NULL,
  `last_at` datetime(3) NOT NULL,
  `generation` int(10) unsigned NOT NULL,
  `last_seq` bigint(20) unsigned NOT NULL,
  `released_at` datetime(3) DEFAULT NULL,
  `released_by` varchar(128) DEFAULT NULL,
  PRIMARY KEY (`serial_number`,`oui`,`product_class`),
  KEY `by_time` (`last_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `rebuilt_device_ids` (
  `device_id` int(10) unsigned NOT NULL,
  `serial_number` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `oui` varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `product_class` varchar(64) NOT NULL,
  `first_seen_at` datetime(3) NOT NULL,
  PRIMARY KEY (`device_id`),
  KEY `by_serial` (`serial_number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `silences` (
  `silence_id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `matchers` text NOT NULL,
  `starts_at` datetime(3) NOT NULL,
  `ends_at` datetime(3) NOT NULL,
  `reason` varchar(255) NOT NULL,
  `made_by` varchar(128) NOT NULL,
  `made_at` datetime(3) NOT NULL,
  PRIMARY KEY (`silence_id`),
  KEY `by_end` (`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `source_silences` (
  `kind` enum('source','model') NOT NULL,
  `name` varchar(64) NOT NULL,
  `started_at` datetime(3) NOT NULL,
  `ended_at` datetime(3) DEFAULT NULL,
  `found_at` datetime(3) NOT NULL,
  `usual_per_minute` double NOT NULL,
  `device_count` int(10) unsigned NOT NULL,
  `interval_seconds` int(10) unsigned DEFAULT NULL,
  PRIMARY KEY (`kind`,`name`,`started_at`),
  KEY `by_end` (`ended_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `source_watch` (
  `id` tinyint(3) unsigned NOT NULL,
  `decided_until` datetime(3) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE SQL SECURITY DEFINER VIEW `v_alerts` AS select `alerts`.`alert_id` AS `alert_id`,
  `alerts`.`rule` AS `rule`,
  `alerts`.`kind` AS `kind`,
  `alerts`.`severity` AS `severity`,
  `alerts`.`state` AS `state`,
  `alerts`.`serial_number` AS `serial_number`,
  `alerts`.`group_label` AS `group_label`,
  `alerts`.`group_value` AS `group_value`,
  `alerts`.`summary` AS `summary`,
  `alerts`.`started_at` AS `started_at`,
  `alerts`.`ended_at` AS `ended_at`,
  `alerts`.`fired_at` AS `fired_at`,
  `alerts`.`resolved_at` AS `resolved_at`,
  `alerts`.`cause` AS `cause`,
  `alerts`.`missing` AS `missing`,
  `alerts`.`due` AS `due`,
  `alerts`.`members` AS `members`,
  `alerts`.`most_missing` AS `most_missing`,
  `alerts`.`device_seconds` AS `device_seconds`,
  `alerts`.`parent_id` AS `parent_id`,
  `alerts`.`quiet` AS `quiet`,
  `alerts`.`acknowledged_by` AS `acknowledged_by`
from `alerts`;

CREATE SQL SECURITY DEFINER VIEW `v_conditions` AS select `d`.`serial_number` AS `serial_number`,
  `d`.`oui` AS `oui`,
  `d`.`product_class` AS `product_class`,
  `d`.`model` AS `model`,
  `c`.`rule` AS `rule`,
  `c`.`severity` AS `severity`,
  `c`.`since` AS `since`,
  `c`.`opened_at` AS `opened_at`,
  `c`.`metric` AS `metric`,
  `c`.`value` AS `value`,
  `c`.`text` AS `text`
from (`device_conditions` `c`
join `devices` `d` on(`d`.`device_id` = `c`.`device_id`));

CREATE SQL SECURITY DEFINER VIEW `v_dead_letters` AS select `log_dead_letters`.`generation` AS `generation`,
  `log_dead_letters`.`lane` AS `lane`,
  `log_dead_letters`.`seq` AS `sequence`,
  `log_dead_letters`.`subject` AS `serial_number`,
  `log_dead_letters`.`type` AS `type`,
  `log_dead_letters`.`source` AS `source`,
  `log_dead_letters`.`event_id` AS `event_id`,
  `log_dead_letters`.`received_at` AS `received_at`,
  `log_dead_letters`.`reason` AS `reason`,
  `log_dead_letters`.`cause` AS `cause`,
  `log_dead_letters`.`attempts` AS `attempts`,
  `log_dead_letters`.`first_failed_at` AS `first_failed_at`,
  `log_dead_letters`.`dead_at` AS `dead_at`,
  `log_dead_letters`.`state` AS `state`,
  `log_dead_letters`.`asked_by` AS `asked_by`,
  `log_dead_letters`.`asked_at` AS `asked_at`,
  `log_dead_letters`.`settled_at` AS `settled_at`,
  `log_dead_letters`.`event` AS `event`
from `log_dead_letters`
where `log_dead_letters`.`grp` = 'state';

CREATE SQL SECURITY DEFINER VIEW `v_device_events` AS select `d`.`serial_number` AS `serial_number`,
  `d`.`oui` AS `oui`,
  `d`.`product_class` AS `product_class`,
  `e`.`at` AS `at`,
  `e`.`kind` AS `kind`,
  `e`.`data` AS `data`
from (`device_events` `e`
join `devices` `d` on(`d`.`device_id` = `e`.`device_id`));

CREATE SQL SECURITY DEFINER VIEW `v_device_labels` AS select `b`.`serial_number` AS `serial_number`,
  `b`.`oui` AS `oui`,
  `b`.`product_class` AS `product_class`,
  `v`.`name` AS `label`,
  `v`.`value` AS `value`
from (`inventory_boxes` `b`
join `label_set_values` `v` on(`v`.`label_set_id` = `b`.`label_set_id`));

CREATE SQL SECURITY DEFINER VIEW `v_devices` AS select `d`.`device_id` AS `device_id`,
  `d`.`serial_number` AS `serial_number`,
  `d`.`oui` AS `oui`,
  `d`.`product_class` AS `product_class`,
  `d`.`manufacturer` AS `manufacturer`,
  `d`.`model` AS `model`,
  `d`.`first_seen_at` AS `first_seen_at`,
  `s`.`last_seen_at` AS `last_seen_at`,
  `s`.`reachability` AS `reachability`,
  `s`.`reachability_reason` AS `reachability_reason`,
  `s`.`reachability_since` AS `reachability_since`,
  `s`.`health` AS `health`,
  `s`.`health_reason` AS `health_reason`,
  `s`.`health_since` AS `health_since`,
  `s`.`interval_seconds` AS `interval_seconds`,
  `s`.`wan_ip` AS `wan_ip`,
  `s`.`sw_version` AS `sw_version`,
  `s`.`cpu_used_ratio` AS `cpu_used_ratio`,
  `s`.`memory_used_ratio` AS `memory_used_ratio`,
  `s`.`uptime_seconds` AS `uptime_seconds`,
  `s`.`temperature_celsius` AS `temperature_celsius`,
  `s`.`rx_power_dbm` AS `rx_power_dbm`,
  `s`.`applied_events` AS `applied_events`,
  `s`.`duplicate_events` AS `duplicate_events`,
  `s`.`late_events` AS `late_events`
from (`devices` `d`
join `device_state` `s` on(`s`.`device_id` = `d`.`device_id`));

CREATE SQL SECURITY DEFINER VIEW `v_erasures` AS select `erasures`.`erasure_id` AS `erasure_id`,
  `erasures`.`state` AS `state`,
  `erasures`.`actor` AS `actor`,
  `erasures`.`reason` AS `reason`,
  `erasures`.`asked_at` AS `asked_at`,
  `erasures`.`told_at` AS `told_at`,
  `erasures`.`settled_at` AS `settled_at`,
  `erasures`.`devices` AS `devices`,
  `erasures`.`inventory` AS `inventory`
from `erasures`;

CREATE SQL SECURITY DEFINER VIEW `v_event_log` AS select `r`.`generation` AS `generation`,
  `r`.`lane` AS `lane`,
  cast(`r`.`last_seq` - `r`.`event_count` + `e`.`ordinal` as unsigned) AS `sequence`,
  `e`.`device` AS `device`,
  `e`.`type` AS `type`,
  `e`.`source` AS `source`,
  `e`.`id` AS `id`,
  `e`.`device_time` AS `device_time`,
  `r`.`received_at` AS `received_at`,
  case when `p`.`seq` is not null then 'parked' when `d`.`state` = 'discarded' then 'discarded' when `d`.`state` <> 'applied' then 'dead' when `r`.`last_seq` - `r`.`event_count` + `e`.`ordinal` <= coalesce(`o`.`applied_seq`,0) then 'applied' else 'queued' end AS `state`,
  json_extract(convert(`r`.`events` using utf8mb4),concat('$[',`e`.`ordinal` - 1,']')) AS `payload`
from ((((`log_records` `r`
join JSON_TABLE(convert(`r`.`events` using utf8mb4), '$[*]' COLUMNS (`ordinal` FOR ORDINALITY, `device` varchar(64) PATH '$.subject', `type` varchar(64) PATH '$.type', `source` varchar(32) PATH '$.source', `id` varchar(256) PATH '$.id', `device_time` varchar(32) PATH '$.time')) `e`)
left join `log_offsets` `o` on(`o`.`grp` = 'state' and `o`.`generation` = `r`.`generation` and `o`.`lane` = `r`.`lane`))
left join `log_parked` `p` on(`p`.`grp` = 'state' and `p`.`generation` = `r`.`generation` and `p`.`lane` = `r`.`lane` and `p`.`seq` = `r`.`last_seq` - `r`.`event_count` + `e`.`ordinal`))
left join `log_dead_letters` `d` on(`d`.`grp` = 'state' and `d`.`generation` = `r`.`generation` and `d`.`lane` = `r`.`lane` and `d`.`seq` = `r`.`last_seq` - `r`.`event_count` + `e`.`ordinal`));

CREATE SQL SECURITY DEFINER VIEW `v_fleet` AS select `fleet_counts`.`lane` AS `lane`,
  `fleet_counts`.`reachability` AS `reachability`,
  `fleet_counts`.`devices` AS `devices`
from `fleet_counts`;

CREATE SQL SECURITY DEFINER VIEW `v_fleet_health` AS select `fleet_health_counts`.`lane` AS `lane`,
  `fleet_health_counts`.`reachability` AS `reachability`,
  `fleet_health_counts`.`health` AS `health`,
  `fleet_health_counts`.`devices` AS `devices`
from `fleet_health_counts`;

CREATE SQL SECURITY DEFINER VIEW `v_fleet_labels` AS select `fleet_label_counts`.`lane` AS `lane`,
  `fleet_label_counts`.`label` AS `label`,
  `fleet_label_counts`.`value` AS `value`,
  `fleet_label_counts`.`reachability` AS `reachability`,
  `fleet_label_counts`.`devices` AS `devices`
from `fleet_label_counts`;

CREATE SQL SECURITY DEFINER VIEW `v_identity_findings` AS select `f`.`kind` AS `kind`,
  `f`.`at` AS `at`,
  `d`.`serial_number` AS `serial_number`,
  `d`.`oui` AS `oui`,
  `d`.`product_class` AS `product_class`,
  `o`.`oui` AS `other_oui`,
  `o`.`product_class` AS `other_product_class`,
  `f`.`data` AS `data`
from ((`identity_findings` `f`
join `devices` `d` on(`d`.`device_id` = `f`.`device_id`))
left join `devices` `o` on(`o`.`device_id` = `f`.`other_id`))
where `f`.`kind` <> 'merge' or !exists(select 1
from `identity_findings` `c`
where `c`.`device_id` = `f`.`device_id` and `c`.`kind` = 'conflict' and `c`.`other_id` = `f`.`other_id` limit 1);

CREATE SQL SECURITY DEFINER VIEW `v_intake_gaps` AS select `intake_gaps`.`path` AS `path`,
  `intake_gaps`.`started_at` AS `started_at`,
  `intake_gaps`.`ended_at` AS `ended_at`
from `intake_gaps`;

CREATE SQL SECURITY DEFINER VIEW `v_intake_paths` AS select `intake_paths`.`path` AS `path`,
  `intake_paths`.`accepted_at` AS `accepted_at`
from `intake_paths`;

CREATE SQL SECURITY DEFINER VIEW `v_inventory` AS select `b`.`serial_number` AS `serial_number`,
  `b`.`oui` AS `oui`,
  `b`.`product_class` AS `product_class`,
  `b`.`admin_state` AS `admin_state`,
  `l`.`service_id` AS `service_id`,
  (select group_concat(`v`.`name`,'=',`v`.`value`
order by `v`.`name` ASC separator ', ')
from `label_set_values` `v`
where `v`.`label_set_id` = `b`.`label_set_id`) AS `labels`
from (`inventory_boxes` `b`
left join `inventory_lines` `l` on(`l`.`line_id` = `b`.`line_id`));

CREATE SQL SECURITY DEFINER VIEW `v_jobs` AS select `job_leases`.`job` AS `job`,
  `job_leases`.`owner` AS `owner`,
  `job_leases`.`lease_until` AS `lease_until`,
  `job_leases`.`started_at` AS `started_at`,
  `job_leases`.`finished_at` AS `finished_at`,
  `job_leases`.`succeeded_at` AS `succeeded_at`,
  `job_leases`.`outcome` AS `outcome`,
  `job_leases`.`detail` AS `detail`
from `job_leases`;

CREATE SQL SECURITY DEFINER VIEW `v_lanes` AS select `l`.`generation` AS `generation`,
  `l`.`lane` AS `lane`,
  `l`.`base_seq` AS `base_seq`,
  `l`.`head_seq` AS `head_seq`,
  coalesce(`o`.`applied_seq`,`l`.`base_seq`) AS `applied_seq`,
  `l`.`head_seq` - coalesce(`o`.`applied_seq`,`l`.`base_seq`) AS `lag_events`,
  `l`.`last_received_at` AS `last_received_at`,
  `o`.`watermark` AS `watermark`,
  `o`.`duplicates` AS `duplicates`,
  `o`.`late` AS `late`,
  `o`.`parked_events` AS `parked_events`,
  `o`.`parked_devices` AS `parked_devices`,
  `o`.`dead_letters` AS `dead_letters`,
  `o`.`discarded` AS `discarded`,
  `o`.`skipped` AS `skipped`,
  `o`.`owner` AS `owner`,
  `o`.`epoch` AS `epoch`
from (`log_lanes` `l`
left join `log_offsets` `o` on(`o`.`grp` = 'state' and `o`.`generation` = `l`.`generation` and `o`.`lane` = `l`.`lane`));

CREATE SQL SECURITY DEFINER VIEW `v_operator_audit` AS select `operator_audit`.`at` AS `at`,
  `operator_audit`.`actor` AS `actor`,
  `operator_audit`.`action` AS `action`,
  `operator_audit`.`target` AS `target`,
  `operator_audit`.`outcome` AS `outcome`
from `operator_audit`;

CREATE SQL SECURITY DEFINER VIEW `v_parked_devices` AS select `log_parked`.`subject` AS `serial_number`,
  `log_parked`.`generation` AS `generation`,
  `log_parked`.`lane` AS `lane`,
  `log_parked`.`seq` AS `sequence`,
  `log_parked`.`reason` AS `reason`,
  `log_parked`.`cause` AS `cause`,
  `log_parked`.`attempts` AS `attempts`,
  `log_parked`.`first_failed_at` AS `first_failed_at`,
  `log_parked`.`next_attempt_at` AS `next_attempt_at`,
  `log_parked`.`received_at` AS `received_at`
from `log_parked`
where `log_parked`.`grp` = 'state' and `log_parked`.`reason` <> '';

CREATE SQL SECURITY DEFINER VIEW `v_quarantined_identities` AS select `quarantined_identities`.`serial_number` AS `serial_number`,
  `quarantined_identities`.`oui` AS `oui`,
  `quarantined_identities`.`product_class` AS `product_class`,
  `quarantined_identities`.`reason` AS `reason`,
  `quarantined_identities`.`source` AS `source`,
  `quarantined_identities`.`events` AS `events`,
  `quarantined_identities`.`first_at` AS `first_at`,
  `quarantined_identities`.`last_at` AS `last_at`,
  `quarantined_identities`.`released_at` AS `released_at`,
  `quarantined_identities`.`released_by` AS `released_by`
from `quarantined_identities`;

CREATE SQL SECURITY DEFINER VIEW `v_recent_changes` AS select `c`.`at` AS `at`,
  `c`.`made_at` AS `made_at`,
  `c`.`kind` AS `kind`,
  `d`.`serial_number` AS `serial_number`,
  `c`.`data` AS `data`
from ((`change_feed_heads` `h`
join `change_feed` `c` on(`c`.`lane` = `h`.`lane` and `c`.`position` > if(`h`.`position` > 100,`h`.`position` - 100,0)))
join `devices` `d` on(`d`.`device_id` = `c`.`device_id`));

CREATE SQL SECURITY DEFINER VIEW `v_source_silences` AS select `source_silences`.`kind` AS `kind`,
  `source_silences`.`name` AS `name`,
  `source_silences`.`started_at` AS `started_at`,
  `source_silences`.`ended_at` AS `ended_at`,
  `source_silences`.`found_at` AS `found_at`,
  `source_silences`.`usual_per_minute` AS `usual_per_minute`,
  `source_silences`.`device_count` AS `device_count`,
  `source_silences`.`interval_seconds` AS `interval_seconds`
from `source_silences`;

CREATE SQL SECURITY DEFINER VIEW `v_writers` AS select `m`.`member` AS `member`,
  `m`.`host` AS `host`,
  `m`.`version` AS `version`,
  `m`.`started_at` AS `started_at`,
  `m`.`lease_until` AS `lease_until`,
  (select count(0)
from `log_offsets` `o`
where `o`.`grp` = `m`.`grp` and `o`.`owner` = `m`.`member`) AS `lanes`
from `log_members` `m`
where `m`.`grp` = 'state';

-- procedure
CREATE PROCEDURE `append_flush`(
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

-- procedure
CREATE PROCEDURE `open_generation`(
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
