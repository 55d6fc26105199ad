// krew's own rules for a manifest (sigs.k8s.io/krew internal/index/validation/validate.go, cmd/validate-krew-manifest/main.go,
// site/content/docs/developer-guide), as sentences about where one breaks them.

export type Platform = {
  readonly uri?: string;
  readonly sha256?: string;
  readonly bin?: string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
};
export type Manifest = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly version?: string;
    readonly shortDescription?: string;
    readonly description?: string;
    readonly platforms?: readonly Platform[];
  };
};

/** Where krew itself runs (allPlatforms). */
const everywhere = ['386', 'amd64', 'arm64']
  .flatMap((arch) => ['windows', 'linux', 'darwin'].map((os) => ({ os, arch })))
  .concat([
    { os: 'linux', arch: 'arm' },
    { os: 'linux', arch: 'ppc64le' },
  ])
  .filter(({ os, arch }) => !(os === 'darwin' && arch === '386'));

export function krewProblems(file: string, manifest: Manifest): readonly string[] {
  const { apiVersion, kind, metadata, spec } = manifest;
  const platforms = spec?.platforms ?? [];
  const short = spec?.shortDescription ?? '';
  const rules: readonly (readonly [boolean, string])[] = [
    [apiVersion === 'krew.googlecontainertools.github.com/v1alpha2', 'apiVersion is another'],
    [kind === 'Plugin', 'kind is not Plugin'],
    [/^[a-z][a-z0-9-]*$/.test(metadata?.name ?? ''), 'the name is not kebab-case'],
    [file === `${metadata?.name}.yaml`, 'the file is not named like the plugin'],
    [/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(spec?.version ?? ''), 'the version is not v and semver'],
    [short !== '' && !/[\r\n]/.test(short), 'no short description of one line'],
    [short.length <= 50, 'the short description is longer than 50'],
    [!/kubectl|kubernetes|plugin/i.test(short), 'the short description has redundant words'],
    [(spec?.description ?? '') !== '', 'no description'],
    [platforms.length > 0, 'no platform'],
  ];
  return [
    ...rules.flatMap(([holds, says]) => (holds ? [] : [says])),
    ...platforms.flatMap(platformProblems),
    ...everywhere.flatMap(({ os, arch }) =>
      platforms.filter((p) => selects(p, os, arch)).length > 1
        ? [`two platforms select ${os}/${arch}`]
        : [],
    ),
  ];
}

function platformProblems(platform: Platform): readonly string[] {
  const { uri = '', sha256 = '', bin = '', selector } = platform;
  const rules: readonly (readonly [boolean, string])[] = [
    [/^https:\/\/\S+\.(zip|tar\.gz|tgz)$/.test(uri), 'uri is no archive'],
    [/^[a-f0-9]{64}$/.test(sha256), 'sha256 is not a sum'],
    [bin !== '' && !bin.startsWith('/') && !bin.includes('..'), 'bin is not inside the archive'],
    [Object.keys(selector?.matchLabels ?? {}).length > 0, 'the selector is empty'],
    [
      Object.keys(selector?.matchLabels ?? {}).every((key) => key === 'os' || key === 'arch'),
      'the selector has a key besides os and arch',
    ],
    [
      everywhere.some(({ os, arch }) => selects(platform, os, arch)),
      'the selector matches nothing',
    ],
  ];
  return rules.flatMap(([holds, says]) => (holds ? [] : [`${uri}: ${says}`]));
}

function selects({ selector }: Platform, os: string, arch: string): boolean {
  const wanted = selector?.matchLabels ?? {};
  return (wanted['os'] ?? os) === os && (wanted['arch'] ?? arch) === arch;
}
