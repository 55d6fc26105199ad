// A webhook's caBundle with which no certificate can be trusted, as a clause.

export type BadBundle =
  | { readonly is: 'empty' }
  | { readonly is: 'unreadable' }
  | { readonly is: 'expired'; readonly until: number };

export function bundleText(bad: BadBundle): string {
  switch (bad.is) {
    case 'empty':
      return 'caBundle is empty, so only public certificates are trusted';
    case 'unreadable':
      return 'caBundle holds no readable certificate';
    case 'expired':
      return `caBundle expired at ${new Date(bad.until).toISOString()}`;
  }
}
