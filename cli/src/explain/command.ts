import { InvalidArgumentError, type Command } from 'commander';
import { CODES, explain, nearest, renderPage, type Explained } from './catalogue';

/** `portcullis explain`: what an error's code means, and what to do about it. */
export function register(program: Command): void {
  program
    .command('explain')
    .description("says what an error's code means and what to do about it; without a code, of all of them")
    .argument('[code]', 'as in ERR_VAULT_SEALED, or vault-sealed', known)
    .option('--json', 'on standard output as JSON: an object, or without a code a list of them')
    .action((explained: Explained | undefined, { json }: { json?: boolean }) => {
      if (json === true) {
        console.log(JSON.stringify(explained ?? CODES.map(explain), null, 2));
      } else if (explained === undefined) {
        process.stdout.write(renderPage());
      } else {
        const { code, cause, remedy } = explained;
        console.log(`${code}\n\n${cause}\n\n${remedy}`);
      }
    });
}

function known(code: string): Explained {
  const explained = explain(code);
  if (explained !== undefined) return explained;
  const near = nearest(code);
  throw new InvalidArgumentError(
    near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'Called without a code, it lists all of them.',
  );
}
