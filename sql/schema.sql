-- Written by `npm run dump:schema`: the schema after all migrations, in the words of MariaDB 10.11.

CREATE TABLE `device_events` (
  `device_id` int(10) unsigned NOT NULL,
  `at` datetime(3) NOT NULL,
  `kind` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `identity` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `data` text NOT NULL,
  PRIMARY KEY (`device_id`,`at`,`kind`,`identity`)
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

CREATE TABLE `fleet_counts` (
  `lane` smallint(5) unsigned NOT NULL,
  `reachability` enum('unknown','online','stale','offline') NOT NULL,
  `devices` bigint(20) NOT NULL,
  PRIMARY KEY (`lane`,`reachability`)
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

CREATE TABLE `log_generations` (
  `generation` int(10) unsigned NOT NULL,
  `lanes` smallint(5) unsigned NOT NULL,
  `opened_at` datetime(3) NOT NULL,
  PRIMARY KEY (`generation`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_lanes` (
  `generation` int(10) unsigned NOT NULL,
  `lane` smallint(5) unsigned NOT NULL,
  `head_seq` bigint(20) unsigned NOT NULL DEFAULT 0,
  `last_received_at` datetime(3) NOT NULL,
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
  PRIMARY KEY (`grp`,`generation`,`lane`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `log_producers` (
  `producer` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `flush_no` bigint(20) unsigned NOT NULL DEFAULT 0,
  `started_at` datetime(3) NOT NULL,
  `flushed_at` datetime(3) NOT NULL,
  PRIMARY KEY (`producer`)
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

CREATE SQL SECURITY DEFINER VIEW `v_event_log` AS select `r`.`generation` AS `generation`,
  `r`.`lane` AS `lane`,
  cast(`r`.`last_seq` - `r`.`event_count` + `e`.`ordinal` as unsigned) AS `sequence`,
  `e`.`device` AS `device`,
  `e`.`type` AS `type`,
  `e`.`source` AS `source`,
  `e`.`id` AS `id`,
  `e`.`device_time` AS `device_time`,
  `r`.`received_at` AS `received_at`,
  if(`r`.`last_seq` - `r`.`event_count` + `e`.`ordinal` <= coalesce(`o`.`applied_seq`,0),'applied','queued') AS `state`,
  json_extract(convert(`r`.`events` using utf8mb4),concat('$[',`e`.`ordinal` - 1,']')) AS `payload`
from ((`log_records` `r`
join JSON_TABLE(convert(`r`.`events` using utf8mb4), '$[*]' COLUMNS (`ordinal` FOR ORDINALITY, `device` varchar(64) PATH '$.subject', `type` varchar(64) PATH '$.type', `source` varchar(32) PATH '$.source', `id` varchar(256) PATH '$.id', `device_time` varchar(32) PATH '$.time')) `e`)
left join `log_offsets` `o` on(`o`.`grp` = 'state' and `o`.`generation` = `r`.`generation` and `o`.`lane` = `r`.`lane`));

CREATE SQL SECURITY DEFINER VIEW `v_lanes` AS select `l`.`generation` AS `generation`,
  `l`.`lane` AS `lane`,
  `l`.`head_seq` AS `head_seq`,
  coalesce(`o`.`applied_seq`,0) AS `applied_seq`,
  `l`.`head_seq` - coalesce(`o`.`applied_seq`,0) AS `lag_events`,
  `l`.`last_received_at` AS `last_received_at`,
  `o`.`watermark` AS `watermark`,
  `o`.`duplicates` AS `duplicates`,
  `o`.`late` AS `late`,
  `o`.`owner` AS `owner`,
  `o`.`epoch` AS `epoch`
from (`log_lanes` `l`
left join `log_offsets` `o` on(`o`.`grp` = 'state' and `o`.`generation` = `l`.`generation` and `o`.`lane` = `l`.`lane`));

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
