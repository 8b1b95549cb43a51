import type { PortcullisErrorCode } from '../../errors';
import type { ErrorGroup, Explanation } from './explanation';

const errors: Readonly<Record<PortcullisErrorCode | 'ERR_ENVIRONMENT_INVALID', Explanation>> = {
  ERR_SETTING: {
    cause:
      'An argument, an option or an environment variable of the command is missing, malformed, or does not go with another.',
    remedy: 'Do what the line after the arrow says; `--help` of the command lists what it takes.',
  },
  ERR_CONFIG: {
    cause:
      '`portcullis.config.ts` has mistakes, or it, or what it imports, cannot be loaded. The message lists all of them, each with its path.',
    remedy: 'Mend what each line names: it says what was received and what is expected.',
  },
  ERR_CONFIG_MISSING: {
    cause:
      'The command reads the `portcullis.config.ts` of the folder that it is called in, or of one above it, and there is none, or it leaves out what the command needs. Nothing was written.',
    remedy: 'Write what the message shows, or name the file with `--config`.',
  },
  ERR_ENVIRONMENT_INVALID: {
    cause: 'A file in `stacks/environments` has mistakes. The message lists all of them, each with its path.',
    remedy: 'Mend what each line names.',
  },
  ERR_UNREACHABLE: {
    cause:
      'A server that the command needs (Vault, Redis, the API, the status socket of a service) does not answer, or not with what was expected.',
    remedy: 'Check the address, that it runs, and that it is to be reached from here.',
  },
  ERR_VAULT_REFUSED: {
    cause:
      "Vault answered something other than 2xx: most often the token's policy does not allow the path (403).",
    remedy:
      "Use a token whose policy allows what the message names. The words after the status are Vault's own.",
  },
  ERR_KEYCLOAK_REFUSED: {
    cause:
      "Keycloak answered something other than 2xx: most often the administrator's client may not do it (401, 403), or a name is taken (409).",
    remedy:
      "Name a client of the realm `master` whose service account has the role `admin`. The words after the status are Keycloak's own.",
  },
  ERR_SYNTH: {
    cause: 'The cdktf app did not synthesize, or there is none in this folder.',
    remedy: 'Mend what the app says; run the command in the folder of `cdktf.json`.',
  },
  ERR_PLAN_UNREADABLE: {
    cause:
      "The engine's plan is of a form that cannot be read whole, or was not finished. A plan that is not understood is never shown as a harmless one.",
    remedy:
      'Plan again with OpenTofu, or with Terraform 1.11 or newer. For `--file`, give what `tofu show -json plan.bin` prints, of OpenTofu or of Terraform 1.6 or newer: the message says what was given instead.',
  },
  ERR_RULES: {
    cause:
      'A rule of `portcullis.rules.ts` threw, ended its process, did not end in time or returned something else than findings, or the file cannot be loaded. A plan that not every rule has judged is not judged.',
    remedy: 'Mend the rule that the message names, on the branch that pull requests are merged into.',
  },
  ERR_LOCK_MISSING: {
    cause: "The stack's state is shared, and nothing pins the providers that it is deployed with.",
    remedy:
      'Run `npx portcullis lock` where the engine reaches its registry of providers, and commit the file.',
  },
  ERR_REPORT_UNREADABLE: {
    cause:
      'The report of a scan is empty, cut off, or no report of ZAP. A report that cannot be read is never a pass.',
    remedy: 'Run the scan again, and give `zap-gate` the file that it wrote as JSON.',
  },
  ERR_ENGINE_MISSING: {
    cause:
      'A program that the command runs (OpenTofu, OpenBao, PostgreSQL, Redis, Go, Python) is not there, too old, or not for this platform.',
    remedy: 'Install it as the message says.',
  },
  ERR_ENGINE_BUILD: {
    cause: 'A program was to be built or downloaded, and that failed.',
    remedy:
      'Check that the package manager reaches its registry, and that there is free space; what it said is above.',
  },
  ERR_ENGINE_FAILED: {
    cause: 'OpenTofu or Terraform ended with an error.',
    remedy: 'Mend what the engine says: its own words are in the message.',
  },
  ERR_CHECKSUM: {
    cause: 'What was downloaded or kept in the cache is not what is pinned. It was not run.',
    remedy:
      'Start again: a wrong entry of the cache was set aside. If it comes back, find out what stands between you and the registry.',
  },
  ERR_CACHE_BUSY: {
    cause: 'Another process has been building the same engine for longer than this one waits.',
    remedy: 'End it, then start again.',
  },
  ERR_DISK: {
    cause: 'A folder that is needed is full, or not to be written.',
    remedy: 'Free some space there, or name another folder in the variable that the message names.',
  },
  ERR_PORT_IN_USE: {
    cause: 'Something listens on the port that was asked for, or it may not be bound.',
    remedy: 'Stop what listens there, or leave the port out to get a free one.',
  },
  ERR_SERVER_FAILED: {
    cause:
      'A server of the local environment did not start, or ended. The message holds the last lines of its log.',
    remedy: 'Mend what the log says.',
  },
  ERR_DEPLOY: {
    cause: 'The deploy of the local environment failed.',
    remedy: 'Mend what the stacks or the engine say above. What was already made was taken away again.',
  },
  ERR_GIVEN_SERVER: {
    cause:
      'A server that `npm start` was given holds something that it would make itself, or cannot be used as it is. Nothing was changed.',
    remedy: 'Do what each line says, or give another server.',
  },
  ERR_NOT_CONFIRMED: {
    cause: 'Nobody agreed to the changes to servers that were given. Nothing was changed.',
    remedy: 'Start in a terminal and answer yes, or give `--yes`.',
  },
  ERR_NOT_APPROVED: {
    cause: 'A break-glass deploy was approved by nobody but the person who started it. Nothing was applied.',
    remedy:
      'Give the environment reviewers on GitHub (`reviewerTeams`), and have another of them approve the run. Start it as a person, and anew rather than again.',
  },
  ERR_GIVE_BACK: {
    cause:
      'Not everything could be given back as it was: a server is away, or refused. What is left is recorded, with the state of the deploy.',
    remedy:
      'Mend what the message names, then finish with `npm start -- --give-back <id>`, naming the same servers.',
  },
};

export const COMMAND: ErrorGroup = {
  title: 'Of the command',
  about: 'Of `portcullis`, printed with a remedy after an arrow.',
  errors,
};
