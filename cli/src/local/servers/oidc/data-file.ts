import { readFileSync, writeFileSync } from 'node:fs';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Keeps the provider's data in one file. It is written at every change, for there are few changes. */
export function dataFile(file: string): AdapterFactory {
  const entries = new Map<string, Entry>(read(file));
  const save = (): void => {
    for (const [key, { expiresAt }] of entries) if (expiresAt <= Date.now()) entries.delete(key);
    writeFileSync(file, JSON.stringify([...entries]), { mode: 0o600 });
  };

  return (model): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`;
    const find = (key: string): Promise<AdapterPayload | undefined> => {
      const entry = entries.get(key);
      return Promise.resolve(entry && entry.expiresAt > Date.now() ? entry.payload : undefined);
    };
    const findBy = (field: 'uid' | 'userCode', value: string): Promise<AdapterPayload | undefined> => {
      const found = [...entries].find(
        ([key, { payload }]) => key.startsWith(keyOf('')) && payload[field] === value,
      );
      return found ? find(found[0]) : Promise.resolve(undefined);
    };
    const change = (make: () => void): Promise<void> => {
      make();
      save();
      return Promise.resolve();
    };
    return {
      find: (id) => find(keyOf(id)),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      upsert: (id, payload, expiresIn = 86_400) =>
        change(() => entries.set(keyOf(id), { payload, expiresAt: Date.now() + expiresIn * 1_000 })),
      consume: (id) =>
        change(() => {
          const entry = entries.get(keyOf(id));
          if (entry) entry.payload.consumed = Math.floor(Date.now() / 1_000);
        }),
      destroy: (id) => change(() => entries.delete(keyOf(id))),
      revokeByGrantId: (grantId) =>
        change(() => {
          for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key);
        }),
    };
  };
}

function read(file: string): [string, Entry][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, Entry][];
  } catch {
    // The first start.
    return [];
  }
}
