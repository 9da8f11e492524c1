// Makes a CPE put parameters into each Inform, so that nobody has to ask for them (TR-181 2.8, TR-098 1.8).
// Arguments: the root of the data model, then the paths; "*" for every instance.
const table = `${args[0]}.ManagementServer.InformParameter`;
const daily = Date.now(86400000);

for (const path of args.slice(1)) {
  const entry = `${table}.[ParameterName:${path}]`;
  declare(entry, { path: daily }, { path: 1 });
  // Empty: with every event but 4 VALUE CHANGE.
  declare(`${entry}.EventList`, { value: daily }, { value: '' });
  declare(`${entry}.Enable`, { value: daily }, { value: true });
}
