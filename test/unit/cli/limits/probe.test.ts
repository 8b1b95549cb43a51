import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probe } from '../../../../cli/src/limits/probe';

describe('portcullis limits probe', () => {
  const SECRET = 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2ln';
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probe-'));
    await writeFile(join(folder, 'token'), `${SECRET}\n`);
    await writeFile(join(folder, 'page'), `<html> ${SECRET}`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['plain HTTP', 'http://api.example.com/x?key=1', 'token', /^http:\/\/api\.example\.com\/x is no/],
    ['no URL', 'api.example.com', 'token', /^\(not a URL\) is no https URL/],
    ['no such file', 'https://api.example.com/', 'missing', /holds no access token/],
    ['a file with something else', 'https://api.example.com/', 'page', /holds no access token/],
    ['nobody there', 'http://127.0.0.1:1/', 'token', /does not answer: .*; see that the API runs/],
  ])('refuses %s, and shows no token', async (_, url, file, message) => {
    const atLeast = { text: '1/1m', limit: 1, windowSeconds: 60 };
    const refused = await probe(url, { tokenFile: join(folder, file), atLeast }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused?.message).toMatch(message);
    expect(refused?.message).not.toContain('eyJ');
  });
});
