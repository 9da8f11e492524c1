import type { CwmpBody } from '@cpemon/cwmp';
import { refused, type CorpusRow } from './corpus-row';

const NAMESPACE = 'urn:dslforum-org:cwmp-1-2';

/** A message by the letter, with whatever is in its Body. */
export const envelope = (body: string, id = 'rpc-1'): string =>
  `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cwmp="${NAMESPACE}"><SOAP-ENV:Header><cwmp:ID SOAP-ENV:mustUnderstand="1">${id}</cwmp:ID></SOAP-ENV:Header><SOAP-ENV:Body>${body}</SOAP-ENV:Body></SOAP-ENV:Envelope>`;

const row = (name: string, content: string, body: CwmpBody): CorpusRow => ({
  name,
  body: Buffer.from(envelope(content)),
  expected: { id: 'rpc-1', namespace: NAMESPACE, body },
});
const ofAnAcs = (method: string): CorpusRow => ({
  name: `${method} is not for us`,
  body: Buffer.from(envelope(`<cwmp:${method}/>`)),
  expected: refused('unexpected_message'),
});
const times = '<StartTime>2026-11-21T01:00:00Z</StartTime><CompleteTime>2026-11-21T01:02:03Z</CompleteTime>';
const readTimes = { startTime: '2026-11-21T01:00:00Z', completeTime: '2026-11-21T01:02:03Z' };
const success = '<FaultStruct><FaultCode>0</FaultCode><FaultString></FaultString></FaultStruct>';
const unitChange = (uuid: string, code: string): string =>
  `<OpResultStruct><UUID>${uuid}</UUID><DeploymentUnitRef>Device.SoftwareModules.DeploymentUnit.4</DeploymentUnitRef><Version>1.0</Version><CurrentState>Installed</CurrentState><Resolved>1</Resolved><ExecutionUnitRefList/>${times}<Fault><FaultCode>${code}</FaultCode><FaultString/></Fault></OpResultStruct>`;
const unitArguments = (number: number, uuid: string, code: string): Record<string, string> => ({
  [`Results.${number}.UUID`]: uuid,
  [`Results.${number}.DeploymentUnitRef`]: 'Device.SoftwareModules.DeploymentUnit.4',
  [`Results.${number}.Version`]: '1.0',
  [`Results.${number}.CurrentState`]: 'Installed',
  [`Results.${number}.Resolved`]: '1',
  [`Results.${number}.ExecutionUnitRefList`]: '',
  [`Results.${number}.StartTime`]: readTimes.startTime,
  [`Results.${number}.CompleteTime`]: readTimes.completeTime,
  [`Results.${number}.Fault.FaultCode`]: code,
  [`Results.${number}.Fault.FaultString`]: '',
});
const firstArguments = (all: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).slice(0, 32));

/** Every request and response of a CPE, and what only an ACS sends. */
export const RPCS: CorpusRow[] = [
  row(
    'TransferComplete',
    `<cwmp:TransferComplete><CommandKey>fw-7</CommandKey>${success}${times}</cwmp:TransferComplete>`,
    {
      ...{ method: 'TransferComplete', commandKey: 'fw-7', faultCode: '0', faultString: '', ...readTimes },
    },
  ),
  row(
    'TransferComplete that failed',
    `<cwmp:TransferComplete><CommandKey/><FaultStruct><FaultCode>9010</FaultCode><FaultString>No such file &amp; host</FaultString></FaultStruct>${times}</cwmp:TransferComplete>`,
    {
      ...{
        method: 'TransferComplete',
        commandKey: '',
        faultCode: '9010',
        faultString: 'No such file & host',
      },
      ...readTimes,
    },
  ),
  row(
    'TransferComplete without FaultStruct and times',
    '<cwmp:TransferComplete><CommandKey>k</CommandKey></cwmp:TransferComplete>',
    {
      ...{ method: 'TransferComplete', commandKey: 'k', faultCode: '0', faultString: '' },
      ...{ startTime: '', completeTime: '' },
    },
  ),
  row(
    'AutonomousTransferComplete',
    `<cwmp:AutonomousTransferComplete><AnnounceURL/><TransferURL>http://192.0.2.9/f</TransferURL><IsDownload>1</IsDownload><FileType>1 Firmware Upgrade Image</FileType><FileSize>0</FileSize><TargetFileName/>${success}${times}</cwmp:AutonomousTransferComplete>`,
    {
      ...{ method: 'AutonomousTransferComplete', isDownload: true, fileType: '1 Firmware Upgrade Image' },
      ...{ faultCode: '0', faultString: '', ...readTimes },
    },
  ),
  row(
    'AutonomousTransferComplete of an upload',
    `<cwmp:AutonomousTransferComplete><IsDownload>false</IsDownload><FileType>2 Vendor Log File</FileType>${success}${times}</cwmp:AutonomousTransferComplete>`,
    {
      ...{ method: 'AutonomousTransferComplete', isDownload: false, fileType: '2 Vendor Log File' },
      ...{ faultCode: '0', faultString: '', ...readTimes },
    },
  ),
  row(
    'RequestDownload',
    '<cwmp:RequestDownload><FileType>2 Web Content</FileType><FileTypeArg SOAP-ENC:arrayType="cwmp:ArgStruct[2]"><ArgStruct><Name>Version</Name><Value>2</Value></ArgStruct><ArgStruct><Name>Lang</Name><Value>de</Value></ArgStruct></FileTypeArg></cwmp:RequestDownload>',
    {
      method: 'RequestDownload',
      args: {
        ...{ FileType: '2 Web Content', 'FileTypeArg.1.Name': 'Version', 'FileTypeArg.1.Value': '2' },
        ...{ 'FileTypeArg.2.Name': 'Lang', 'FileTypeArg.2.Value': 'de' },
      },
    },
  ),
  row(
    'Kicked',
    '<cwmp:Kicked><Command>go</Command><Referer>http://192.0.2.1/</Referer><Arg> a </Arg><Next/></cwmp:Kicked>',
    {
      ...{ method: 'Kicked', args: { Command: 'go', Referer: 'http://192.0.2.1/', Arg: 'a', Next: '' } },
    },
  ),
  row(
    'DUStateChangeComplete',
    `<cwmp:DUStateChangeComplete><Results>${unitChange('u-1', '0')}${unitChange('u-2', '9017')}</Results><CommandKey>du</CommandKey></cwmp:DUStateChangeComplete>`,
    {
      method: 'DUStateChangeComplete',
      args: { ...unitArguments(1, 'u-1', '0'), ...unitArguments(2, 'u-2', '9017'), CommandKey: 'du' },
    },
  ),
  row(
    'DUStateChangeComplete of more units than are kept',
    `<cwmp:DUStateChangeComplete><CommandKey>du</CommandKey><Results>${unitChange('u', '0').repeat(20)}</Results></cwmp:DUStateChangeComplete>`,
    {
      method: 'DUStateChangeComplete',
      args: firstArguments({
        CommandKey: 'du',
        ...Object.assign({}, ...[1, 2, 3, 4].map((number) => unitArguments(number, 'u', '0'))),
      }),
    },
  ),
  row(
    'AutonomousDUStateChangeComplete',
    '<cwmp:AutonomousDUStateChangeComplete><Results><AutonOpResultStruct><UUID>u</UUID><OperationPerformed>Update</OperationPerformed></AutonOpResultStruct></Results></cwmp:AutonomousDUStateChangeComplete>',
    {
      method: 'AutonomousDUStateChangeComplete',
      args: { 'Results.1.UUID': 'u', 'Results.1.OperationPerformed': 'Update' },
    },
  ),
  row('GetRPCMethods', '<cwmp:GetRPCMethods/>', { method: 'GetRPCMethods', args: {} }),
  row(
    'GetRPCMethods with an argument called __proto__',
    '<cwmp:GetRPCMethods><__proto__>1</__proto__></cwmp:GetRPCMethods>',
    { method: 'GetRPCMethods', args: {} },
  ),
  row(
    'GetParameterValuesResponse',
    '<cwmp:GetParameterValuesResponse><ParameterList SOAP-ENC:arrayType="cwmp:ParameterValueStruct[0002]"><ParameterValueStruct><Name>Device.DeviceInfo.MemoryStatus.Free</Name><Value xsi:type="xsd:unsignedInt">20480</Value></ParameterValueStruct><ParameterValueStruct><Name>Device.IP.Interface.1.Enable</Name><Value xsi:type="xsd:boolean">1</Value></ParameterValueStruct></ParameterList></cwmp:GetParameterValuesResponse>',
    {
      method: 'GetParameterValuesResponse',
      parameters: {
        'Device.DeviceInfo.MemoryStatus.Free': { value: '20480', type: 'unsignedInt' },
        'Device.IP.Interface.1.Enable': { value: '1', type: 'boolean' },
      },
    },
  ),
  row('GetParameterValuesResponse with nothing', '<cwmp:GetParameterValuesResponse/>', {
    method: 'GetParameterValuesResponse',
    parameters: {},
  }),
  ...[
    'GetRPCMethodsResponse',
    'SetParameterValuesResponse',
    'GetParameterNamesResponse',
    'SetParameterAttributesResponse',
    'GetParameterAttributesResponse',
    'AddObjectResponse',
    'DeleteObjectResponse',
    'RebootResponse',
    'DownloadResponse',
    'UploadResponse',
    'FactoryResetResponse',
    'ScheduleInformResponse',
    'GetQueuedTransfersResponse',
    'GetAllQueuedTransfersResponse',
    'ScheduleDownloadResponse',
    'CancelTransferResponse',
    'ChangeDUStateResponse',
    'X_EXAMPLE_ResetResponse',
  ].map((name) => row(name, `<cwmp:${name}><Status>0</Status></cwmp:${name}>`, { method: 'response', name })),
  row(
    'Fault of a CPE',
    '<SOAP-ENV:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>9005</FaultCode><FaultString>Invalid parameter name</FaultString></cwmp:Fault></detail></SOAP-ENV:Fault>',
    {
      ...{ method: 'Fault', code: '9005', text: 'Invalid parameter name' },
    },
  ),
  row(
    'Fault with details of each parameter',
    '<SOAP-ENV:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>9003</FaultCode><FaultString>Invalid arguments</FaultString><SetParameterValuesFault><ParameterName>Device.X</ParameterName><FaultCode>9005</FaultCode><FaultString>x</FaultString></SetParameterValuesFault></cwmp:Fault></detail></SOAP-ENV:Fault>',
    {
      ...{ method: 'Fault', code: '9003', text: 'Invalid arguments' },
    },
  ),
  row(
    'Fault of SOAP only',
    '<SOAP-ENV:Fault><faultcode>SOAP-ENV:Client</faultcode><faultstring>Bad message</faultstring></SOAP-ENV:Fault>',
    {
      ...{ method: 'Fault', code: '', text: 'Bad message' },
    },
  ),
  row(
    'Fault of SOAP 1.2',
    '<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>Sender</SOAP-ENV:Value></SOAP-ENV:Code><SOAP-ENV:Reason><SOAP-ENV:Text>Bad message</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>',
    {
      ...{ method: 'Fault', code: '', text: 'Bad message' },
    },
  ),
  row(
    'Fault of CWMP only',
    '<cwmp:Fault><FaultCode>9002</FaultCode><FaultString>Internal error</FaultString></cwmp:Fault>',
    {
      ...{ method: 'Fault', code: '9002', text: 'Internal error' },
    },
  ),
  ...[
    'GetParameterValues',
    'SetParameterValues',
    'Reboot',
    'Download',
    'InformResponse',
    'TransferCompleteResponse',
    'KickedResponse',
    'inform',
    'NoSuchMethod',
  ].map(ofAnAcs),
];
