/** A way out to another system, made for each device from what is known of it. */
export interface DeviceLinkTemplate {
  /** As it is shown. */
  name: string;
  /** With `{serial_number}` and the like in it. */
  url: string;
}

/** What stands for a placeholder; undefined: the device has no such thing, and the link is left out. */
export interface LinkValues {
  values: Readonly<Record<string, string | null>>;
  labels: Readonly<Record<string, string>>;
  /** Keys of the device and of its line, by kind. */
  keys: Readonly<Record<string, string>>;
}

/** Names of placeholders beside `label.NAME` and `key.KIND`. */
const NAMES = ['id', 'serial_number', 'oui', 'product_class', 'model', 'wan_ip', 'service_id'] as const;
const PLACEHOLDER = /\{([^{}]*)\}/g;
const KNOWN = new RegExp(`^(${NAMES.join('|')}|label\\.[a-z][a-z0-9_]{0,31}|key\\.[a-z_]{1,32})$`);
const NAME = /^[A-Za-z0-9][\w.-]{0,31}$/;
/** As many as stand beside each other. */
const MOST_LINKS = 12;

/**
 * Reads `NAME=URL` parts with spaces between them; an underscore in a name is shown as a space.
 * @throws Error whose message says what is wrong
 */
export function parseDeviceLinks(text: string): DeviceLinkTemplate[] {
  const parts = text.split(/\s+/).filter((part) => part !== '');
  if (parts.length > MOST_LINKS) throw new Error(`may name at most ${MOST_LINKS} links`);
  return parts.map((part) => {
    const at = part.indexOf('=');
    const [name, url] = [part.slice(0, at), part.slice(at + 1)];
    if (at < 0 || !NAME.test(name)) throw new Error(`must be NAME=URL, with spaces between: not ${part}`);
    for (const [, placeholder = ''] of url.matchAll(PLACEHOLDER))
      if (!KNOWN.test(placeholder))
        throw new Error(`may use {${NAMES.join('}, {')}}, {label.NAME} and {key.KIND}: not {${placeholder}}`);
    if (!isWebAddress(url.replace(PLACEHOLDER, 'x')))
      throw new Error(`must lead to http or https: not ${url}`);
    return { name: name.replaceAll('_', ' '), url };
  });
}

/** The links of a device; one that needs what is not known of it is left out. */
export function linksOf(
  templates: readonly DeviceLinkTemplate[],
  { values, labels, keys }: LinkValues,
): DeviceLinkTemplate[] {
  const valueOf = (placeholder: string): string | null | undefined => {
    if (placeholder.startsWith('label.')) return labels[placeholder.slice('label.'.length)];
    if (placeholder.startsWith('key.')) return keys[placeholder.slice('key.'.length)];
    return values[placeholder];
  };
  return templates.flatMap(({ name, url }) => {
    let isWhole = true;
    const filled = url.replace(PLACEHOLDER, (_whole, placeholder: string) => {
      const value = valueOf(placeholder) ?? '';
      // A device chooses what it is called: none of it may lead to another place.
      if (value === '' || /^\.+$/.test(value)) isWhole = false;
      return encodeURIComponent(value);
    });
    return isWhole && isWebAddress(filled) ? [{ name, url: filled }] : [];
  });
}

const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
