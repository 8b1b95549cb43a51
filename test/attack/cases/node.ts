/** What Node itself answers, where Nodes differ. By version, so that a Node that changes its mind is noticed. */
const [major = 0] = process.versions.node.split('.').map(Number);
const [parser = 0] = (process.versions.llhttp ?? '').split('.').map(Number);

/** Node 20.19.0 and 20.19.1 still have llhttp 8, which takes names with a space, and paths that are no ASCII. */
export const LENIENT_PARSER = parser < 9;

/** From 25 on `url.parse()` throws: Express then knows no path, runs no middleware and answers 404. */
export const THROWS_ON_BAD_PORTS = major >= 25;

/** Up to 23 `url.parse()` throws where the host begins with `xn--` and is no Punycode. */
export const THROWS_ON_BAD_PUNYCODE = major < 24;
