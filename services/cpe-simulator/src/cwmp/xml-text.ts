/** Text as it stands between tags; what XML 1.0 cannot hold is left out. */
export const escapeXml = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[&<>"\u0000-\u001f]/.test(text)
    ? text
        .replace(/&/g, '&amp;')
        .replace(/</g, '&lt;')
        .replace(/>/g, '&gt;')
        .replace(/"/g, '&quot;')
        // eslint-disable-next-line no-control-regex -- these are what is looked for
        .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
    : text;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export const unescapeXml = (text: string): string =>
  text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w+);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
