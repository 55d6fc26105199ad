// A webhook's caBundle that no certificate can be trusted by, as a clause.

export type BadBundle =
  | { readonly is: 'empty' }
  | { readonly is: 'unreadable' }
  | { readonly is: 'expired'; readonly until: number };

export function bundleText(bad: BadBundle): string {
  switch (bad.is) {
    case 'empty':
      return 'its caBundle is empty, so the API server trusts public certificates alone';
    case 'unreadable':
      return 'its caBundle holds no certificate that can be read';
    case 'expired':
      return `its caBundle expired at ${new Date(bad.until).toISOString()}`;
  }
}
