// The escape sequence that puts text into the clipboard of the person's terminal, also over ssh (xterm ctlseqs,
// Operating System Command 52).

/** Terminals drop longer ones: hterm and kitty end near this, xterm and tmux take more. */
const mostBase64 = 74_994;

export type Clipboard =
  { readonly is: 'sequence'; readonly bytes: string } | { readonly is: 'too-long' };

/**
 * `multiplexed`: tmux stands between. It takes the plain form with `set-clipboard on`, and hands the
 * wrapped one to the terminal outside with `allow-passthrough on` (tmux input.c, input_osc_52 and input_dcs_dispatch);
 * each is dropped where it is not allowed, so both are sent.
 */
export function clipboard(text: string, multiplexed: boolean): Clipboard {
  const base64 = Buffer.from(text, 'utf8').toString('base64');
  if (base64.length > mostBase64) return { is: 'too-long' };
  const plain = `\x1b]52;c;${base64}\x07`;
  const wrapped = `\x1bPtmux;${plain.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  return { is: 'sequence', bytes: multiplexed ? plain + wrapped : plain };
}

/** Whether tmux stands between, here or on the machine that ssh came from: ssh passes TERM on. */
export function isMultiplexed(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env['TMUX']) || (env['TERM'] ?? '').startsWith('tmux');
}
