// An address in a CIDR block, v4 or v6 (istio/istio pilot/pkg/networking/util AddrStrToCidrRange).

type Address = { readonly bits: 32 | 128; readonly value: bigint };

/** `block` is `10.1.0.0/16` or one address. Nothing fits a block that cannot be read. */
export function fitsBlock(block: string, ip: string): boolean {
  const [start = '', length] = block.split('/');
  const net = readAddress(start);
  const address = readAddress(ip);
  if (net === undefined || address?.bits !== net.bits) return false;
  const prefix = length === undefined ? net.bits : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > net.bits) return false;
  const host = BigInt(net.bits - prefix);
  return net.value >> host === address.value >> host;
}

function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readV6(text) : readV4(text);
}

function readV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function readV6(text: string): Address | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const front = groups(head);
  const back = groups(tail ?? '');
  if (front === undefined || back === undefined) return undefined;
  const gap = 8 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return undefined;
  const all = [...front, ...Array.from({ length: gap }, () => 0n), ...back];
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) | group, 0n) };
}

/** The 16-bit groups; a v4 address may end them. */
function groups(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const found: bigint[] = [];
  for (const part of text.split(':')) {
    const v4 = part.includes('.') ? readV4(part) : undefined;
    if (v4 !== undefined) found.push(v4.value >> 16n, v4.value & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) found.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return found;
}
