import { isSecretName } from '@cpemon/contracts';

/** Words of SOAP, CWMP and our own JSON: what may be shown of a body that cannot be taken apart. */
const SHOWN_WORDS = new Set(
  (
    'xml version encoding utf-8 iso-8859-1 windows-1252 xmlns xsi xsd type string int unsignedint boolean datetime ' +
    'soap soapenv soap-env soapenc soap-enc envelope header body fault faultcode faultstring detail array arraytype ' +
    'mustunderstand encodingstyle cwmp id urn inform informresponse deviceid manufacturer oui productclass ' +
    'serialnumber event eventstruct eventcode commandkey maxenvelopes currenttime retrycount parameterlist ' +
    'parametervaluestruct name value parameternames parameterkey transfercomplete faultstruct starttime completetime ' +
    'getparametervalues getparametervaluesresponse getrpcmethods holdrequests sn serial serial_number time ' +
    'event_ts parameters values source data true false null bootstrap boot periodic scheduled change kicked connection ' +
    'request transfer complete diagnostics'
  ).split(' '),
);
/** Their "Key" and the like are no secrets. */
const HARMLESS = /command_?keys?|parameter_?key/gi;
const PATH = /^(InternetGatewayDevice|Device)(\.[\w-]+)*\.?$/;
const NAMESPACE = /^(schemas\.xmlsoap\.org|www\.w3\.org|dslforum-org|cwmp-1-\d)$/;
/** Neither white space nor what separates names from values. */
const WORD = /[^\s<>/?="'{}[\]():;,]+/g;

/**
 * What may be shown of a body that cannot be taken apart: all of it when no name of a secret is in it, else its
 * punctuation and the words that a message is made of, with `*` for every other one. So its form can be seen, which is
 * what is wrong with it.
 */
export function maskWords(text: string): string {
  const mentionsSecret = [text, unescaped(text)].some((each) => isSecretName(each.replace(HARMLESS, '')));
  if (!mentionsSecret) return text;
  return text.replace(WORD, (word) =>
    SHOWN_WORDS.has(word.toLowerCase()) || PATH.test(word) || NAMESPACE.test(word) ? word : '*',
  );
}

/** With the characters in place that XML, JSON and forms write as numbers, so that no name hides behind them. */
function unescaped(text: string): string {
  const character = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : ' ');
  return text
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_all, hex: string) => character(parseInt(hex, 16)))
    .replace(/&#(\d{1,7});?/g, (_all, digits: string) => character(Number(digits)))
    .replace(/\\u([0-9a-f]{4})/gi, (_all, hex: string) => character(parseInt(hex, 16)))
    .replace(/[%=\\]x?([0-9a-f]{2})/gi, (_all, hex: string) => character(parseInt(hex, 16)));
}
