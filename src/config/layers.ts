// Which value is in force where several places name one: the flag, then the variable, then the nearest file, then the
// user's own.
import type { Ignore } from '../core/ignore.ts';
import { settingNames, type SettingName, type Settings } from './parse.ts';

/** One place that may name values, the strongest first in a list of them. */
export type Layer = {
  /** `--output`, `MESHDOC_OUTPUT`, `.meshdoc.yaml`: said beside the value. */
  readonly from: (name: SettingName) => string;
  readonly is: 'variables' | 'project' | 'user';
  readonly settings: Settings;
  readonly ignores: readonly Ignore[];
};

export type InForce = {
  readonly name: SettingName;
  readonly value: string;
  readonly from: string;
  readonly is: Layer['is'];
};

export function inForce(layers: readonly Layer[]): readonly InForce[] {
  return settingNames.flatMap((name): InForce[] => {
    const layer = layers.find(({ settings }) => settings[name] !== undefined);
    const value = layer?.settings[name];
    return layer && value !== undefined
      ? [{ name, value, from: layer.from(name), is: layer.is }]
      : [];
  });
}

/** `istioNamespace` -> `MESHDOC_ISTIO_NAMESPACE` */
export function variableOf(name: SettingName): string {
  return `MESHDOC_${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`;
}
