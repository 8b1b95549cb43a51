import express, { type Response } from 'express';
import type { AuthContext } from '@portcullis/runtime';
import { learnPseudonym, withPseudonym } from '../../../example/pseudonyms';

const ISSUER = 'https://auth.example.com';
const naming = {
  known: () => undefined,
  of: ({ subject }: { subject: string }) => Promise.resolve(`vault:v1:${subject.length}`),
};
const failing = { known: () => undefined, of: () => Promise.reject(new Error('sealed')) };

it('tells whom an event is about by the pseudonym, and by nothing where there is none', async () => {
  const event = { type: 'logged_in', subject: 'alice' } as const;
  await expect(withPseudonym(naming, ISSUER, event)).resolves.toEqual({
    type: 'logged_in',
    subject: 'vault:v1:5',
  });
  await expect(withPseudonym(failing, ISSUER, event)).resolves.toEqual({ type: 'logged_in' });
  const other = { type: 'store_up' } as const;
  await expect(withPseudonym(naming, ISSUER, other)).resolves.toBe(other);
});

it.each([
  ['that fails', failing],
  ['that never answers', { known: () => undefined, of: () => new Promise<string>(() => undefined) }],
])('keeps no request waiting for a Vault %s', async (_what, pseudonyms) => {
  const auth = { issuer: ISSUER, subject: 'alice' } as AuthContext;
  const handle = learnPseudonym(pseudonyms);
  const request = Object.assign(Object.create(express.request) as express.Request, { auth });
  await expect(
    new Promise(
      (resolve) =>
        void handle(request, Object.create(express.response) as Response, () => resolve('answered')),
    ),
  ).resolves.toBe('answered');
});
