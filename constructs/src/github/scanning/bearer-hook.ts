/**
 * A hook of ZAP's packaged scans (https://www.zaproxy.org/docs/docker/scan-hooks/), which ZAP calls before it scans. It
 * loads a script that puts the present access token on every request to the target, and reads the token anew each time:
 * one that is given as an option would expire long before a full scan ends. Then it imports the target's OpenAPI
 * document, whose operations no page links to.
 *
 * ZAP answers what it cannot do with a code, as in `bad_script_engine`, and its scans go on: without a token, or knowing
 * no operation. So whatever is not as expected is raised here, and the scan ends with exit code 3.
 */
export const bearerHook = (openApiPath: string): string => `import tempfile
from urllib.parse import urlsplit

OPENAPI_PATH = ${JSON.stringify(openApiPath)}

SCRIPT = '''
const Files = Java.type("java.nio.file.Files");
const Paths = Java.type("java.nio.file.Paths");
function sendingRequest(msg, initiator, helper) {
  if (String(msg.getRequestHeader().getURI().getAuthority()) !== "%s") return;
  const token = Files.readString(Paths.get("/zap/wrk/.zap/run/token"));
  msg.getRequestHeader().setHeader("Authorization", "Bearer " + token);
}
function responseReceived(msg, initiator, helper) {}
'''


def zap_started(zap, target):
    scheme, host = urlsplit(target)[:2]
    origin = scheme + '://' + host
    load_script(zap, SCRIPT % host)
    import_document(zap, origin)
    # ZAP compiles a script when the first request is sent.
    loaded = [script for script in zap.script.list_scripts if script['name'] == 'bearer']
    if not loaded or not is_true(loaded[0]['enabled']) or is_true(loaded[0]['error']):
        raise RuntimeError('the script that signs requests failed: ' + str(loaded))
    return zap, target


def load_script(zap, text):
    with tempfile.NamedTemporaryFile('w', suffix='.js', delete=False) as file:
        file.write(text)
    expect_ok('load the script', zap.script.load('bearer', 'httpsender', 'Graal.js', file.name))
    expect_ok('enable the script', zap.script.enable('bearer'))


def import_document(zap, origin):
    # The origin overrides the document's servers: what is scanned is the target, whatever they say.
    answer = zap.openapi.import_url(origin + OPENAPI_PATH, origin)
    # A list of warnings when it was imported, else an error's code.
    if isinstance(answer, str):
        expect_ok('import ' + origin + OPENAPI_PATH, answer)
    if not zap.core.urls(origin):
        raise RuntimeError('nothing of ' + origin + OPENAPI_PATH + ' was imported: ' + str(answer))


def expect_ok(what, answer):
    if answer != 'OK':
        raise RuntimeError('ZAP could not ' + what + ': ' + str(answer))


def is_true(value):
    return str(value).lower() == 'true'
`;
