/**
 * A double of the part of GitHub's API that the GitHub stack uses: GitHub itself cannot be reached from a test. It
 * keeps what it is given in memory, and refuses every request whose body is not what GitHub's own description of
 * its API says (requests.json), and every request that nobody thought of.
 */
import { Ajv2020 } from 'ajv/dist/2020';
import express, { type Request, type Response } from 'express';
import { jwtVerify } from 'jose';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import description from './requests.json';

type Body = Record<string, unknown>;

export interface GithubDouble {
  /** As the provider's `base_url` wants it. */
  readonly url: string;
  /** The App that may do all of this, and nobody else: its number, its installation's and its key. */
  readonly app: { readonly id: string; readonly installationId: string; readonly privateKey: string };
  /** What the App's installation signs in with. */
  readonly token: string;
  /** What the repository holds, by the path that was written. */
  readonly kept: ReadonlyMap<string, Body>;
  /** Requests that GitHub would have refused, and why. */
  readonly refused: readonly string[];
  readonly close: () => Promise<void>;
}

const EPOCH = '1970-01-01T00:00:00Z';

/** What GitHub answers where nobody said anything. */
const UNSAID = { merge_commit_title: 'MERGE_MESSAGE', merge_commit_message: 'PR_TITLE' };

const ajv = new Ajv2020({ strict: false, allErrors: true });

export async function startGithubDouble(owner: string): Promise<GithubDouble> {
  const kept = new Map<string, Body>();
  const refused: string[] = [];
  const app = express();
  app.use(express.json({ limit: '2mb' }));
  // A branch's slashes come escaped or not, and mean the same.
  app.use((req, _, next) => {
    req.url = req.url.replaceAll('%2F', '/');
    next();
  });
  const { app: installed, token, signIn } = githubApp();
  app.post(['/app/installations/:id/access_tokens', '/api/v3/app/installations/:id/access_tokens'], signIn);
  app.use((req, res, next) => {
    if (
      /^(Bearer|token) /.test(req.get('authorization') ?? '') &&
      req.get('authorization')?.endsWith(token)
    ) {
      next();
      return;
    }
    refused.push(`${req.method} ${req.path}: not signed in as the App`);
    res.status(401).json({ message: 'Requires authentication' });
  });
  const api = express.Router({ caseSensitive: true });
  app.use('/api/v3', api);

  /** Serves one operation; a body that GitHub's description refuses is answered 422, as GitHub does. */
  const operation = (
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    answer: (req: Request, res: Response) => void,
  ): void => {
    const key = `${method.toUpperCase()} ${path}`;
    const schema = (description.requests as Record<string, object>)[key];
    const validate = schema === undefined ? undefined : ajv.compile(schema);
    const route = path.replaceAll(/\{(path)\}/g, '*$1').replaceAll(/\{(\w+)\}/g, ':$1');
    api[method](route, (req, res) => {
      // GitHub takes this, and its description leaves it out.
      const described = without((req.body ?? {}) as Body, 'can_admins_bypass');
      if (validate && !validate(described)) {
        refused.push(`${key}: ${ajv.errorsText(validate.errors)}`);
        res.status(422).json({ message: 'Validation Failed' });
        return;
      }
      answer(req, res);
    });
  };
  const keep = (path: string, body: Body): Body => {
    kept.set(path, { ...kept.get(path), ...body });
    return kept.get(path) ?? {};
  };
  const find = (path: string, res: Response): void => {
    const found = kept.get(path);
    if (found) res.json(found);
    else res.status(404).json({ message: 'Not Found' });
  };
  /** Write-and-read of one value at one place. */
  const setting = (path: string, byDefault: Body = {}): void => {
    operation('put', path, (req, res) => {
      keep(req.path, { ...byDefault, ...(req.body as Body) });
      res.status(204).end();
    });
    operation('get', path, (req, res) => find(req.path, res));
  };
  const repo = '/repos/{owner}/{repo}';
  const number = (): number => randomInt(1, 1_000_000);

  operation('get', '/orgs/{org}', (_, res) => res.json({ login: owner, id: 1, type: 'Organization' }));
  operation('post', '/orgs/{org}/repos', (req, res) => {
    const body = req.body as Body;
    const name = String(body.name);
    const full = `${owner}/${name}`;
    keep(`/repos/${full}/git/ref/heads/main`, {
      ref: 'refs/heads/main',
      object: { sha: sha(full), type: 'commit' },
    });
    res.status(201).json(
      keep(`/repos/${full}`, {
        ...body,
        id: 7,
        node_id: 'R_7',
        full_name: full,
        owner: { login: owner },
        default_branch: 'main',
        topics: [],
        ...UNSAID,
      }),
    );
  });
  operation('get', repo, (req, res) => find(req.path, res));
  operation('patch', repo, (req, res) => res.json(keep(req.path, req.body as Body)));
  for (const path of ['vulnerability-alerts', 'automated-security-fixes']) {
    operation('put', `${repo}/${path}`, (req, res) => {
      keep(req.path, { enabled: true, paused: false });
      res.status(204).end();
    });
    operation('get', `${repo}/${path}`, (req, res) => find(req.path, res));
  }
  setting(`${repo}/actions/permissions`);
  setting(`${repo}/actions/permissions/selected-actions`);
  setting(`${repo}/actions/permissions/workflow`);

  operation('post', `${repo}/rulesets`, (req, res) => {
    const id = number();
    res
      .status(201)
      .json(keep(`${req.path}/${id}`, { bypass_actors: [], ...(req.body as Body), id, node_id: 'RS' }));
  });
  operation('get', `${repo}/rulesets/{ruleset_id}`, (req, res) => find(req.path, res));
  operation('put', `${repo}/rulesets/{ruleset_id}`, (req, res) => res.json(keep(req.path, req.body as Body)));

  operation('put', `${repo}/environments/{environment_name}`, (req, res) => {
    const {
      reviewers: asked,
      deployment_branch_policy: policy,
      can_admins_bypass: bypass,
      prevent_self_review: self,
    } = req.body as {
      reviewers?: { type: string; id: number }[] | null;
      deployment_branch_policy?: unknown;
      can_admins_bypass?: boolean;
      prevent_self_review?: boolean;
    };
    const reviewers = asked ?? [];
    const review = {
      id: 1,
      type: 'required_reviewers',
      prevent_self_review: self,
      reviewers: reviewers.map(({ type, id }) => ({ type, reviewer: { id } })),
    };
    const name = req.path.split('/').at(-1);
    const rules = [...(reviewers.length > 0 ? [review] : []), { id: 2, type: 'branch_policy' }];
    res.json(
      keep(req.path, {
        id: 1,
        name,
        can_admins_bypass: bypass,
        protection_rules: rules,
        deployment_branch_policy: policy,
      }),
    );
  });
  operation('get', `${repo}/environments/{environment_name}`, (req, res) => find(req.path, res));
  operation('post', `${repo}/environments/{environment_name}/deployment-branch-policies`, (req, res) => {
    const id = number();
    res.json(keep(`${req.path}/${id}`, { ...(req.body as Body), id, type: 'branch' }));
  });
  operation('get', `${repo}/environments/{environment_name}/deployment-branch-policies/{id}`, (req, res) =>
    find(req.path, res),
  );

  const variables = `${repo}/environments/{environment_name}/variables`;
  operation('post', variables, (req, res) => {
    const body = req.body as Body;
    keep(`${req.path}/${String(body.name)}`, { ...body, created_at: EPOCH, updated_at: EPOCH });
    res.status(201).json({});
  });
  operation('get', `${variables}/{name}`, (req, res) => find(req.path, res));

  operation('get', `${repo}/git/ref/{path}`, (req, res) => find(req.path, res));
  operation('post', `${repo}/git/refs`, (req, res) => {
    const { ref, sha: commit } = req.body as { ref: string; sha: string };
    const path = req.path.replace(/refs$/, `ref/${ref.replace(/^refs\//, '')}`);
    res.status(201).json(keep(path, { ref, object: { sha: commit, type: 'commit' } }));
  });
  operation('get', `${repo}/branches/{path}`, (req, res) => {
    const name = req.path.split('/branches/')[1] ?? '';
    if (kept.has(req.path.replace('/branches/', '/git/ref/heads/')))
      res.json({ name, commit: { sha: sha(name) } });
    else res.status(404).json({ message: 'Branch not found' });
  });
  operation('get', `${repo}/contents/{path}`, (req, res) =>
    find(`${req.path}?${(req.query as { ref?: string }).ref ?? ''}`, res),
  );
  operation('put', `${repo}/contents/{path}`, (req, res) => {
    const { content, branch, message } = req.body as { content: string; branch: string; message: string };
    const path = req.path.split('/contents/')[1];
    const host = `http://${req.get('host') ?? ''}`;
    const commit = { sha: sha(`${branch} ${path ?? ''} ${content}`), message };
    const url = `${host}/api/v3${req.path}?ref=${encodeURIComponent(branch)}`;
    const file = { type: 'file', encoding: 'base64', path, name: path, sha: sha(content), content, url };
    keep(`${req.path}?${branch}`, file);
    keep(`${req.path.split('/contents/')[0] ?? ''}/commits/${commit.sha}`, {
      ...commit,
      commit: { message, committer: { name: 'portcullis', email: 'portcullis@example.com' }, author: {} },
      files: [{ filename: path }],
    });
    res.status(201).json({ content: file, commit });
  });
  operation('get', `${repo}/commits/{sha}`, (req, res) => find(req.path, res));
  operation('get', `${repo}/commits`, (_, res) =>
    res.json([...kept].filter(([path]) => path.includes('/commits/')).map(([, commit]) => commit)),
  );

  operation('post', `${repo}/pulls`, (req, res) => {
    const { head, base, ...body } = req.body as { head: string; base: string };
    const id = number();
    const side = (ref: string) => ({
      ref,
      sha: sha(ref),
      repo: { name: req.path.split('/')[3], owner: { login: owner } },
      user: { login: owner },
    });
    res.status(201).json(
      keep(`${req.path}/${id}`, {
        ...body,
        id,
        number: id,
        state: 'open',
        draft: false,
        head: side(head),
        base: side(base),
        user: { login: 'portcullis' },
        labels: [],
      }),
    );
  });
  operation('get', `${repo}/pulls/{pull_number}`, (req, res) => find(req.path, res));
  operation('patch', `${repo}/pulls/{pull_number}`, (req, res) => res.json(keep(req.path, req.body as Body)));

  app.use((req, res) => {
    if (req.method !== 'GET') refused.push(`${req.method} ${req.path}: not one of the operations expected`);
    res.status(404).json({ message: 'Not Found' });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  return { url, app: installed, token, kept, refused, close: () => closed(server) };
}

/**
 * An App that signs in as GitHub's Apps do: a JWT by its key, for a token of its installation.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
 */
function githubApp() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const app = { id: '1234', installationId: '5678', privateKey };
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const signIn = (req: Request, res: Response): void => {
    const jwt = (req.get('authorization') ?? '').replace(/^Bearer /, '');
    const asked = jwtVerify(jwt, createPublicKey(publicKey), { issuer: app.id, algorithms: ['RS256'] });
    asked.then(
      () => res.status(req.params.id === app.installationId ? 201 : 404).json({ token }),
      () => res.status(401).json({ message: 'A JSON web token could not be decoded' }),
    );
  };
  return { app, token, signIn };
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function sha(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function without(body: Body, name: string): Body {
  return Object.fromEntries(Object.entries(body).filter(([key]) => key !== name));
}
