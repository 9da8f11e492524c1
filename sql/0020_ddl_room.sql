-- Emptied and filled before partitions are made or dropped: a server that runs out of disk in the middle of that can
-- lose the table. Holds nothing that anybody needs.
CREATE TABLE ddl_room (
  id TINYINT UNSIGNED NOT NULL,
  filler MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
