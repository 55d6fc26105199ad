/** The kinds of routes that a VirtualService has. */
export type Block = 'http' | 'tcp' | 'tls';
