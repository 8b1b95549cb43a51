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
    [
      'a limit that is none',
      'https://api.example.com/',
      'token',
      'lots',
      /--at-least is "lots"; give a limit/,
    ],
    ['plain HTTP', 'http://api.example.com/x?key=1', 'token', '1/1m', /^http:\/\/api\.example\.com\/x is no/],
    ['no URL', 'api.example.com', 'token', '1/1m', /^\(not a URL\) is no https URL/],
    ['no such file', 'https://api.example.com/', 'missing', '1/1m', /holds no access token/],
    ['a file with something else', 'https://api.example.com/', 'page', '1/1m', /holds no access token/],
    ['nobody there', 'http://127.0.0.1:1/', 'token', '1/1m', /does not answer: .*; see that the API runs/],
  ])('refuses %s, and shows no token', async (_, url, file, atLeast, message) => {
    const refused = await probe(url, { tokenFile: join(folder, file), atLeast }).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(refused?.message).toMatch(message);
    expect(refused?.message).not.toContain('eyJ');
  });
});
