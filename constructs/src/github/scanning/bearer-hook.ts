/**
 * A hook of ZAP's packaged scans (https://www.zaproxy.org/docs/docker/scan-hooks/). Before the scan it loads a script
 * that puts the present access token on every request to the target, and reads it anew each time. A token that is given
 * as an option would expire long before a full scan ends.
 */
export const BEARER_HOOK = `from urllib.parse import urlsplit


def zap_started(zap, target):
    host = urlsplit(target).netloc
    script = '''
const Files = Java.type("java.nio.file.Files");
const Paths = Java.type("java.nio.file.Paths");
function sendingRequest(msg, initiator, helper) {
  if (String(msg.getRequestHeader().getURI().getAuthority()) !== "%s") return;
  const token = Files.readString(Paths.get("/zap/wrk/.zap/run/token"));
  msg.getRequestHeader().setHeader("Authorization", "Bearer " + token);
}
function responseReceived(msg, initiator, helper) {}
''' % host
    path = '/home/zap/bearer.js'
    with open(path, 'w') as file:
        file.write(script)
    zap.script.load('bearer', 'httpsender', 'Graal.js', path)
    zap.script.enable('bearer')
    return zap, target
`;
