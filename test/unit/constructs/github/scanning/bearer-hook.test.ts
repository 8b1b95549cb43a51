/** ZAP's hook, by the real Python. ZAP is a double that answers as its client does: a code for what it cannot do. */
import { execFile } from 'node:child_process';
import { bearerHook } from '../../../../../constructs/src/github/scanning/bearer-hook';

/** What ZAP answers, by what it was asked. */
interface Answers {
  readonly load?: string;
  readonly enable?: string;
  readonly import?: string | string[];
  readonly urls?: string[];
  readonly scripts?: { name: string; enabled: string; error: string }[];
}

const FINE: Required<Answers> = {
  load: 'OK',
  enable: 'OK',
  import: [],
  urls: ['https://staging.example.com/api/me'],
  scripts: [{ name: 'bearer', enabled: 'true', error: 'false' }],
};

const DRIVER = `
import json, sys
from types import SimpleNamespace as Double
given = json.load(sys.stdin)
calls = []
def answer(name, value):
    def call(*args):
        calls.append([name, *args])
        return value
    return call
answers = given['answers']
zap = Double(
    script=Double(load=answer('load', answers['load']), enable=answer('enable', answers['enable']), list_scripts=answers['scripts']),
    openapi=Double(import_url=answer('import', answers['import'])),
    core=Double(urls=answer('urls', answers['urls'])),
)
hook = {}
exec(given['hook'], hook)
hook['zap_started'](zap, 'https://staging.example.com')
print(json.dumps({'calls': calls, 'script': open(calls[0][4]).read()}))
`;

/** What the hook asked of ZAP, and the script that it loaded. */
function started(answers: Answers): Promise<{ calls: unknown[][]; script: string }> {
  return new Promise((resolve, reject) => {
    const python = execFile('python3', ['-c', DRIVER], (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(JSON.parse(stdout) as { calls: unknown[][]; script: string });
    });
    python.stdin?.end(
      JSON.stringify({ hook: bearerHook('/openapi.json'), answers: { ...FINE, ...answers } }),
    );
  });
}

describe("the hook of ZAP's scans", () => {
  it('signs requests to the target, then imports its document, whatever servers that names', async () => {
    const { calls, script } = await started({});
    expect(calls).toEqual([
      ['load', 'bearer', 'httpsender', 'Graal.js', expect.stringMatching(/\.js$/)],
      ['enable', 'bearer'],
      ['import', 'https://staging.example.com/openapi.json', 'https://staging.example.com'],
      ['urls', 'https://staging.example.com'],
    ]);
    expect(script).toContain('getAuthority()) !== "staging.example.com") return;');
  });

  it('lets the scan begin where the import had warnings alone', async () => {
    await expect(started({ import: ['an operation without a response'] })).resolves.toBeDefined();
  });

  it.each<[string, Answers, string]>([
    [
      'ZAP has no engine for it',
      { load: 'bad_script_engine' },
      'could not load the script: bad_script_engine',
    ],
    ['it cannot be enabled', { enable: 'does_not_exist' }, 'could not enable the script: does_not_exist'],
    [
      'it does not compile',
      { scripts: [{ name: 'bearer', enabled: 'false', error: 'true' }] },
      'the script that signs requests failed',
    ],
    ['it is gone', { scripts: [] }, 'the script that signs requests failed'],
    [
      'the document cannot be had',
      { import: 'url_not_found' },
      'could not import https://staging.example.com/openapi.json: url_not_found',
    ],
    ['nothing was in it', { urls: [] }, 'nothing of https://staging.example.com/openapi.json was imported'],
  ])('ends the scan, in words, where %s', async (_, answers, words) => {
    await expect(started(answers)).rejects.toThrow(words);
  });
});
