/** What `--help` prints. Every variable that config.ts reads is here; a test compares the two. */
export const USAGE = `cpe-simulator: a fleet of virtual CPEs that report over HTTP until stopped with Ctrl-C

Settings are environment variables, all optional:

  where to
    API_URL          heartbeats and telemetry go to this cpemon-api     http://127.0.0.1:8080
    ACS_URL          ACS webhooks go to this acs-ingest                 http://127.0.0.1:8081
    INGEST_TOKEN     bearer token for API_URL; none is sent without it
    CWMP_URL         CPEs have their CWMP sessions with this ACS        ACS_URL/cwmp
    CWMP_PASSWORD    what CPEs answer Digest and Basic challenges with; without it they do not
    CWMP_USERNAME    {oui}, {class} and {serial} are the device's own   {oui}-{class}-{serial}
    WEBHOOK_SECRET   key of the webhooks' X-Signature; unsigned without it
    ALLOW_PUBLIC_TARGET   true: send to addresses that are neither loopback nor private    false

  the fleet
    DEVICES          number of virtual CPEs                             100
    INTERVAL_SECONDS time between two reports of a CPE                  60
    INTERVAL_SPREAD  0 to 0.5: own interval within (1 +- spread) of it  0
    SEED             the same seed makes the same fleet                 1
    SERIAL_PREFIX    serial numbers are this and eight digits           SIM-
    MODEL_FILES      files that describe further models, commas between
    FLEET_FILE       file with regions, sizes of sites and PONs, tiers, shares of models and firmware

  how it reports
    MIX              shares by way, such as cwmp=20,heartbeat=80: heartbeat, telemetry, webhook,
                     webhook-xml, cwmp, mirror, bulk (or bulk-tree, bulk-pairs, bulk-rows,
                     bulk-columns); takes the place of WEBHOOK_SHARE
    SCENARIOS        names and files of scenarios to begin with; GET /scenarios lists them
    SCENARIO_FASTER  1 to 1000: all times of scenarios are divided by it   1
    OBSERVATIONS     OLTs, DSLAMs and RADIUS tell API_URL what they see of scenarios, as CloudEvents   true
    BATCH_SIZE       0 or 1: POST /cpe/heartbeat by each CPE; more: up to so many
                     reports in one POST /v1/telemetry by a gateway     1
    BATCH_LINGER_MS  how long the gateway waits for a batch to fill     200
    WEBHOOK_SHARE    0 to 1: share of the CPEs that report to an ACS,
                     which hands it on by POST /acs/webhook             0.2
    MAX_CONNECTIONS  requests in flight at once, for each target        64
    CWMP_CONNECTION_PER_SESSION  true: as CPEs do; false: pooled        false
    RETAINED_REPORTS bulk reports a CPE keeps while they fail           10
    REQUEST_TIMEOUT_MS    time for an answer                            10000
    RETRY_MINIMUM_WAIT_SECONDS   TR-069 retry rule, m                   5
    RETRY_INTERVAL_MULTIPLIER    TR-069 retry rule, k                   2000

  this process
    LISTEN_HOST      address of the control and operations ports        127.0.0.1
    PORT             control port                                       8083
                     GET /, /truth, /truth/devices, /truth/incidents, /retries, /strays, /fleet?by=region, /scenarios,
                     /inventory.csv; POST /pause, /resume, /fleet {"devices": n}, /rate {"times": x},
                     /cut {"count": n}, /restore {"all": true}, /devices/SN/cut, /devices/SN/restore,
                     /scenarios/NAME?faster=60, /scenarios (a scenario as JSON); DELETE /scenarios/NAME
    OPS_PORT         /livez, /readyz, /metrics                          9104
    LOG_LEVEL        trace, debug, info, warn, error, fatal, silent     info
    LOG_FORMAT       json or pretty                                     json

Example: 10,000 CPEs that report every 10 s, by themselves, with lines for people

  DEVICES=10000 INTERVAL_SECONDS=10 WEBHOOK_SHARE=0 INGEST_TOKEN=... \\
    LOG_FORMAT=pretty node services/cpe-simulator/dist/main.js
`;
