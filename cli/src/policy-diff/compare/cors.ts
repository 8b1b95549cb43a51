import { ANY_ORIGIN, type Cors, type Policy } from '@portcullis/runtime/policy';
import { duration } from '../../plan/rules/attribute-judges';
import type { PolicyChange, Witness } from '../change';
import type { Cell } from '../paths/cells';

/** Stands for a page that no policy names. */
const ANYWHERE = 'https://anywhere.example';

type Asked = NonNullable<Witness['browser']>;

/** Whether a page may read the answer; to a preflight, whether it may send the request. */
function allows(cors: Cors | undefined, { origin, header, credentials }: Asked): boolean {
  if (cors === undefined) return false;
  return (
    (cors.origins.includes(origin) || cors.origins.includes(ANY_ORIGIN)) &&
    (header === undefined || cors.headers.includes(header)) &&
    (credentials !== true || cors.credentials)
  );
}

/** Whose pages may call the API with a browser, and could not; and the reverse. */
export function corsChanges(
  { was, will }: { readonly was: Policy; readonly will: Policy },
  cells: readonly Cell[],
): PolicyChange[] {
  const path = cells[0]?.path ?? '/';
  const origins = [...new Set([...namedBy(will.cors), ...namedBy(was.cors), ANYWHERE])];
  const headers = [...new Set([...(will.cors?.headers ?? []), ...(was.cors?.headers ?? [])])];

  const rows = (
    asked: readonly Asked[],
    sentences: readonly [opened: string, closed: string],
  ): PolicyChange[] =>
    (['widening', 'narrowing'] as const).flatMap((direction) => {
      const isWidening = direction === 'widening';
      const [here, there] = isWidening ? [will.cors, was.cors] : [was.cors, will.cors];
      const differing = asked.filter((one) => allows(here, one) && !allows(there, one));
      const [browser] = differing;
      if (browser === undefined) return [];
      const detail = [...new Set(differing.flatMap(({ header }) => header ?? []))];
      const answers = isWidening
        ? (['not readable', 'readable'] as const)
        : (['readable', 'not readable'] as const);
      return [
        {
          direction,
          aspect: 'cors',
          grade: isWidening ? 'danger' : 'notice',
          routes: [],
          who: [`pages of ${[...new Set(differing.map(({ origin }) => shown(origin)))].join(', ')}`],
          sentence: [isWidening ? sentences[0] : sentences[1], ...detail].join(' '),
          witness: {
            method: browser.header === undefined ? 'GET' : 'OPTIONS',
            path,
            caller: { kind: 'nobody' },
            browser,
            was: answers[0],
            will: answers[1],
          },
        },
      ];
    });

  /** Origins that both let in: the others have been told. */
  const common = origins.filter((origin) => allows(was.cors, { origin }) && allows(will.cors, { origin }));
  return [
    ...rows(
      origins.map((origin) => ({ origin })),
      ['may call it with a browser', 'may no longer call it with a browser'],
    ),
    ...rows(
      common.flatMap((origin) => headers.map((header) => ({ origin, header }))),
      ['may set', 'may no longer set'],
    ),
    ...rows(
      common.map((origin) => ({ origin, credentials: true })),
      ['call it with the cookies of their visitors', 'call it without the cookies of their visitors'],
    ),
    ...remembered(was.cors, will.cors),
  ];
}

function namedBy(cors: Cors | undefined): string[] {
  return (cors?.origins ?? []).filter((origin) => origin !== ANY_ORIGIN);
}

const shown = (origin: string): string => (origin === ANYWHERE ? 'every other origin' : origin);

function remembered(was: Cors | undefined, will: Cors | undefined): PolicyChange[] {
  if (was === undefined || will === undefined || was.maxAgeSeconds === will.maxAgeSeconds) return [];
  return [
    {
      direction: 'other',
      aspect: 'cors',
      grade: 'notice',
      routes: [],
      who: ['browsers'],
      sentence: `remember what is allowed for ${duration(was.maxAgeSeconds)} → ${duration(will.maxAgeSeconds)}`,
    },
  ];
}
