/* Made of the document of the API by scripts/check-api-client.mjs --write: changes go there. */

/** What each operation of cpemon-api is asked, and answers. */
export interface Operations {
  /** Logs out. */
  deleteSession: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: undefined;
  };
  /** Tokens that were made. */
  getAccessTokens: {
    path: Record<string, never>;
    query: { limit?: string | undefined; cursor?: string | undefined };
    body: undefined;
    answer: {
      items: {
        id: number;
        name: string;
        role: 'viewer' | 'support' | 'operator';
        labels: Record<string, string>;
        made_at: string;
        made_by: string;
        expires_at: string | null;
        revoked_at: string | null;
        revoked_by: string | null;
      }[];
      next_cursor: string | null;
    };
  };
  /** The live page, at one device: ?sn=. */
  getAdmin: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: string;
  };
  /** How the receivers of alerts fare, and what waits for them. */
  getAlertReceivers: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Alerts, the newest first. */
  getAlerts: {
    path: Record<string, never>;
    query: {
      state?: 'open' | 'pending' | 'firing' | 'resolved' | undefined;
      severity?: 'warning' | 'critical' | undefined;
      kind?: 'device' | 'group' | undefined;
      rule?: string | undefined;
      device?: string | undefined;
      parent?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** One alert, with those that are linked to it. */
  getAlertsById: {
    path: { id: string };
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Devices in the short form. */
  getApiCpe: {
    path: Record<string, never>;
    query: { offset?: string | undefined; limit?: string | undefined; sort?: string | undefined };
    body: undefined;
    answer: {
      items: {
        sn: string;
        last_seen: string;
        wan_ip: string | null;
        sw_version: string | null;
        cpu_pct: number | null;
        mem_pct: number | null;
        interval_seconds: number | null;
        status: 'unknown' | 'online' | 'degraded' | 'stale' | 'offline';
        reachability: 'unknown' | 'online' | 'stale' | 'offline';
        reason: string;
        since: string;
        updated_at: string;
      }[];
      offset: number;
      limit: number;
      total: number;
      as_of: string;
    };
  };
  /** One device in the short form, by its serial number. */
  getApiCpeBySn: {
    path: { sn: string };
    query: { oui?: string | undefined; product_class?: string | undefined };
    body: undefined;
    answer: {
      sn: string;
      last_seen: string;
      wan_ip: string | null;
      sw_version: string | null;
      cpu_pct: number | null;
      mem_pct: number | null;
      interval_seconds: number | null;
      status: 'unknown' | 'online' | 'degraded' | 'stale' | 'offline';
      reachability: 'unknown' | 'online' | 'stale' | 'offline';
      reason: string;
      since: string;
      updated_at: string;
      as_of: string;
    };
  };
  /** Who did what. */
  getAudit: {
    path: Record<string, never>;
    query: {
      actor?: string | undefined;
      action?: string | undefined;
      from?: string | undefined;
      until?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** What each model and firmware sends, and what of it no mapping reads */
  getCoverage: {
    path: Record<string, never>;
    query: { model?: string | undefined };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Events that were given up. */
  getDeadLetters: {
    path: Record<string, never>;
    query: {
      state?: 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded' | undefined;
      device?: string | undefined;
      reason?: 'refused' | 'data_error' | 'unknown_type' | undefined;
      type?: string | undefined;
      cause?: string | undefined;
      from?: string | undefined;
      until?: string | undefined;
      group?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** One of them, with the event as it lies in the log. */
  getDeadLettersByPosition: {
    path: { position: string };
    query: { group?: string | undefined };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Devices: by filters that all have to fit, by any part of a name, or by a whole key. A viewer limited to labels sees no others; support asks by key and says why. */
  getDevices: {
    path: Record<string, never>;
    query: {
      q?: string | undefined;
      status?: string | undefined;
      reachability?: string | undefined;
      health?: string | undefined;
      admin_state?: string | undefined;
      model?: string | undefined;
      firmware?: string | undefined;
      key?: string | undefined;
      reason?: string | undefined;
      sort?:
        | 'first_seen'
        | '-first_seen'
        | 'since'
        | '-since'
        | 'serial_number'
        | '-serial_number'
        | 'last_seen'
        | '-last_seen'
        | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
      [label: `label.${string}`]: string | undefined;
    };
    body: undefined;
    answer: {
      items: {
        id: number;
        serial_number: string;
        oui: string | null;
        product_class: string | null;
        manufacturer: string | null;
        model: string | null;
        sw_version: string | null;
        wan_ip: string | null;
        interval_seconds: number | null;
        first_seen: string;
        last_seen: string;
        status: 'unknown' | 'online' | 'degraded' | 'stale' | 'offline';
        reachability: 'unknown' | 'online' | 'stale' | 'offline';
        reason: string;
        since: string;
        health: 'unknown' | 'ok' | 'degraded' | 'critical';
        health_reason: string | null;
        health_since: string | null;
        admin_state: 'in_service' | 'suspended' | 'maintenance' | 'retired' | 'expected' | 'dormant';
        labels: Record<string, string>;
      }[];
      next_cursor: string | null;
      as_of: string;
    };
  };
  /** One device, by its key or serial number: who it is, how it is and why, its values with age and source, its line and the boxes before it. */
  getDevicesById: {
    path: { id: string };
    query: { reason?: string | undefined };
    body: undefined;
    answer: {
      id: number;
      serial_number: string;
      oui: string | null;
      product_class: string | null;
      manufacturer: string | null;
      model: string | null;
      sw_version: string | null;
      wan_ip: string | null;
      interval_seconds: number | null;
      first_seen: string;
      last_seen: string;
      status: 'unknown' | 'online' | 'degraded' | 'stale' | 'offline';
      reachability: 'unknown' | 'online' | 'stale' | 'offline';
      reason: string;
      since: string;
      health: 'unknown' | 'ok' | 'degraded' | 'critical';
      health_reason: string | null;
      health_since: string | null;
      admin_state: 'in_service' | 'suspended' | 'maintenance' | 'retired' | 'expected' | 'dormant';
      labels: Record<string, string>;
      chatty: boolean;
      chatty_since: string | null;
      conditions: {
        rule: string;
        severity: 'warning' | 'critical';
        since: string;
        opened_at: string;
        metric: string | null;
        value: number | null;
        text: string;
      }[];
      metrics: Record<
        string,
        {
          value: number | null;
          unit: string;
          raw: string | number | null;
          device_time: string | null;
          received_at: string;
          source: string;
        }
      >;
      attributes: Record<string, { value: string; received_at: string; source: string }>;
      sources: {
        source: string;
        last_seen: string;
        declared_interval_seconds: number | null;
        learnt_interval_seconds: number | null;
        clock_skew_seconds: number | null;
      }[];
      events: { applied: number; duplicates: number; late: number };
      position: { generation: number; lane: number; sequence: number };
      inventory: {
        sn: string;
        oui: string;
        product_class: string;
        admin_state: string;
        service_id: string | null;
        labels: Record<string, string>;
        keys: { kind: string; value: string }[];
      }[];
      lines: {
        service_id: string;
        labels: Record<string, string>;
        keys: { kind: string; value: string }[];
        sn: string | null;
      }[];
      line_history: {
        service_id: string;
        sn: string;
        oui: string;
        product_class: string;
        from: string;
        until: string | null;
      }[];
      links: { name: string; url: string }[];
      as_of: string;
    };
  };
  /** What happened to a device, newest first. */
  getDevicesByIdEvents: {
    path: { id: string };
    query: {
      kind?: string | undefined;
      from?: string | undefined;
      until?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
      reason?: string | undefined;
    };
    body: undefined;
    answer: { items: { type: string; at: string; data: unknown }[]; next_cursor: string | null };
  };
  /** A line of one metric of a device; where nothing was read it has a gap. */
  getDevicesByIdHistory: {
    path: { id: string };
    query: {
      metric: string;
      from?: string | undefined;
      to?: string | undefined;
      points?: string | undefined;
      as?: string | undefined;
      reason?: string | undefined;
    };
    body: undefined;
    answer: {
      metric: string;
      unit: string;
      tier: string;
      from: string;
      to: string;
      points: { t: string; min: number; mean: number; max: number; last: number; count: number }[];
    };
  };
  /** By what a device is judged: the health rules that are for it, with their bounds in the unit of the metric and how each stands, and what is usual for it. */
  getDevicesByIdJudgement: {
    path: { id: string };
    query: { reason?: string | undefined };
    body: undefined;
    answer: {
      rules: {
        rule: string;
        metric: string;
        severity: 'warning' | 'critical';
        compare:
          'value' | 'own_median' | 'own_median_percent' | 'per_hour' | 'falls_per_hour' | 'other_firmware';
        above: number | null;
        below: number | null;
        for_seconds: number;
        reports: number;
        text: string;
        state: 'open' | 'met' | 'clear' | 'no_reading' | 'not_known';
        since: string | null;
      }[];
      usual: Record<string, { value: number; days: number }>;
      rule_set: { version: string | null; loaded_at: string } | null;
      as_of: string;
    };
  };
  /** How the devices are that share a PON, a card, a DSLAM, an OLT or the model with one. */
  getDevicesByIdNeighbours: {
    path: { id: string };
    query: Record<string, never>;
    body: undefined;
    answer: {
      items: {
        by: string;
        value: string;
        total: number;
        by_status: { unknown: number; online: number; degraded: number; stale: number; offline: number };
        worst: {
          id: number;
          serial_number: string;
          oui: string | null;
          product_class: string | null;
          manufacturer: string | null;
          model: string | null;
          sw_version: string | null;
          wan_ip: string | null;
          interval_seconds: number | null;
          first_seen: string;
          last_seen: string;
          status: 'unknown' | 'online' | 'degraded' | 'stale' | 'offline';
          reachability: 'unknown' | 'online' | 'stale' | 'offline';
          reason: string;
          since: string;
          health: 'unknown' | 'ok' | 'degraded' | 'critical';
          health_reason: string | null;
          health_since: string | null;
          admin_state: 'in_service' | 'suspended' | 'maintenance' | 'retired' | 'expected' | 'dormant';
          labels: Record<string, string>;
        }[];
      }[];
      as_of: string;
    };
  };
  /** The newest report of each source of a device as it was taken in: parameters as they were sent, as long as the log keeps them. */
  getDevicesByIdRaw: {
    path: { id: string };
    query: { reason?: string | undefined };
    body: undefined;
    answer: {
      items: { path: string; value: string; type: string | null; received_at: string; source: string }[];
      reports: {
        source: string;
        received_at: string;
        device_time: string | null;
        type: string;
        event_codes: string[];
        data: Record<string, unknown>;
      }[];
      kept: boolean;
      reason: string | null;
      as_of: string;
    };
  };
  /** A page that shows this document. */
  getDocs: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: string;
  };
  /** Lists erasures, the newest first; they name no device */
  getErasures: {
    path: Record<string, never>;
    query: {
      state?: 'asked' | 'erasing' | 'done' | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** How far an erasure is */
  getErasuresById: {
    path: { id: string };
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** All devices that fit, as NDJSON or CSV, however many they are. */
  getExportDevices: {
    path: Record<string, never>;
    query: {
      q?: string | undefined;
      status?: string | undefined;
      reachability?: string | undefined;
      health?: string | undefined;
      admin_state?: string | undefined;
      model?: string | undefined;
      firmware?: string | undefined;
      format?: 'ndjson' | 'csv' | undefined;
      [label: `label.${string}`]: string | undefined;
    };
    body: undefined;
    answer: string;
  };
  /** How many devices are how; with `by`, by the values of a label. A viewer limited to labels is told of devices with them. */
  getFleet: {
    path: Record<string, never>;
    query: { by?: string | undefined };
    body: undefined;
    answer:
      | {
          as_of: string;
          devices: number;
          by_status: { online: number; degraded: number; stale: number; offline: number; unknown: number };
          by_health: { ok: number; degraded: number; critical: number; unknown: number };
          intake: { path: string; accepting: boolean; accepted_at: string }[];
          limited_to?: Record<string, string>;
        }
      | {
          as_of: string;
          by: string;
          items: {
            value: string | null;
            devices: number;
            by_reachability: { unknown: number; online: number; stale: number; offline: number };
          }[];
          paths_down: string[];
          limited_to?: Record<string, string>;
        };
  };
  /** Whether the process answers. */
  getHealthz: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: { status: string };
  };
  /** What is doubtful about who devices are. */
  getIdentityFindings: {
    path: Record<string, never>;
    query: {
      kind?: 'placeholder' | 'ambiguous' | 'merge' | 'merged' | 'conflict' | undefined;
      device?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** What the inventory knows by a serial number, service or other key. */
  getInventoryFind: {
    path: Record<string, never>;
    query: { key: string };
    body: undefined;
    answer: {
      devices: Record<string, unknown>[];
      lines: Record<string, unknown>[];
      history: Record<string, unknown>[];
    };
  };
  /** Imports of the inventory. */
  getInventoryImports: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: {
      items: {
        id: string;
        state: 'running' | 'done' | 'failed' | 'interrupted';
        problem: string | null;
        note: string | null;
        actor: string;
        started_at: string;
        finished_at: string | null;
        total_bytes: number;
        read_bytes: number;
        progress: number;
        rows: number;
        counts: Record<string, number>;
        told: boolean;
      }[];
      next_cursor: string | null;
    };
  };
  /** How far an import is. */
  getInventoryImportsById: {
    path: { id: string };
    query: Record<string, never>;
    body: undefined;
    answer: {
      id: string;
      state: 'running' | 'done' | 'failed' | 'interrupted';
      problem: string | null;
      note: string | null;
      actor: string;
      started_at: string;
      finished_at: string | null;
      total_bytes: number;
      read_bytes: number;
      progress: number;
      rows: number;
      counts: Record<string, number>;
      told: boolean;
    };
  };
  /** Rows of an import that somebody has to look at. */
  getInventoryImportsByIdRows: {
    path: { id: string };
    query: { outcome?: string | undefined; after?: string | undefined; format?: string | undefined };
    body: undefined;
    answer: {
      items: { row: number; outcome: string; code: string; detail: string; content: unknown }[];
      next_after: number | null;
    };
  };
  /** Holes of the log that were skipped. */
  getLogSkip: {
    path: Record<string, never>;
    query: { group?: string | undefined; limit?: string | undefined };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** Where login links lead. */
  getLogin: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: string;
  };
  /** Maintenance windows that are not over. */
  getMaintenanceWindows: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** This document. */
  getOpenapiJson: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** The live page. */
  getPage: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: string;
  };
  /** Devices whose events wait for one that cannot be applied. */
  getParked: {
    path: Record<string, never>;
    query: {
      reason?: 'refused' | 'data_error' | 'unknown_type' | undefined;
      group?: string | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** One of them, with the events that wait. */
  getParkedBySn: {
    path: { sn: string };
    query: { group?: string | undefined };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Where the events are: taken in, waiting, applied, given up; who applies them and who takes them in. */
  getPipeline: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: {
      as_of: string;
      totals: {
        accepted: number;
        applied: number;
        lag_events: number;
        oldest_unapplied_age_seconds: number;
        accept_rate: number | null;
        drain_rate: number | null;
        drain_eta_seconds: number | null;
        duplicates: number;
        late: number;
        quarantined: number;
        parked_devices: number;
        parked_events: number;
        dead_letters: number;
        discarded: number;
        skipped: number;
        lag_bytes: number;
      };
      lanes: {
        generation: number;
        lane: number;
        head: number;
        offset: number;
        lag_events: number;
        parked_events: number;
        dead_letters: number;
        owner: string | null;
        epoch: number | null;
        watermark: string | null;
      }[];
      writers: {
        member: string;
        host: string;
        version: string;
        started_at: string;
        lease_until: string;
        lanes: number | unknown[];
      }[];
      ingests: { process: string; service: string; path: string; accepting: boolean; beat_at: string }[];
    };
  };
  /** Identities that are not admitted. */
  getQuarantine: {
    path: Record<string, never>;
    query: {
      reason?: 'not_expected' | 'not_released' | 'too_many_new' | undefined;
      state?: 'waiting' | 'released' | undefined;
      limit?: string | undefined;
      cursor?: string | undefined;
    };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** Lanes whose state is made anew from the log. */
  getRebuild: {
    path: Record<string, never>;
    query: { group?: string | undefined; limit?: string | undefined };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** Second passes over a part of the log. */
  getReplay: {
    path: Record<string, never>;
    query: { group?: string | undefined; limit?: string | undefined };
    body: undefined;
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** One of them, lane by lane. */
  getReplayById: {
    path: { id: string };
    query: { group?: string | undefined };
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Who asks, and what they may. */
  getSession: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: {
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels: Record<string, string>;
      by: 'token' | 'session' | 'nothing';
      csrf_token: string | null;
      expires_at: string | null;
    };
  };
  /** Silences that are not over. */
  getSilences: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: undefined;
    answer: Record<string, unknown>;
  };
  /** Server-sent events: fleet and pipeline once a second, changes of devices and alerts as they come. Goes on where Last-Event-ID says. */
  getStream: {
    path: Record<string, never>;
    query: { topics?: string | undefined; after?: string | undefined };
    body: undefined;
    answer: string;
  };
  /** Makes a link that logs somebody in, once. */
  postAccessLinks: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels?: Record<string, string>;
      minutes?: number;
    };
    answer: {
      path: string;
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels: Record<string, string>;
      minutes: number;
    };
  };
  /** Makes a token, and shows it this once: only its hash is kept. */
  postAccessTokens: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels?: Record<string, string>;
      days?: number;
    };
    answer: {
      id: number;
      token: string;
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels: Record<string, string>;
      expires_at: string | null;
    };
  };
  /** Ends a token. */
  postAccessTokensByIdRevoke: {
    path: { id: string };
    query: Record<string, never>;
    body: Record<string, never> | undefined;
    answer: { id: number };
  };
  /** Says that somebody looks after an alert. */
  postAlertsByIdAcknowledge: {
    path: { id: string };
    query: Record<string, never>;
    body: { note?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Tells nobody of an alert, or of the like of it, for some time. */
  postAlertsByIdSilence: {
    path: { id: string };
    query: Record<string, never>;
    body: { minutes: number; reason: string };
    answer: Record<string, unknown>;
  };
  /** HTTP bulk data of TR-181, JSON and CSV. */
  postBulkdata: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: unknown;
    answer: undefined;
  };
  /** One report of one device. */
  postCpeHeartbeat: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      sn: string | number;
      ts?: string | number | null;
      last_seen?: string | number | null;
      interval_seconds?: number | null;
      oui?: string | null;
      product_class?: string | null;
      wan_ip?: string | null;
      sw_version?: string | null;
      hw_version?: string | null;
      manufacturer?: string | null;
      model?: string | null;
      cpu_pct?: number | null;
      mem_pct?: number | null;
      cpu_used_ratio?: number | null;
      memory_used_ratio?: number | null;
      uptime_seconds?: number | null;
      temperature_celsius?: number | null;
      rx_power_dbm?: number | null;
      tx_power_dbm?: number | null;
      wifi_clients?: number | null;
      wan_rx_bytes?: number | null;
      wan_tx_bytes?: number | null;
    };
    answer: { status: 'queued' };
  };
  /** Asks for one dead letter to be discarded. */
  postDeadLettersByPositionDiscard: {
    path: { position: string };
    query: Record<string, never>;
    body: { group?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Asks for one dead letter to be applied after all. */
  postDeadLettersByPositionRequeue: {
    path: { position: string };
    query: Record<string, never>;
    body: { group?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Asks for dead letters to be discarded. */
  postDeadLettersDiscard: {
    path: Record<string, never>;
    query: Record<string, never>;
    body:
      | {
          group?: string;
          positions?: string[];
          filter?: {
            state?: 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded';
            device?: string;
            reason?: 'refused' | 'data_error' | 'unknown_type';
            type?: string;
            cause?: string;
            from?: string;
            until?: string;
          };
          all?: true;
        }
      | undefined;
    answer: Record<string, unknown>;
  };
  /** Asks for dead letters to be applied after all. */
  postDeadLettersRequeue: {
    path: Record<string, never>;
    query: Record<string, never>;
    body:
      | {
          group?: string;
          positions?: string[];
          filter?: {
            state?: 'dead' | 'requeue' | 'discard' | 'applied' | 'discarded';
            device?: string;
            reason?: 'refused' | 'data_error' | 'unknown_type';
            type?: string;
            cause?: string;
            from?: string;
            until?: string;
          };
          all?: true;
        }
      | undefined;
    answer: Record<string, unknown>;
  };
  /** Erases a device: everything of it that was received before */
  postErasures: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      device: string;
      oui?: string;
      product_class?: string;
      all?: true;
      inventory?: boolean;
      reason: string;
    };
    answer: Record<string, unknown>;
  };
  /** Erases again what a restore has brought back, a stretch a request */
  postErasuresTombstonesApply: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { cursor?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Tombstones and their secrets, to be kept beside the backups */
  postErasuresTombstonesExport: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { limit?: string; cursor?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Brings tombstones back after a restore */
  postErasuresTombstonesImport: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      keys: string[];
      items: {
        erasure: string;
        key: string;
        subject: string;
        identity?: string;
        position: number[];
        erased_at: string;
      }[];
    };
    answer: Record<string, unknown>;
  };
  /** CloudEvents: binary, structured or a batch. */
  postEvents: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: Record<string, unknown> | string;
    answer: { accepted: number; rejected: { index: number; reason: string }[] };
  };
  /** Says what CPEmon makes of one message as it came; nothing is taken in */
  postExplain: {
    path: Record<string, never>;
    query: {
      as?: 'cwmp' | 'bulkdata-json' | 'bulkdata-csv' | 'cloudevents' | 'webhook' | 'heartbeat' | undefined;
      address?: string | undefined;
      device?: string | undefined;
    };
    body: unknown;
    answer: Record<string, unknown>;
  };
  /** Imports boxes, lines, keys and labels. The answer comes when the body is there; it is worked through after that. */
  postInventoryImports: {
    path: Record<string, never>;
    query: { id?: string | undefined };
    body: unknown;
    answer: { id: string; state: string; bytes: number };
  };
  /** Opens a generation of the log with another number of lanes. */
  postLogGeneration: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { lanes: number; reason: string };
    answer: Record<string, unknown>;
  };
  /** Opens a generation after the database was restored. */
  postLogRestored: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { reason: string };
    answer: Record<string, unknown>;
  };
  /** Asks for a hole of the log to be skipped. */
  postLogSkip: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { group?: string; lane: number; reason: string; generation?: number; to: number };
    answer: Record<string, unknown>;
  };
  /** Plans a maintenance window, once or weekly. */
  postMaintenanceWindows: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      match: Record<string, unknown>;
      reason: string;
      starts_at?: string;
      ends_at?: string;
      weekly?: {
        days: ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[];
        from: string;
        minutes: number;
        time_zone: string;
      };
    };
    answer: Record<string, unknown>;
  };
  /** Ends a maintenance window now, the weekly ones that would follow as well. */
  postMaintenanceWindowsByIdEnd: {
    path: { id: string };
    query: Record<string, never>;
    body: { reason: string };
    answer: Record<string, unknown>;
  };
  /** Admits identities. */
  postQuarantineRelease: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { device?: string; all?: true; reason: string };
    answer: Record<string, unknown>;
  };
  /** Asks for the state of lanes to be made anew from the log. */
  postRebuild: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { group?: string; lanes?: number[]; all?: true; reason: string };
    answer: { items: Record<string, unknown>[]; next_cursor: string | null };
  };
  /** Asks for a second pass over a part of the log. */
  postReplay: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { group?: string; from: string; until?: string; reason: string };
    answer: Record<string, unknown>;
  };
  /** Asks for a second pass to end. */
  postReplayByIdStop: {
    path: { id: string };
    query: Record<string, never>;
    body: { group?: string } | undefined;
    answer: Record<string, unknown>;
  };
  /** Logs in with a login link, which is used up by that: a cookie carries the session. */
  postSession: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: { link: string };
    answer: {
      name: string;
      role: 'viewer' | 'support' | 'operator';
      labels: Record<string, string>;
      by: 'token' | 'session' | 'nothing';
      csrf_token: string | null;
      expires_at: string | null;
    };
  };
  /** Tells nobody of what matches, until it ends. */
  postSilences: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: {
      match: Record<string, unknown>;
      minutes?: number;
      reason: string;
      starts_at?: string;
      ends_at?: string;
    };
    answer: Record<string, unknown>;
  };
  /** Ends a silence now. */
  postSilencesByIdEnd: {
    path: { id: string };
    query: Record<string, never>;
    body: { reason: string };
    answer: Record<string, unknown>;
  };
  /** Reports of many devices. */
  postTelemetry: {
    path: Record<string, never>;
    query: Record<string, never>;
    body:
      | {
          sn: string | number;
          ts?: string | number | null;
          last_seen?: string | number | null;
          interval_seconds?: number | null;
          oui?: string | null;
          product_class?: string | null;
          wan_ip?: string | null;
          sw_version?: string | null;
          hw_version?: string | null;
          manufacturer?: string | null;
          model?: string | null;
          cpu_pct?: number | null;
          mem_pct?: number | null;
          cpu_used_ratio?: number | null;
          memory_used_ratio?: number | null;
          uptime_seconds?: number | null;
          temperature_celsius?: number | null;
          rx_power_dbm?: number | null;
          tx_power_dbm?: number | null;
          wifi_clients?: number | null;
          wan_rx_bytes?: number | null;
          wan_tx_bytes?: number | null;
        }[]
      | string;
    answer: { accepted: number; rejected: { index: number; reason: string }[] };
  };
  /** HTTP bulk data of TR-181, JSON and CSV. */
  putBulkdata: {
    path: Record<string, never>;
    query: Record<string, never>;
    body: unknown;
    answer: undefined;
  };
}

/** Where each operation is. */
export const OPERATIONS = {
  deleteSession: { method: 'DELETE', path: '/v1/session' },
  getAccessTokens: { method: 'GET', path: '/v1/access/tokens' },
  getAdmin: { method: 'GET', path: '/admin' },
  getAlertReceivers: { method: 'GET', path: '/v1/alert-receivers' },
  getAlerts: { method: 'GET', path: '/v1/alerts' },
  getAlertsById: { method: 'GET', path: '/v1/alerts/{id}' },
  getApiCpe: { method: 'GET', path: '/api/cpe' },
  getApiCpeBySn: { method: 'GET', path: '/api/cpe/{sn}' },
  getAudit: { method: 'GET', path: '/v1/audit' },
  getCoverage: { method: 'GET', path: '/v1/coverage' },
  getDeadLetters: { method: 'GET', path: '/v1/dead-letters' },
  getDeadLettersByPosition: { method: 'GET', path: '/v1/dead-letters/{position}' },
  getDevices: { method: 'GET', path: '/v1/devices' },
  getDevicesById: { method: 'GET', path: '/v1/devices/{id}' },
  getDevicesByIdEvents: { method: 'GET', path: '/v1/devices/{id}/events' },
  getDevicesByIdHistory: { method: 'GET', path: '/v1/devices/{id}/history' },
  getDevicesByIdJudgement: { method: 'GET', path: '/v1/devices/{id}/judgement' },
  getDevicesByIdNeighbours: { method: 'GET', path: '/v1/devices/{id}/neighbours' },
  getDevicesByIdRaw: { method: 'GET', path: '/v1/devices/{id}/raw' },
  getDocs: { method: 'GET', path: '/docs' },
  getErasures: { method: 'GET', path: '/v1/erasures' },
  getErasuresById: { method: 'GET', path: '/v1/erasures/{id}' },
  getExportDevices: { method: 'GET', path: '/v1/export/devices' },
  getFleet: { method: 'GET', path: '/v1/fleet' },
  getHealthz: { method: 'GET', path: '/healthz' },
  getIdentityFindings: { method: 'GET', path: '/v1/identity-findings' },
  getInventoryFind: { method: 'GET', path: '/v1/inventory/find' },
  getInventoryImports: { method: 'GET', path: '/v1/inventory/imports' },
  getInventoryImportsById: { method: 'GET', path: '/v1/inventory/imports/{id}' },
  getInventoryImportsByIdRows: { method: 'GET', path: '/v1/inventory/imports/{id}/rows' },
  getLogSkip: { method: 'GET', path: '/v1/log/skip' },
  getLogin: { method: 'GET', path: '/login' },
  getMaintenanceWindows: { method: 'GET', path: '/v1/maintenance-windows' },
  getOpenapiJson: { method: 'GET', path: '/openapi.json' },
  getPage: { method: 'GET', path: '/' },
  getParked: { method: 'GET', path: '/v1/parked' },
  getParkedBySn: { method: 'GET', path: '/v1/parked/{sn}' },
  getPipeline: { method: 'GET', path: '/v1/pipeline' },
  getQuarantine: { method: 'GET', path: '/v1/quarantine' },
  getRebuild: { method: 'GET', path: '/v1/rebuild' },
  getReplay: { method: 'GET', path: '/v1/replay' },
  getReplayById: { method: 'GET', path: '/v1/replay/{id}' },
  getSession: { method: 'GET', path: '/v1/session' },
  getSilences: { method: 'GET', path: '/v1/silences' },
  getStream: { method: 'GET', path: '/v1/stream' },
  postAccessLinks: { method: 'POST', path: '/v1/access/links' },
  postAccessTokens: { method: 'POST', path: '/v1/access/tokens' },
  postAccessTokensByIdRevoke: { method: 'POST', path: '/v1/access/tokens/{id}/revoke' },
  postAlertsByIdAcknowledge: { method: 'POST', path: '/v1/alerts/{id}/acknowledge' },
  postAlertsByIdSilence: { method: 'POST', path: '/v1/alerts/{id}/silence' },
  postBulkdata: { method: 'POST', path: '/v1/bulkdata' },
  postCpeHeartbeat: { method: 'POST', path: '/cpe/heartbeat' },
  postDeadLettersByPositionDiscard: { method: 'POST', path: '/v1/dead-letters/{position}/discard' },
  postDeadLettersByPositionRequeue: { method: 'POST', path: '/v1/dead-letters/{position}/requeue' },
  postDeadLettersDiscard: { method: 'POST', path: '/v1/dead-letters/discard' },
  postDeadLettersRequeue: { method: 'POST', path: '/v1/dead-letters/requeue' },
  postErasures: { method: 'POST', path: '/v1/erasures' },
  postErasuresTombstonesApply: { method: 'POST', path: '/v1/erasures/tombstones/apply' },
  postErasuresTombstonesExport: { method: 'POST', path: '/v1/erasures/tombstones/export' },
  postErasuresTombstonesImport: { method: 'POST', path: '/v1/erasures/tombstones/import' },
  postEvents: { method: 'POST', path: '/v1/events' },
  postExplain: { method: 'POST', path: '/v1/explain' },
  postInventoryImports: { method: 'POST', path: '/v1/inventory/imports' },
  postLogGeneration: { method: 'POST', path: '/v1/log/generation' },
  postLogRestored: { method: 'POST', path: '/v1/log/restored' },
  postLogSkip: { method: 'POST', path: '/v1/log/skip' },
  postMaintenanceWindows: { method: 'POST', path: '/v1/maintenance-windows' },
  postMaintenanceWindowsByIdEnd: { method: 'POST', path: '/v1/maintenance-windows/{id}/end' },
  postQuarantineRelease: { method: 'POST', path: '/v1/quarantine/release' },
  postRebuild: { method: 'POST', path: '/v1/rebuild' },
  postReplay: { method: 'POST', path: '/v1/replay' },
  postReplayByIdStop: { method: 'POST', path: '/v1/replay/{id}/stop' },
  postSession: { method: 'POST', path: '/v1/session' },
  postSilences: { method: 'POST', path: '/v1/silences' },
  postSilencesByIdEnd: { method: 'POST', path: '/v1/silences/{id}/end' },
  postTelemetry: { method: 'POST', path: '/v1/telemetry' },
  putBulkdata: { method: 'PUT', path: '/v1/bulkdata' },
} as const;
