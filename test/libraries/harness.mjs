/**
 * Runs in an application of its own, whose packages are those of `package.json`: works with one library while
 * everything that is leased is replaced three times, and says what came of it. Its settings come on standard input.
 */
import { appRole, SecretsManager } from '@portcullis/runtime/secrets';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const ROTATIONS = 3;
/** Units of work that go on at the same time, of each kind. */
const AT_ONCE = 4;

class Undo extends Error {}

/** Thrown in a transaction, so that its library rolls it back. */
export const UNDO = new Undo('to be rolled back');

/** Between two writes of a transaction: long enough for a rotation to fall into it. */
export const dawdle = () => pause(40);

async function prove(open) {
  const { vault, login, postgres, mysql, redis, table } = JSON.parse(readFileSync(0, 'utf8'));
  // Whoever holds a client for LISTEN hears of the rotation soon.
  const secrets = await SecretsManager.connect({ address: vault, login: appRole(login), drainSeconds: 2 });
  const users = new Set();
  secrets.scheduleCredentialRefresh(({ user }) => users.add(user));
  const { commit, rollBack, settle, close } = await open({ secrets, postgres, mysql, redis, table });
  await commit(0);

  const done = { committed: 1, rolledBack: 0 };
  const failures = [];
  let over = false;
  const again = async (kind, work) => {
    while (!over) {
      try {
        await work(done[kind]);
        done[kind] += 1;
        // Now and then its connection is the next one that the pool gives to anybody: a statement that should be another's
        // would be found in its transaction, or outside of one.
        await pause(Math.random() * 4);
      } catch (error) {
        failures.push(`${kind}: ${error.code ?? error.name}: ${error.message}`);
        await pause(50);
      }
    }
  };
  const undone =
    rollBack &&
    (() =>
      rollBack().then(
        () => Promise.reject(new Error('it was not rolled back')),
        (error) => (error === UNDO ? undefined : Promise.reject(error)),
      ));
  const load = Array.from({ length: AT_ONCE }, () => [
    again('committed', commit),
    ...(undone ? [again('rolledBack', undone)] : []),
  ]);
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    await pause(300);
    await secrets.rotate();
  }
  await pause(300);
  over = true;
  await Promise.all(load.flat());
  const settled = await settle?.();
  await close();
  await secrets.close();
  console.log(JSON.stringify({ ...done, ...settled, users: users.size, failures: [...new Set(failures)] }));
}

export const run = (open) =>
  prove(open).then(
    () => process.exit(0),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
