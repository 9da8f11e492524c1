// Lets a CPE say more often than it informs that it is there: Inform with 14 HEARTBEAT (TR-069 Amendment 6, Annex O;
// TR-181 2.12). Arguments: the seconds, 30 at least.
const intervalMs = Number(args[0]) * 1000;
const policy = 'Device.ManagementServer.HeartbeatPolicy';
const daily = Date.now(86400000);
// As in cpemon-periodic-inform: a phase of the device's own.
const phase = ((Date.now(intervalMs) % intervalMs) + intervalMs) % intervalMs;

declare(`${policy}.InitiationTime`, { value: daily }, { value: Date.UTC(2020, 0, 1) + phase });
declare(`${policy}.ReportingInterval`, { value: daily }, { value: intervalMs / 1000 });
declare(`${policy}.Enable`, { value: daily }, { value: true });
