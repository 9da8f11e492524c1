// Makes a CPE post its own measurements over HTTP, without a session (TR-181 2.10, Device.BulkData).
// Arguments: the root of the data model, the URL, user name, password, the seconds, then the paths; "*" for every instance.
const [root, url, username, password, seconds] = args;
const intervalMs = Number(seconds) * 1000;
const daily = Date.now(86400000);
const phase = ((Date.now(intervalMs) % intervalMs) + intervalMs) % intervalMs;

const profile = `${root}.BulkData.Profile.[Name:cpemon]`;
const set = (name, value) => declare(`${profile}.${name}`, { value: daily }, { value });

declare(profile, { path: daily }, { path: 1 });
set('Protocol', 'HTTP');
set('EncodingType', 'JSON');
set('JSONEncoding.ReportFormat', 'NameValuePair');
set('JSONEncoding.ReportTimestamp', 'Unix-Epoch');
set('ReportingInterval', intervalMs / 1000);
// Not all at the full five minutes.
set('TimeReference', Date.UTC(2020, 0, 1) + phase);
// By default a report that fails is lost.
set('NumberOfRetainedFailedReports', Math.ceil(3600000 / intervalMs));
set('HTTP.URL', url);
set('HTTP.Username', username);
// A CPE never tells a password: it is written and not compared.
declare(`${profile}.HTTP.Password`, { value: 1 }, { value: password });
set('HTTP.Method', 'POST');
set('HTTP.RetryEnable', true);
set('HTTP.RetryMinimumWaitInterval', 5);
set('HTTP.RetryIntervalMultiplier', 2000);
for (const path of args.slice(5)) {
  declare(`${profile}.Parameter.[Reference:${path}]`, { path: daily }, { path: 1 });
}
set('Enable', true);
declare(`${root}.BulkData.Enable`, { value: daily }, { value: true });
