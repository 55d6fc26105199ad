// Stand-ins for IP addresses. They are addresses themselves, so that what parses them goes on: IPv4 of class E,
// which no network uses (RFC 1112), octet by octet, so that a network still holds its addresses; IPv6 of 2001:db8::/32,
// which is for documents (RFC 3849).

const v4 = /(?<![\w.-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?![\w-]|\.\d)/g;
const v6 =
  /(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){1,7}(?:(?::[0-9a-fA-F]{1,4}){1,6}|[0-9a-fA-F]{1,4}|:)(?![\w:])/g;
/** Addresses that every machine has, and those that stand for all. */
const everywhere = /^(?:127\.|0\.0\.0\.0$|255\.|169\.254\.|24\d\.)/;

export function addresses(): (text: string) => string {
  const octets = new Map<string, Map<string, number>>();
  const six = new Map<string, number>();
  const next = (path: string, octet: string, first: number): number => {
    // The network's own address and the address for all of it stay what they are.
    if (first === 1 && (octet === '0' || octet === '255')) return Number(octet);
    const known = octets.get(path) ?? new Map<string, number>();
    octets.set(path, known);
    const number = known.get(octet) ?? first + known.size;
    known.set(octet, number);
    return number;
  };
  const four = (all: string, ...parts: readonly string[]): string => {
    const own = parts.slice(0, 4);
    if (own.some((octet) => Number(octet) > 255) || everywhere.test(all)) return all;
    return own
      .map((octet, i) => next(own.slice(0, i).join('.'), octet, i === 0 ? 240 : 1))
      .join('.');
  };
  const sixth = (all: string): string => {
    if (!all.includes('::') && all.split(':').length !== 8) return all;
    if (/^(?:::1?|[fF][eE]80:.*|2001:db8:.*|::6)$/.test(all)) return all;
    const number = six.get(all.toLowerCase()) ?? six.size + 1;
    six.set(all.toLowerCase(), number);
    return `2001:db8::${number.toString(16)}`;
  };
  return (text) => text.replace(v4, four).replace(v6, sixth);
}
