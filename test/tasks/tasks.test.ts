/** What pages tell their readers to do, done by scripts whose commands are the pages' own (test/unit/documents/tasks.test.ts). */
import { join } from 'node:path';
import { Run } from '../../cli/src/engines/process/run';
import { useRun } from '../support/engines';
import { startExampleApi, type ExampleApi } from '../support/example-api';
import { done, servers } from './world';

const CHECKOUT = join(__dirname, '../..');
const run = useRun();

describe('in what npm start runs', () => {
  let api: ExampleApi;
  beforeAll(async () => {
    api = await startExampleApi(run());
  });

  it.each(['raise-a-limit', 'stolen-token', 'encryption-key'])('%s', async (task) => {
    await done(run(), task, CHECKOUT, { API: api.url, LOG: api.log });
  });
});

describe('in an API of one’s own, or none', () => {
  let own: Run;
  beforeEach(async () => {
    own = await Run.open();
  });
  afterEach(() => own.close());

  it('another-tier', async () => {
    await done(own, 'another-tier', await own.subfolder('task'), {});
  });

  it('second-environment, then plan-in-a-pull-request', async () => {
    const folder = await own.subfolder('task');
    const told = await servers(own, 'orders-api');
    for (const task of ['second-environment', 'plan-in-a-pull-request']) await done(own, task, folder, told);
  });

  it.each(['only-the-vault-stack', 'existing-mounts'])('%s', async (task) => {
    await done(own, task, await own.subfolder('task'), await servers(own, 'orders'));
  });
});
