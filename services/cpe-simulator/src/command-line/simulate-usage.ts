/** What `npm run simulate -- --help` prints. */
export const SIMULATE_USAGE = `npm run simulate -- [options]: a fleet of virtual CPEs against any target

where to
  --target URL            heartbeats, telemetry, bulk data, webhooks, copies; sessions at URL/cwmp, or at
                          URL itself when it has a path            http://127.0.0.1:8080 and :8081
  --acs-target URL        webhooks and copies, where they go elsewhere
  --cwmp-target URL       CWMP sessions, where they go elsewhere
  --stack DIR             addresses and secrets of the stack that npm start runs on that data folder
  --token T --webhook-secret S --cwmp-user U --cwmp-password P
  --allow-public-target   send to an address that is neither loopback nor private

the fleet
  --devices N             1000
  --interval SECONDS      60
  --mix SHARES            cwmp=20,heartbeat=80 and the like: heartbeat, telemetry, webhook, webhook-xml,
                          cwmp, mirror, bulk, bulk-tree, bulk-pairs, bulk-rows, bulk-columns
  --batch N               reports in one request of a gateway      500 with telemetry
  --seed N --prefix TEXT  the same seed makes the same fleet and the same traffic
  --model FILE            a further model of CPE, any number of times
  --fleet FILE            regions, sites, tiers, shares of models and firmware
  --connections N         requests or sessions at once, for each target       64
  --connection-per-session  a TCP connection for each session, as CPEs do

what happens
  --scenario NAME|FILE    any number of times; --scenarios lists them
  --faster X              all times of scenarios are divided by it         1
  --no-observations       nobody tells what OLTs, DSLAMs and RADIUS see of scenarios
  --truth-file FILE       what was sent and what really happened, as JSON, at the end
  --duration SECONDS      ends by itself                           3600
  --max-rate N            refuses fleets that send more a second   20000
  --port N                control port (see the simulator's --help)     any free one

without sending
  --dry-run               prints the first attempts, the same for the same --seed and --start-time
  --start-time TIME       when a dry run begins
  --null-sink PORT        is a target that keeps nothing, to measure the simulator against
  --inventory FILE        writes the fleet as a CSV file for the inventory import, and ends
`;
